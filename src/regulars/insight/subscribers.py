"""What insight does about events of the rooms below: copy new receipts soon, take undone imports back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.outbox import on
from regulars.insight import tasks


@on("receipts.recorded")
def copy_soon(payload: dict[str, Any], now: datetime) -> None:
    """Ask for a sync now instead of at the next minute."""
    tasks.request(tasks.sync_lake)


@on("receipts.removed")
def take_back(payload: dict[str, Any], now: datetime) -> None:
    """Remove the facts of an undone import from the lake."""
    tasks.undo_batch.defer(batch_id=int(payload["batch_id"]))
