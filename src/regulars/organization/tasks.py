"""Work that the worker does for this room by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.organization import audit


@app.periodic(cron="* * * * *")
@app.task(name="organization.seal_audit", queue=sending.INSIDE, queueing_lock="organization.seal_audit", pass_context=False)
def seal_audit(timestamp: int) -> None:
    """Seal the audit trail up to now, each minute."""
    audit.seal(now=datetime.fromtimestamp(timestamp, UTC))
