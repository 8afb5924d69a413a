"""How the installation is doing now: workers, queue, events, lake, database, disk, backups.

For the system page, `/healthz`, `/metrics` and `regulars doctor`. Every read is one query or a call of the system.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psutil
from django.conf import settings
from django.db import connection

from regulars.core.outbox import ATTEMPTS_MAX
from regulars.insight.models import LakeTable
from regulars.operations.models import Backup

WORKER_SILENT = timedelta(seconds=60)  # a worker's heart beats every ten seconds
LAKE_LATE = timedelta(minutes=10)  # it is copied every minute
BACKUP_OLD = timedelta(days=2)
DISK_LOW_BYTES = 2 * 2**30
DISK_FULL_BYTES = 100 * 2**20

# Which table of PostgreSQL the rows of a lake table come from.
_SOURCES = {
    "store": "organization_store",
    "product": "catalog_product",
    "customer": "customers_customer",
    "customer_tag": "customers_customertag",
    "receipt": "sales_receipt",
    "receipt_line": "sales_receiptline",
    "tender": "sales_tender",
}


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process, by the last beat of its heart."""

    id: int
    last_heartbeat: datetime

    def is_alive(self, now: datetime) -> bool:
        return now - self.last_heartbeat < WORKER_SILENT


@dataclass(frozen=True, slots=True)
class Queue:
    """How many jobs there are in each state, and since when the oldest due one waits."""

    todo: int
    doing: int
    failed: int
    waits_since: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A job that gave up, or an event that a subscriber could not take."""

    id: int
    name: str
    reason: str
    attempts: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """Events on their way to subscribers."""

    waiting: int
    given_up: int
    waits_since: datetime | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A table of the lake: how many rows it has and how many it still lacks."""

    name: str
    rows: int
    behind: int
    synced_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.behind > 0 and (self.synced_at is None or now - self.synced_at > LAKE_LATE)


def workers() -> list[Worker]:
    """Return the workers, the liveliest first."""
    return [Worker(*row) for row in _rows("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY 2 DESC")]


def queue() -> Queue:
    """Return the state of the job queue."""
    return Queue(
        *_rows("""
        SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
            count(*) FILTER (WHERE status = 'failed'),
            min(coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)))
                FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())
        FROM procrastinate_jobs j WHERE status IN ('todo', 'doing', 'failed')""")[0]
    )


def failed_jobs(limit: int = 20) -> list[Failure]:
    """Return the jobs that gave up last."""
    return [
        Failure(*row)
        for row in _rows(
            """
            SELECT id, task_name, queue_name, attempts,
                (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id)
            FROM procrastinate_jobs j WHERE status = 'failed' ORDER BY id DESC LIMIT %s""",
            limit,
        )
    ]


def outbox() -> Outbox:
    """Return how far the events are."""
    return Outbox(
        *_rows(
            """
            SELECT count(*) FILTER (WHERE attempts < %(most)s), count(*) FILTER (WHERE attempts >= %(most)s),
                min(e.occurred_at) FILTER (WHERE attempts < %(most)s)
            FROM core_outboxdelivery d JOIN core_outboxevent e ON e.id = d.event_id WHERE d.done_at IS NULL""",
            most=ATTEMPTS_MAX,
        )[0]
    )


def given_up_events(limit: int = 20) -> list[Failure]:
    """Return the deliveries that are no longer tried."""
    return [
        Failure(*row)
        for row in _rows(
            """
            SELECT d.id, e.name || ' → ' || d.subscriber, d.last_error, d.attempts, e.occurred_at
            FROM core_outboxdelivery d JOIN core_outboxevent e ON e.id = d.event_id
            WHERE d.done_at IS NULL AND d.attempts >= %s ORDER BY d.id DESC LIMIT %s""",
            ATTEMPTS_MAX,
            limit,
        )
    ]


def lake() -> list[Copy]:
    """Return the tables of the lake with the rows that are not yet in them."""
    known = {table.name: table for table in LakeTable.objects.filter(name__in=_SOURCES)}
    behind = dict(
        _rows(
            " UNION ALL ".join(
                f"SELECT '{name}', (SELECT count(*) FROM {source} WHERE written_xid >= {_synced(known.get(name))})"
                for name, source in _SOURCES.items()
            )
        )
    )
    return [
        Copy(name, table.rows if table else 0, behind[name], table.synced_at if table else None)
        for name in _SOURCES
        for table in [known.get(name)]
    ]


def _synced(table: LakeTable | None) -> int:
    return int(table.synced_xid) if table else 0


def database() -> dict[str, Any]:
    """Return the database's size, version and sessions."""
    names = ("size", "version", "sessions")
    return dict(
        zip(
            names,
            _rows("""
            SELECT pg_database_size(current_database()), current_setting('server_version'),
                (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())""")[0],
            strict=True,
        )
    )


def last_backup() -> Backup | None:
    """Return the newest finished backup."""
    return Backup.objects.order_by("-made_at").first()


def disk_free() -> int:
    """Return how many bytes are free where the home folder lies."""
    return int(psutil.disk_usage(str(settings.REGULARS_HOME.root)).free)


def _rows(query: str, *params: int, **named: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, named or params or None)
        return list(cursor.fetchall())
