"""What the worker does for the lake and the figures: copy every minute, refresh the figures after news, tidy up at night."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from regulars.core import sending

# However many sales arrive, the figures of all customers are computed at most this often.
_FIGURES_DELAY = timedelta(minutes=5)
_SAID_OF_CUSTOMERS = {"receipt", "customer"}


@app.periodic(cron="* * * * *")
@app.task(
    name="insight.sync_lake", queue=sending.INSIDE, queueing_lock="insight.sync_lake", lock="insight.lake", pass_context=False
)
def sync_lake(timestamp: int | None = None) -> None:  # noqa: ARG001 (the scheduler's word)
    """Copy what is new into the lake; see to the figures if there were receipts."""
    from regulars.insight.lake import sync  # the engines take a second to load: only the worker pays it

    copied = sync.sync(now=timezone.now())
    if any(table.rows or table.undone for table in copied if table.table in _SAID_OF_CUSTOMERS):
        request(refresh_figures, after=_FIGURES_DELAY)


@app.task(name="insight.refresh_figures", queue=sending.INSIDE, queueing_lock="insight.refresh_figures")
def refresh_figures() -> None:
    """Bring every customer's figures up to date."""
    from regulars.insight.customers import write_back

    write_back.refresh_figures()


@app.periodic(cron="30 3 * * *")
@app.task(
    name="insight.compact_lake",
    queue=sending.INSIDE,
    queueing_lock="insight.compact_lake",
    lock="insight.lake",
    pass_context=False,
)
def compact_lake(timestamp: int | None = None) -> None:  # noqa: ARG001 (the scheduler's word)
    """Sort and join the day's small files, drop old ones, refresh the dimensions."""
    from regulars.insight.lake import compact

    compact.compact(now=timezone.now())


def request(task: object, *, after: timedelta = timedelta(0), **arguments: object) -> None:
    """Queue a task unless it waits already; its own savepoint keeps the caller's transaction whole."""
    schedule = {"schedule_at": timezone.now() + after} if after else {}
    try:
        with transaction.atomic():
            task.configure(**schedule).defer(**arguments)  # type: ignore[attr-defined] # procrastinate is untyped here
    except AlreadyEnqueued:
        pass  # the waiting one will see what is new as well
