"""What the child does with a file: look at its first rows, or turn all of it into chunks.

The cells are copied to Parquet first, all of them: a fault at the end of the file is found before its first row is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.gateway.files import chunks, limits
from regulars.gateway.files.columns import Column, Currencies
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.finishing import finisher
from regulars.gateway.files.kinds import KINDS, Kind
from regulars.gateway.files.options import Options
from regulars.gateway.files.reading import sniffing
from regulars.gateway.files.reading.rows import ROW, Request, Rows

_SAMPLE_ROWS = 20
_SAMPLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Task:
    """What the parent asks for."""

    path: Path
    name: str
    folder: Path
    kind: str
    columns: Mapping[str, str]  # our field → their column
    options: Options
    currencies: Currencies
    bytes_max: int
    chunk_rows: int

    @classmethod
    def of(cls, task: Mapping[str, Any]) -> Self:
        """Return the task that the parent wrote."""
        return cls(
            path=Path(task["path"]),
            name=task["name"],
            folder=Path(task["folder"]),
            kind=task.get("kind", ""),
            columns=task.get("columns", {}),
            options=Options.of(task.get("options", {})),
            currencies=Currencies(task.get("currency", "USD"), task.get("stores", {})),
            bytes_max=task["bytes_max"],
            chunk_rows=task.get("chunk_rows", limits.ROWS_PER_CHUNK),
        )


def inspect(task: Task) -> Iterator[dict[str, Any]]:
    """Say what the file is, its header and its first rows."""
    rows = _open(task, whole=False)
    sample: list[list[str | None]] = []
    batch = next(iter(rows.batches), None)
    if batch is not None:
        cells = batch.slice(0, _SAMPLE_ROWS).columns[1:]
        sample = [[_short(cell) for cell in row] for row in zip(*(cell.to_pylist() for cell in cells), strict=True)]
    yield {"event": "found", "header": rows.header, "sample": sample, "told": rows.told}


def convert(task: Task) -> Iterator[dict[str, Any]]:
    """Write the file as chunks of typed rows."""
    kind = KINDS[task.kind]
    rows = _open(task, whole=True)
    columns = mapped(kind, rows.header, task.columns, missing_code=_missing_code(rows))
    cells = task.folder / "cells.parquet"
    count = _copy_cells(rows, columns, cells, chunk_rows=task.chunk_rows)
    yield {"event": "read", "rows": count, "told": rows.told}
    if count:
        from regulars.gateway.files import converting  # DuckDB takes a while to load, and a look at the first rows needs none

        conversion = converting.Conversion(
            converting.connect(task.folder),
            cells,
            kind=kind,
            columns=columns,
            options=task.options,
            currencies=task.currencies,
        )
        finish = finisher(kind, task.options)
        batches = conversion.batches()
        layout = chunks.Layout(task.folder, kind, columns, task.chunk_rows)
        for chunk in chunks.cut(batches, layout, finish=finish):
            yield {"event": "chunk", "number": chunk.number, "rows": chunk.rows, "rejected": chunk.rejected}
    cells.unlink(missing_ok=True)
    yield {"event": "done"}


def mapped(kind: Kind, header: list[str], columns: Mapping[str, str], *, missing_code: str) -> list[Column]:
    """Return the mapped columns in the order of our fields, or refuse a file without a needed one."""
    places = {name: index for index, name in enumerate(header)}
    found = []
    for key, label in columns.items():
        field = kind.find(key)
        if field is None or label not in places:
            raise FileRefusedError(missing_code, f"There is no column “{label}” in the file.", row=1, column=label)
        found.append(Column(field, places[label], label))
    have = {column.field.key for column in found}
    for field in kind.fields:
        if field.required and field.key not in have:
            raise FileRefusedError(missing_code, f"A column for {field.key} is needed.", row=1, column=field.key)
    for group in kind.one_of:
        if not have & set(group):
            raise FileRefusedError(missing_code, f"A column for one of {', '.join(group)} is needed.", row=1, column=group[0])
    return found


def _open(task: Task, *, whole: bool) -> Rows:
    request = Request(path=task.path, folder=task.folder, options=task.options, whole=whole)
    return sniffing.open_rows(request, name=task.name, bytes_max=task.bytes_max)


def _missing_code(rows: Rows) -> str:
    codes = {"Parquet": "parquet.schema", "JSON": "json.key_missing"}
    return codes.get(rows.told["encoding"], "csv.header_missing")


def _copy_cells(rows: Rows, columns: list[Column], target: Path, *, chunk_rows: int) -> int:
    """Copy the mapped columns of every row; return how many rows there are."""
    names = list(dict.fromkeys(column.cell for column in columns))
    schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in names)])
    count = 0
    with pq.ParquetWriter(target, schema, compression="lz4", use_dictionary=names) as writer:
        for batch in rows.batches:
            count += batch.num_rows
            if count > limits.ROWS_MAX:
                raise FileRefusedError("file.too_large", f"A file can have {limits.ROWS_MAX:,} rows; split it.")
            writer.write_batch(batch.select([ROW, *names]), row_group_size=chunk_rows)
    return count


def _short(cell: str | None) -> str | None:
    return cell[:_SAMPLE_CHARACTERS] if cell else cell
