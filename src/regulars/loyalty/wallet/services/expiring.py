"""Book out what has expired: an entry for each lot, nothing is deleted (P5).

For the nightly job. Whether a lot can be spent does not wait for it: the rules look at the dates themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regulars.core import arrays
from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.services import rows
from regulars.organization import access
from regulars.organization.models import Company

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Expired:
    """How many lots were booked out."""

    lots: int = 0


def expire_due(*, now: datetime) -> Expired:
    """Book out every lot whose time is over, in batches of accounts; one that a till holds now waits for the next run."""
    company = Company.objects.first()
    lots = 0
    while done := _expire_some(now, company.timezone if company else "UTC"):
        lots += done
    return Expired(lots)


@transaction.atomic
def _expire_some(now: datetime, zone: str) -> int:
    accounts = [row[0] for row in rows.fetch(statements.DUE_ACCOUNTS, {"now": now, "limit": _BATCH})]
    if not accounts:
        return 0
    values = {"accounts": arrays.integers(accounts), "now": now, "zone": zone, "actor": access.SYSTEM_LABEL}
    lots, _amount = rows.fetch(statements.EXPIRE, values, count=len(accounts))[0]
    return int(lots)
