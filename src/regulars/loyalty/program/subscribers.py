"""What the program does about events of the rooms below: rate what was recorded, and reward what it fulfils."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.outbox import on
from regulars.loyalty.program import services
from regulars.loyalty.program.models import Program
from regulars.organization import access


@on("receipts.recorded")
def rate_recorded(payload: dict[str, Any], now: datetime) -> None:
    """Give what the new receipts earn and take back what came back; those of tills are rated with their sale."""
    if payload.get("is_rated"):
        return
    services.rate_recorded(payload["written_xid"], now=now, viewer=access.system("program"))


@on("receipts.recorded")
def judge_challenges(_payload: dict[str, Any], now: datetime) -> None:
    """Reward who has met a challenge by now, and take back where goods came back; those of tills count alike."""
    for program in Program.objects.filter(is_active=True, challenges__is_active=True).distinct():
        services.judge_challenges(program, now=now, viewer=access.system("program"))


@on("customers.merged")
def move_members(payload: dict[str, Any], now: datetime) -> None:
    """Give membership, plans, gifts and badges to the customer who lives."""
    for gone in payload["gone"]:
        services.move_customer(gone, payload["holder"], now=now)
