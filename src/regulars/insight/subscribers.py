"""What insight does about events: copy new receipts soon, not only at the next minute; score anew by new cut points."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.outbox import on
from regulars.insight import tasks


@on("receipts.recorded")
def copy_soon(_payload: dict[str, Any], _now: datetime) -> None:
    """Ask for a sync now."""
    tasks.request(tasks.sync_lake)


@on("rfm.cut_points_changed")
def score_anew(_payload: dict[str, Any], _now: datetime) -> None:
    """Ask for the figures of all customers now."""
    tasks.request(tasks.refresh_figures)
