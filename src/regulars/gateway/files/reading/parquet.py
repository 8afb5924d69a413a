"""Parquet: its columns as text, after its footer and types have been looked at.

Arrow reads it here, in the limited child, and nowhere else: a damaged or hostile file may crash the process that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.reading.rows import BATCH_ROWS, ROW, Request, Rows, checked_header, column_name

_ROWS_PER_BYTE_MAX = 100  # run lengths can claim a billion rows in a few hundred bytes
_DECIMAL_SCALE_MAX = 6


def read(request: Request) -> Rows:
    """Return the rows of a Parquet file; row 1 is its first record."""
    with request.path.open("rb") as begin:
        is_marked = begin.read(4) == b"PAR1"
    try:
        if not is_marked:
            raise ValueError("no mark at the beginning")
        file = pq.ParquetFile(request.path)
        schema = file.schema_arrow
        rows = file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise FileRefusedError("parquet.corrupt", "The Parquet file is damaged or cut short.") from error
    if rows > limits.ROWS_MAX or rows > max(1_000_000, request.path.stat().st_size * _ROWS_PER_BYTE_MAX):
        raise FileRefusedError("file.resource_limit", f"The file claims {rows:,} rows, more than it can hold.")
    header = checked_header(schema.names)
    for field in schema:
        _refuse_type(field)
    return Rows(header=header, batches=_batches(file, schema), told={"encoding": "Parquet"})


def _refuse_type(field: pa.Field) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    name = field.name[:80]
    if pa.types.is_nested(kind):
        raise FileRefusedError("parquet.schema", f"Column “{name}” is nested; give one value a cell.", column=name)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        raise FileRefusedError("parquet.schema", f"Column “{name}” holds bytes; write it as text.", column=name)
    if pa.types.is_decimal(kind) and kind.scale > _DECIMAL_SCALE_MAX:
        raise FileRefusedError(
            "parquet.schema",
            f"Column “{name}” is {kind}; write amounts with at most {_DECIMAL_SCALE_MAX} decimals.",
            column=name,
        )
    if pa.types.is_duration(kind) or pa.types.is_time(kind):
        raise FileRefusedError("parquet.schema", f"Column “{name}” is {kind}; write it as text.", column=name)


def _batches(file: pq.ParquetFile, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    number = 1
    names = [ROW, *(column_name(index) for index in range(len(schema)))]
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            rows = pa.array(np.arange(number, number + batch.num_rows, dtype=np.int64))
            number += batch.num_rows
            cells = [_as_text(column, field) for column, field in zip(batch.columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays([rows, *cells], names=names)
    except (pa.ArrowMemoryError, MemoryError):
        raise
    except (pa.ArrowException, OSError) as error:
        raise FileRefusedError("parquet.corrupt", f"The Parquet file is damaged after row {number - 1:,}.") from error


def _as_text(column: pa.Array, field: pa.Field) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        return _plain_numbers(column)
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        try:
            column = column.cast(pa.timestamp("us", kind.tz))
        except pa.ArrowInvalid:
            raise FileRefusedError(
                "parquet.schema",
                f"Column “{field.name[:80]}” counts nanoseconds; write microseconds.",
                column=field.name[:80],
            ) from None
    if pa.types.is_timestamp(kind) and kind.tz:
        column = column.cast(pa.timestamp("us", "UTC"))
    return column.cast(pa.string())


def _plain_numbers(column: pa.Array) -> pa.Array:
    """Return floats as people write them: whole ones without a point, others without the noise of binary fractions."""
    rounded = pc.round(column.cast(pa.float64()), ndigits=6)
    whole = pc.equal(pc.floor(rounded), rounded)
    safe = pc.and_(whole, pc.less(pc.abs(rounded), 1e15))
    if pc.all(pc.fill_null(safe, True)).as_py():
        return rounded.cast(pa.int64()).cast(pa.string())
    texts = rounded.cast(pa.string())
    integers = pc.if_else(safe, rounded, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(integers, texts)
