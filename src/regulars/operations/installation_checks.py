"""The part of `regulars doctor` that needs the database: roles, tables, worker, queue, lake, backups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from regulars.core import database, sending
from regulars.operations import state
from regulars.operations.findings import Finding, State
from regulars.operations.models import Backup


def examine(*, now: datetime) -> Iterator[Finding]:
    """Look at an installation whose database is safe and up to date: it would not have opened otherwise."""
    held = state.database()
    told = f"PostgreSQL {held['version']}, {held['size'] / 2**20:,.0f} MiB, settings safe, tables of this release"
    yield Finding("database", State.FINE, told)
    yield _roles()
    yield _worker(now)
    yield _queue()
    yield _events()
    yield _lake(now)
    yield _backups(now)
    if pause := sending.find_pause():
        yield Finding("sending", State.ODD, f"{pause.reason}; nothing is sent", "regulars restore --release")


def _roles() -> Finding:
    if database.owns_tables():
        mend = "set DATABASE_OWNER_URL to the owner and DATABASE_URL to a role that owns no table, then regulars migrate"
        return Finding("database role", State.ODD, "web and worker own the tables, so they could change facts", mend)
    return Finding("database role", State.FINE, "web and worker own no table")


def _worker(now: datetime) -> Finding:
    alive = [worker for worker in state.workers() if worker.is_alive(now)]
    if not alive:
        return Finding("worker", State.ODD, "none runs", "regulars serve, or regulars worker")
    return Finding("worker", State.FINE, f"{len(alive)} alive")


def _queue() -> Finding:
    queue = state.queue()
    told = f"{queue.todo} wait, {queue.doing} run, {queue.failed} gave up"
    if queue.failed:
        return Finding("jobs", State.ODD, told, "read the log, mend the cause, try again on the page System")
    return Finding("jobs", State.FINE, told)


def _events() -> Finding:
    outbox = state.outbox()
    told = f"{outbox.waiting} wait, {outbox.given_up} gave up"
    if outbox.given_up:
        return Finding("events", State.WRONG, told, "mend the cause, then try again on the page System")
    return Finding("events", State.FINE, told)


def _lake(now: datetime) -> Finding:
    copies = state.lake()
    behind = sum(copy.behind for copy in copies)
    if any(copy.is_late(now) for copy in copies):
        return Finding("lake", State.ODD, f"{behind:,} rows behind", "regulars lake sync, or start a worker")
    return Finding("lake", State.FINE, f"{sum(copy.rows for copy in copies):,} rows, {behind:,} behind")


def _backups(now: datetime) -> Finding:
    newest: Backup | None = state.last_backup()
    if newest is None:
        return Finding("backup", State.ODD, "none was ever made", "regulars backup DIR")
    age = now - newest.made_at
    is_old = age > state.BACKUP_OLD
    told = f"{age.days} days old: {newest.folder}"
    return Finding("backup", State.ODD if is_old else State.FINE, told, "regulars backup DIR" if is_old else "")
