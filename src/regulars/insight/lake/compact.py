"""Keep the lake fast and small: join the small files of the minutes into sorted ones, and drop files nobody reads any more.

For the nightly job and `regulars lake compact`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
from deltalake import DeltaTable

from regulars.insight.lake import source as sources
from regulars.insight.lake import sync
from regulars.insight.lake.storage import chosen_lake
from regulars.insight.lake.tables import SPECS, TableSpec
from regulars.insight.models import LakeTable

# A query that began before a file was replaced may still read it; none runs this long.
_KEEP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compaction did to one table."""

    table: str
    files_before: int
    files_after: int
    files_dropped: int


def compact(*, now: datetime, keep: timedelta = _KEEP) -> list[Compacted]:
    """Sort each month that has gathered several files into one, copy the dimensions afresh, drop old files."""
    sync.refresh_dimensions(now=now)
    lake = chosen_lake()
    done = []
    with sources.alone(sources.conninfo()):
        for spec in SPECS.values():
            if table := lake.find(spec.name):
                done.append(_compact(spec, table, keep))
                LakeTable.objects.filter(pk=spec.name).update(compacted_at=now, version=table.version())
    return done


def _compact(spec: TableSpec, table: DeltaTable, keep: timedelta) -> Compacted:
    before = len(table.file_uris())
    for filters in _crowded(spec, table):
        table.optimize.z_order(list(spec.order), partition_filters=filters)
    dropped = table.vacuum(retention_hours=int(keep.total_seconds() // 3600), dry_run=False, enforce_retention_duration=False)
    table.create_checkpoint()
    table.cleanup_metadata()
    return Compacted(spec.name, before, len(table.file_uris()), len(dropped))


def _crowded(spec: TableSpec, table: DeltaTable) -> list[list[tuple[str, str, str]]]:
    """Return the partitions with more than one file; ordering by one column is a plain sort."""
    if not spec.partition:
        return []
    (column,) = spec.partition
    actions = pa.table(table.get_add_actions(flatten=True))
    files = Counter(str(value) for value in actions[f"partition.{column}"].to_pylist())
    return [[(column, "=", value)] for value, count in sorted(files.items()) if count > 1]
