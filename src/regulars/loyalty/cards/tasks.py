"""Work that the worker does for this room by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.loyalty.cards import services as cards
from regulars.organization import access


@app.periodic(cron="40 5 * * *")
@app.task(name="cards.settle", queue=sending.INSIDE, queueing_lock="cards.settle", pass_context=False)
def settle(timestamp: int) -> None:
    """Settle between stores each morning, two days back: by then no store on earth still writes on that business day."""
    now = datetime.fromtimestamp(timestamp, UTC)
    cards.settle(until=now.date() - timedelta(days=2), viewer=access.system(), now=now)


@app.periodic(cron="20 * * * *")
@app.task(name="cards.forget", queue=sending.INSIDE, queueing_lock="cards.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Drop used rotating codes and counters of guesses that no longer matter."""
    now = datetime.fromtimestamp(timestamp, UTC)
    cards.forget_uses(now=now)
    cards.forget_guesses(now=now)
