"""What the program does about events of the rooms below: rate what was recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.outbox import on
from regulars.loyalty.program import services
from regulars.organization import access


@on("receipts.recorded")
def rate_recorded(payload: dict[str, Any], now: datetime) -> None:
    """Give what the new receipts earn and take back what came back; those of tills are rated with their sale."""
    if payload.get("is_rated"):
        return
    services.rate_recorded(payload["written_xid"], now=now, viewer=access.system("program"))
