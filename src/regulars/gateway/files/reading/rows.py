"""What every reader returns: the header, and batches of text columns in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.options import Options

BATCH_ROWS = 50_000
ROW = "row"  # the column of row numbers, counted as a spreadsheet shows them


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader is asked for."""

    path: Path
    folder: Path  # where it may write
    options: Options
    whole: bool  # False: only the first rows are wanted


@dataclass(slots=True)
class Rows:
    """A file as a table. Columns of a batch are named by position, never by words of the file."""

    header: list[str]
    batches: Iterator[pa.RecordBatch]
    told: dict[str, str] = field(default_factory=dict)  # what was found out: encoding, separator, sheet …


def column_name(position: int) -> str:
    """Return the name of a column in the batches."""
    return f"c{position}"


def checked_header(names: Sequence[str]) -> list[str]:
    """Return the header cleaned, or refuse one that cannot be mapped."""
    if len(names) > limits.COLUMNS_MAX:
        raise FileRefusedError(
            "csv.too_many_columns", f"The file has {len(names):,} columns; {limits.COLUMNS_MAX:,} can be read.", row=1
        )
    cleaned = [name.strip().strip("\ufeff").strip() for name in names]
    if not any(cleaned):
        raise FileRefusedError("csv.header_missing", "The first row has to name the columns.", row=1)
    seen: dict[str, int] = {}
    for position, name in enumerate(cleaned, start=1):
        if name and name in seen:
            raise FileRefusedError(
                "csv.header_duplicate",
                f"Columns {seen[name]} and {position} are both called “{name[:80]}”; rename one.",
                row=1,
                column=name[:80],
            )
        seen[name] = position
    return [name or f"({position})" for position, name in enumerate(cleaned, start=1)]


def text_batch(rows: Sequence[Sequence[str | None]], numbers: Sequence[int], *, width: int) -> pa.RecordBatch:
    """Return one batch made of Python rows."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    arrays = [pa.array(numbers, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
    return pa.RecordBatch.from_arrays(arrays, names=[ROW, *(column_name(index) for index in range(width))])


def batched(rows: Iterator[tuple[int, list[str | None]]], *, width: int) -> Iterator[pa.RecordBatch]:
    """Gather numbered Python rows into batches."""
    cells: list[list[str | None]] = []
    numbers: list[int] = []
    for number, row in rows:
        numbers.append(number)
        cells.append(row)
        if len(cells) == BATCH_ROWS:
            yield text_batch(cells, numbers, width=width)
            cells, numbers = [], []
    if cells:
        yield text_batch(cells, numbers, width=width)
