"""Reads of the journal: what became of a message, what is parked, where a till's count differs from ours,
and which keys two tills use.

For the till's door, the pages and the invariants.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from regulars.core import bulk
from regulars.core.errors import NotFoundError
from regulars.loyalty.checkout.messages import Number
from regulars.loyalty.checkout.models import Message, Terminal
from regulars.organization.access import Viewer

FLAGGED_FOR = timedelta(days=30)
_ACTION = "wallet.check_out"


def list_parked(viewer: Viewer) -> QuerySet[Message]:
    """Return the messages that wait for a sale which has not come, oldest first."""
    return viewer.restrict(Message.objects.select_related("store"), _ACTION).filter(state=Message.State.PARKED).order_by("id")


def get_message(viewer: Viewer, id: Number) -> Message:
    """Return what is known of a message of the viewer's own source, or refuse as if it were not there."""
    rows = viewer.restrict(Message.objects.select_related("store"), _ACTION)
    found = rows.filter(source=viewer.source, store__code=id.store, till=id.till, number=id.number).first()
    if found is None:
        raise NotFoundError("No such message is known.")
    return found


def list_shared_keys(viewer: Viewer, *, now: datetime) -> QuerySet[Terminal]:
    """Return the terminals that spoke at once with another one of the same key, newest first (T-25)."""
    rows = viewer.restrict(Terminal.objects.select_related("key", "store"), _ACTION)
    return rows.filter(flagged_at__gt=now - FLAGGED_FOR, key__revoked_at=None).order_by("-flagged_at")


@dataclass(frozen=True, slots=True)
class DayTotals:
    """A till's day: what the till counted and what is recorded."""

    store: str
    till: str
    business_date: date
    currency: str
    said: dict[str, int]
    recorded: dict[str, int]

    @property
    def differs(self) -> bool:
        return self.said != self.recorded


def list_closings(viewer: Viewer) -> list[DayTotals]:
    """Return every closing beside what is recorded of that till and day, newest first."""
    stores = viewer.scope(_ACTION).stores
    rows = bulk.fetch(_CLOSINGS, {"stores": None if stores is None else sorted(stores)})
    return [_totals(*row) for row in rows]


def _totals(store: str, till: str, day: date, content: str, currency: str, *recorded: int) -> DayTotals:
    said: dict[str, Any] = json.loads(content)
    names = ("sales", "sales_amount", "returns", "returns_amount")
    counted = {name: int(said[name]) for name in names}
    return DayTotals(store, till, day, currency, counted, dict(zip(names, recorded, strict=True)))


# The last closing of a till and day counts. A void is a receipt that takes back, as a return is.
_CLOSINGS = """
WITH said AS (
    SELECT DISTINCT ON (m.source, m.store_id, m.till, m.content ->> 'business_date')
        m.source, m.store_id, m.till, (m.content ->> 'business_date')::date AS day, m.content
    FROM checkout_message m
    WHERE m.kind = 'closing' AND (%(stores)s::bigint[] IS NULL OR m.store_id = ANY (%(stores)s::bigint[]))
    ORDER BY m.source, m.store_id, m.till, m.content ->> 'business_date', m.happened_at DESC, m.number DESC
)
SELECT s.code, said.till, said.day, said.content, s.currency,
    count(r.id) FILTER (WHERE r.kind = 'sale'), coalesce(sum(r.paid_amount) FILTER (WHERE r.kind = 'sale'), 0)::bigint,
    count(r.id) FILTER (WHERE r.kind = 'return'), coalesce(-sum(r.paid_amount) FILTER (WHERE r.kind = 'return'), 0)::bigint
FROM said JOIN organization_store s ON s.id = said.store_id
LEFT JOIN sales_receipt r
    ON r.store_id = said.store_id AND r.business_date = said.day AND r.source = said.source AND r.till = said.till
GROUP BY 1, 2, 3, 4, 5 ORDER BY 3 DESC, 1, 2
"""
