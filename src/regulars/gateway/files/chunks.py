"""Typed rows cut into chunks that the parent loads one transaction at a time, and the rows that were refused.

A receipt is never split over two chunks; one with a faulty line is refused whole, so that none stands with a line missing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from regulars.gateway.files.columns import Column
from regulars.gateway.files.kinds import Kind
from regulars.gateway.files.reading.rows import ROW

REJECTS = pa.schema(
    [("row", pa.int64()), ("column", pa.string()), ("code", pa.string()), ("value", pa.string()), ("message", pa.string())]
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One written chunk: how many rows of the file it covers, and how many of them were refused."""

    number: int
    rows: int
    rejected: int


def rows_file(folder: Path, number: int) -> Path:
    """Return where the good rows of a chunk stand."""
    return folder / f"chunk-{number:06}.arrow"


def rejects_file(folder: Path, number: int, *, by: str) -> Path:
    """Return where the refused rows of a chunk stand: `by` the check of the file, or `by` the rooms' services."""
    return folder / f"rejects-{number:06}-{by}.arrow"


def write(path: Path, table: pa.Table) -> None:
    """Write a table so that a reader sees all of it or nothing."""
    scratch = path.with_suffix(f".{os.getpid()}.part")
    with pa.OSFile(str(scratch), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    scratch.rename(path)


def read(path: Path) -> pa.Table:
    """Read a table that `write` has written."""
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the chunks of a file go, what they hold and how many rows one has."""

    folder: Path
    kind: Kind
    columns: list[Column]
    rows: int


def cut(batches: Iterable[pa.RecordBatch], layout: Layout, *, finish: Callable[[pa.Table], pa.Table]) -> Iterator[Chunk]:
    """Write chunks and give each as soon as it is whole."""
    for number, table in enumerate(_whole(batches, layout), start=1):
        good, rejects = _judged(table, layout.kind, layout.columns)
        if rejects.num_rows:
            write(rejects_file(layout.folder, number, by="check"), rejects)
        write(rows_file(layout.folder, number), finish(good))
        yield Chunk(number, rows=table.num_rows, rejected=table.num_rows - good.num_rows)


def _whole(batches: Iterable[pa.RecordBatch], layout: Layout) -> Iterator[pa.Table]:
    """Gather batches into tables of about the chunk's size that end where a receipt ends."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows < layout.rows:
            continue
        table = pa.Table.from_batches(waiting)
        end = _last_border(table) if layout.kind.are_receipts else table.num_rows
        if not end:
            continue
        yield table.slice(0, end)
        waiting = table.slice(end).to_batches()
        rows = table.num_rows - end
    if rows:
        yield pa.Table.from_batches(waiting)


def _last_border(table: pa.Table) -> int:
    """Return the index of the first line of the last receipt; 0 where there is only one."""
    ids = table["receipt_id"].combine_chunks()
    others = pc.fill_null(pc.not_equal(ids, ids[-1]), True)
    place = pc.index(pa.array(others.to_numpy(zero_copy_only=False)[::-1]), True).as_py()
    return 0 if place < 0 else table.num_rows - place


def _judged(table: pa.Table, kind: Kind, columns: list[Column]) -> tuple[pa.Table, pa.Table]:
    """Return the rows without fault, and one line for each fault of the others."""
    typed = [name for name in table.column_names if not name.startswith(("fault_", "value_"))]
    faults = [_faults_of(table, index, column) for index, column in enumerate(columns)]
    if kind.one_of:
        faults += [_unplaced(table, kind, columns)]
    found = pa.concat_tables(faults)
    if not found.num_rows:
        return table.select(typed), found
    bad = pc.is_in(table[ROW], value_set=found[ROW])
    if kind.are_receipts:
        of_bad = pc.is_in(table["receipt_id"], value_set=table["receipt_id"].filter(bad), skip_nulls=True)
        others = table.filter(pc.and_(of_bad, pc.invert(bad)))
        found = pa.concat_tables([found, _fault_rows(others[ROW], "", "receipt.line_rejected", others["receipt_id"])])
        bad = pc.or_(bad, of_bad)
    return table.select(typed).filter(pc.invert(bad)), found.sort_by(ROW)


def _faults_of(table: pa.Table, index: int, column: Column) -> pa.Table:
    codes = table[f"fault_{index}"]
    if codes.null_count == len(codes):
        return REJECTS.empty_table()
    some = table.select([ROW, f"fault_{index}", f"value_{index}"]).filter(pc.is_valid(codes))
    return _fault_rows(some[ROW], column.label, some[f"fault_{index}"], some[f"value_{index}"])


def _unplaced(table: pa.Table, kind: Kind, columns: list[Column]) -> pa.Table:
    """Return the rows that have none of the cells of which they need one: an identifier, an amount."""
    by_key = {column.field.key: (index, column) for index, column in enumerate(columns)}
    missing: list[pa.Table] = []
    for group in kind.one_of:
        empty = None
        for key in group:
            if key not in by_key:
                continue
            index, column = by_key[key]
            blank = pc.and_(pc.is_null(table[column.field.column]), pc.is_null(table[f"fault_{index}"]))
            empty = blank if empty is None else pc.and_(empty, blank)
        if empty is not None and pc.any(empty).as_py():
            rows = table[ROW].filter(empty)
            missing.append(_fault_rows(rows, by_key[next(key for key in group if key in by_key)][1].label, "required", None))
    return pa.concat_tables(missing) if missing else REJECTS.empty_table()


def _fault_rows(rows: pa.ChunkedArray, label: str, codes: pa.ChunkedArray | str, values: pa.ChunkedArray | None) -> pa.Table:
    count = len(rows)
    return pa.table(
        {
            "row": rows,
            "column": pa.repeat(pa.scalar(label, pa.string()), count),
            "code": pa.repeat(pa.scalar(codes, pa.string()), count) if isinstance(codes, str) else codes,
            "value": pa.nulls(count, pa.string()) if values is None else pc.utf8_slice_codeunits(values, 0, 200),
            "message": pa.nulls(count, pa.string()),
        },
        schema=REJECTS,
    )
