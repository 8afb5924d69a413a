"""Work that the worker does for offers by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.loyalty.offers import services
from regulars.organization import access


@app.periodic(cron="* * * * *")
@app.task(name="offers.release_stale", queue=sending.INSIDE, queueing_lock="offers.release_stale", pass_context=False)
def release_stale(timestamp: int) -> None:
    """Each minute: let go of what was reserved for sales that nobody finished."""
    while services.release_stale(now=datetime.fromtimestamp(timestamp, UTC)):
        pass


@app.periodic(cron="12 * * * *")
@app.task(name="offers.give_owed", queueing_lock="offers.give_owed", pass_context=False)
def give_owed(timestamp: int) -> None:
    """Each hour: give the coupons that were won while none was left."""
    services.give_all_owed(viewer=access.system("offers"), now=datetime.fromtimestamp(timestamp, UTC))
