"""Take back from the lake what an undone import had brought.

For the job that follows the removal of a batch from PostgreSQL. Waiting for the running sync first matters: it may have read
the rows a moment before they were removed.
"""

from __future__ import annotations

from regulars.insight.lake import source as sources
from regulars.insight.lake.storage import chosen_lake
from regulars.insight.lake.tables import SPECS


def undo_batch(batch_id: int) -> None:
    """Delete the facts that the import `batch_id` brought; doing it twice changes nothing."""
    lake = chosen_lake()
    with sources.alone(sources.conninfo()):
        for spec in SPECS.values():
            table = lake.find(spec.name) if spec.batch_column else None
            if table is not None:
                table.delete(f"{spec.batch_column} = {int(batch_id)}")
