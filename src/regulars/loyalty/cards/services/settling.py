"""What stores owe each other for stored value: who sold it is liable, where it was used is credited (F46, P11).

Of the principal alone, by business day and from the ledger itself: each lot of stored value knows the top-up that made it. A
day can be settled any number of times; what arrived late becomes lines of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from regulars.core import bulk
from regulars.organization import audit
from regulars.organization.access import Viewer

_LOCK = 7_214  # advisory: two runs must not settle the same news twice


@transaction.atomic
def settle(*, until: date, viewer: Viewer, now: datetime) -> int:
    """Settle everything up to and with the business day `until` that is not settled yet; return how many lines that took."""
    viewer.require("settlement.make")
    bulk.execute("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
    lines = bulk.execute(SETTLE, {"until": until, "now": now})
    if lines:
        after = {"until": until.isoformat(), "lines": lines}
        audit.record(viewer, "settlement.made", "settlement", until, now=now, after=after)
    return lines


# Per day and pair: principal paid in at one store and used at another. A return that gives value back counts on its own day.
USED = """
SELECT transfer.business_date, unit.currency, top_up.store_id AS sold_store_id, transfer.store_id AS used_store_id,
    -sum(entry.amount) AS amount
FROM wallet_entry entry
JOIN wallet_unit unit ON unit.id = entry.unit_id AND unit.kind = 'stored_principal'
JOIN wallet_transfer transfer ON transfer.id = entry.transfer_id
JOIN wallet_lot lot ON lot.id = entry.lot_id
JOIN cards_topup top_up ON top_up.transfer_id = lot.root_transfer_id
WHERE entry.house = 'sales' AND entry.account_id IS NOT NULL AND transfer.store_id IS NOT NULL
    AND transfer.business_date IS NOT NULL AND transfer.store_id <> top_up.store_id
GROUP BY 1, 2, 3, 4
"""

SETTLE = f"""
WITH used AS ({USED}), settled AS (
    SELECT business_date, currency, sold_store_id, used_store_id, sum(amount) AS amount
    FROM cards_settlementline GROUP BY 1, 2, 3, 4
)
INSERT INTO cards_settlementline (business_date, currency, sold_store_id, used_store_id, amount, settled_at)
SELECT business_date, currency, sold_store_id, used_store_id, coalesce(used.amount, 0) - coalesce(settled.amount, 0), %(now)s
FROM used FULL JOIN settled USING (business_date, currency, sold_store_id, used_store_id)
WHERE business_date <= %(until)s AND coalesce(used.amount, 0) <> coalesce(settled.amount, 0)
"""
