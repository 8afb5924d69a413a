"""Work that the worker does for this room by itself: at night it empties the answers that no till can ask for any more
and drops tills that are gone."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.loyalty.checkout.services import journal, terminals


@app.periodic(cron="20 4 * * *")
@app.task(name="checkout.forget_answers", queue=sending.INSIDE, queueing_lock="checkout.forget_answers", pass_context=False)
def forget_answers(timestamp: int) -> None:
    """Forget what was said to tills long ago, that it was said stays known; and tills that have not spoken for long."""
    now = datetime.fromtimestamp(timestamp, UTC)
    journal.forget_answers(now=now)
    terminals.forget(now=now)
