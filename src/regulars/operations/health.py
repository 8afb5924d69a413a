"""Whether this installation can do its work, in one cheap answer for load balancers and monitors (`/healthz`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error

from regulars.core import database, heartbeat, sending
from regulars.core.errors import DomainError
from regulars.operations import state

OK, DEGRADED, FAILED = "ok", "degraded", "failed"


@dataclass(slots=True)
class Health:
    """`failed` where nothing should be sent to this installation, `degraded` where somebody should look."""

    status: str = OK
    checks: dict[str, str] = field(default_factory=dict)

    def note(self, check: str, told: str, *, status: str = OK) -> None:
        self.checks[check] = told
        if [OK, DEGRADED, FAILED].index(status) > [OK, DEGRADED, FAILED].index(self.status):
            self.status = status


def examine(*, now: datetime) -> Health:
    """Ask the database, the workers and the disk."""
    health = Health()
    free = state.disk_free()
    if free < state.DISK_FULL_BYTES:
        health.note("disk", "full", status=FAILED)
    else:
        health.note("disk", "low" if free < state.DISK_LOW_BYTES else OK)
    if heartbeat.is_away():
        health.note("database", "unreachable", status=FAILED)
        return health
    try:
        _ask_database(health, now)
    except DomainError as error:
        health.note("database", error.code, status=FAILED)
    except Error:
        health.note("database", "unreachable", status=FAILED)
    return health


def _ask_database(health: Health, now: datetime) -> None:
    database.refuse_unsafe()
    health.note("database", OK)
    if any(worker.is_alive(now) for worker in state.workers()):
        health.note("worker", OK)
    else:
        health.note("worker", "silent", status=DEGRADED)
    if sending.is_paused():
        health.note("sending", "paused", status=DEGRADED)
