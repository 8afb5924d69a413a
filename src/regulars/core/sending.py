"""Whether this installation may send: a restored copy is paused until an operator releases it (G28).

For the worker, and for every room that sends anything out of the house: it asks in the transaction that sends.
"""

from __future__ import annotations

from datetime import datetime

from regulars.core.models import SendingPause

# The queue that a paused worker still runs: jobs that only read and write this installation's own database and lake.
INSIDE = "inside"


def is_paused() -> bool:
    """Return whether nothing may leave the house."""
    return SendingPause.objects.exists()


def find_pause() -> SendingPause | None:
    """Return since when and why sending is paused."""
    return SendingPause.objects.first()


def pause(reason: str, *, now: datetime) -> None:
    """Stop all sending until `release`; a repeat keeps the first reason."""
    SendingPause.objects.get_or_create(pk=1, defaults={"reason": reason, "since": now})


def release() -> bool:
    """Let the installation send again; False if it was not paused."""
    deleted, _ = SendingPause.objects.all().delete()
    return deleted > 0
