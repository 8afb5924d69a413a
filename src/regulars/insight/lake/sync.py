"""Copy what PostgreSQL wrote since the last time into the lake: everything once, nothing missed (D6).

For the worker (every minute), `regulars lake sync` and `rebuild`. A table's own mark says where to go on; where the database is
another one than the lake was copied from, or older than it, the table is copied anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from django.conf import settings

from regulars.insight.lake import source as sources
from regulars.insight.lake.source import Snapshot
from regulars.insight.lake.storage import Lake, Mark, chosen_lake, count_rows, find_mark
from regulars.insight.lake.tables import SPECS, TableSpec
from regulars.insight.models import LakeTable

_BATCH_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Copied:
    """What a sync did to one table."""

    table: str
    rows: int  # copied now
    xid: int  # the table now holds every row below it
    cluster: str
    is_anew: bool = False
    undone: int = 0  # imports whose rows were taken out


def sync(*, now: datetime, anew: bool = False) -> list[Copied]:
    """Bring every table of the lake up to now; `anew` copies all rows in the place of the old ones."""
    lake = chosen_lake()
    with sources.open_snapshot(sources.conninfo()) as snapshot:
        done = []
        for spec in SPECS.values():
            known = LakeTable.objects.filter(pk=spec.name).first()
            copied = copy_table(spec, snapshot, lake, since=0 if anew else _start(spec, snapshot, lake, known))
            _record(lake, copied, now=now)
            done.append(copied)
    return done


def refresh_dimensions(*, now: datetime) -> list[Copied]:
    """Copy the dimensions whole, which also drops the rows that are gone from PostgreSQL."""
    lake = chosen_lake()
    with sources.open_snapshot(sources.conninfo()) as snapshot:
        done = [copy_table(spec, snapshot, lake, since=0) for spec in SPECS.values() if not spec.is_fact]
    for copied in done:
        _record(lake, copied, now=now)
    return done


def copy_table(spec: TableSpec, snapshot: Snapshot, lake: Lake, *, since: int) -> Copied:
    """Copy the rows of one table written from `since` up to the snapshot's horizon; from 0 on, in the place of all others.

    A table without news is left alone: no commit is better than an empty one, and its mark stays true. What an undone import
    had brought is taken out first, so that a crash in between only repeats the taking out.
    """
    mark = Mark(_copies(spec, snapshot.cluster), snapshot.horizon)
    undone = snapshot.undone_batches(since=since) if spec.batch_column and since else []
    with _rows(spec, snapshot, since) as source:
        counter = _Counter(source)
        if since == 0:
            lake.replace(spec.name, counter.reader(), partition=spec.partition, mark=mark)
            return Copied(spec.name, counter.rows, is_anew=True, xid=mark.xid, cluster=snapshot.cluster)
        if undone:
            listed = ", ".join(map(str, undone))
            lake.delete(spec.name, f"{spec.batch_column} IN ({listed})", mark=mark if counter.is_empty else None)
        if counter.is_empty:
            pass
        elif spec.is_fact:
            lake.append(spec.name, counter.reader(), partition=spec.partition, mark=mark)
        else:
            lake.merge(spec.name, counter.reader(), key=spec.key, mark=mark)
    return Copied(spec.name, counter.rows, undone=len(undone), xid=mark.xid, cluster=snapshot.cluster)


def _start(spec: TableSpec, snapshot: Snapshot, lake: Lake, known: LakeTable | None) -> int:
    """Return from which transaction on to copy; 0 where the lake's table cannot be gone on with."""
    table = lake.find(spec.name)
    mark = find_mark(table, _copies(spec, snapshot.cluster)) or _restored_mark(spec, table, snapshot, known)
    return mark.xid if mark and mark.xid <= snapshot.horizon else 0


def _restored_mark(spec: TableSpec, table: DeltaTable | None, snapshot: Snapshot, known: LakeTable | None) -> Mark | None:
    """Go on with the lake of a backup, if the restored database counts on from beyond it and the two are of one moment."""
    mark = find_mark(table, _copies(spec, known.cluster)) if known else None
    if mark is None or known is None or snapshot.offset < mark.xid or mark.xid > known.synced_xid:
        return None
    return mark


def _copies(spec: TableSpec, cluster: str) -> str:
    return f"{cluster}/{spec.layout}"


@contextmanager
def _rows(spec: TableSpec, snapshot: Snapshot, since: int) -> Iterator[pa.RecordBatchReader]:
    """Read the sources; all but the last, the largest, are held so that DuckDB knows their sizes when it plans the join."""
    *small, (largest, query) = spec.sources.items()
    if not spec.shape:
        with snapshot.read(query, since=since) as rows:
            yield rows
        return
    with duckdb.connect(config={"memory_limit": settings.DUCKDB_MEMORY}) as joiner:
        joiner.execute("SET TimeZone = 'UTC'")
        for name, statement in small:
            with snapshot.read(statement, since=since) as rows:
                joiner.register("incoming", rows)
                joiner.execute(f"CREATE TEMP TABLE {name} AS FROM incoming")
                joiner.unregister("incoming")
        with snapshot.read(query, since=since) as rows:
            joiner.register(largest, rows)
            yield joiner.sql(spec.shape).to_arrow_reader(_BATCH_ROWS)


class _Counter:
    """A reader that has looked at its first rows and counts what passes."""

    def __init__(self, source: pa.RecordBatchReader) -> None:
        self._schema = source.schema
        self._source: Iterator[pa.RecordBatch] = iter(source)
        self._first = next((batch for batch in self._source if batch.num_rows), None)
        self.rows = 0

    @property
    def is_empty(self) -> bool:
        return self._first is None

    def reader(self) -> pa.RecordBatchReader:
        first: Iterable[pa.RecordBatch] = () if self._first is None else (self._first,)
        return pa.RecordBatchReader.from_batches(self._schema, self._counted(chain(first, self._source)))

    def _counted(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            self.rows += batch.num_rows
            yield batch


def _record(lake: Lake, copied: Copied, *, now: datetime) -> None:
    """Note how far the table is, for pages and `verify`; the truth stays in the table."""
    table = lake.find(copied.table)
    LakeTable.objects.update_or_create(
        name=copied.table,
        defaults={
            "synced_xid": copied.xid,
            "rows": count_rows(table) if table else 0,
            "version": table.version() if table else 0,
            "cluster": copied.cluster,
            "synced_at": now,
        },
    )
