"""Work that the worker does for the ledger by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.loyalty.wallet import seals, services


@app.periodic(cron="* * * * *")
@app.task(name="wallet.keep", queue=sending.INSIDE, queueing_lock="wallet.keep", pass_context=False)
def keep(timestamp: int) -> None:
    """Each minute: set free what lapsed holds reserve, seal what was written, and add it to the months."""
    now = datetime.fromtimestamp(timestamp, UTC)
    services.release_stale_holds(now=now)
    seals.seal(now=now)
    services.keep_months()


@app.periodic(cron="3 * * * *")
@app.task(name="wallet.expire", queue=sending.INSIDE, queueing_lock="wallet.expire", pass_context=False)
def expire(timestamp: int) -> None:
    """Each hour, because stores' days end at different hours: book out what has expired."""
    services.expire_due(now=datetime.fromtimestamp(timestamp, UTC))
