"""Work that the worker does for offers by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.loyalty.offers import services


@app.periodic(cron="* * * * *")
@app.task(name="offers.release_stale", queue=sending.INSIDE, queueing_lock="offers.release_stale", pass_context=False)
def release_stale(timestamp: int) -> None:
    """Each minute: let go of what was reserved for sales that nobody finished."""
    while services.release_stale(now=datetime.fromtimestamp(timestamp, UTC)):
        pass
