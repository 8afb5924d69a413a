"""Tell the rooms above what tills have recorded, with one event for all sales of a moment.

For the worker. A sale of a till neither publishes nor notifies: it adds itself to its session's row of `Untold` within the
statement that writes the journal (`ADD`, for `journal` and `taking_back`), and the worker takes the rows before each round of
deliveries. A row under a transaction that is still open is left for the next round, so none is told of too early or never.
"""

from __future__ import annotations

from datetime import datetime

from regulars.core import bulk, outbox
from regulars.sales.events import ReceiptsRecorded

# With %(receipt)s and %(day)s, the receipt's business date; without a receipt nothing is added.
ADD = """
INSERT INTO checkout_untold AS u (session, receipts, first_business_date, last_business_date, written_xid)
SELECT pg_backend_pid(), 1, %(day)s::date, %(day)s::date, regulars_xid() WHERE %(receipt)s::bigint IS NOT NULL
ON CONFLICT (session) DO UPDATE SET receipts = u.receipts + 1, written_xid = excluded.written_xid,
    first_business_date = least(u.first_business_date, excluded.first_business_date),
    last_business_date = greatest(u.last_business_date, excluded.last_business_date)
"""
_TAKE = """
WITH taken AS (
    DELETE FROM checkout_untold WHERE session IN (SELECT session FROM checkout_untold FOR UPDATE SKIP LOCKED)
    RETURNING receipts, first_business_date, last_business_date, written_xid
)
SELECT sum(receipts)::bigint, min(first_business_date), max(last_business_date), max(written_xid) FROM taken
"""


def tell(now: datetime) -> None:
    """Publish what tills have recorded since the last time."""
    ((receipts, first, last, xid),) = bulk.fetch(_TAKE, {})
    if receipts:
        outbox.publish(
            ReceiptsRecorded(
                written_xid=xid,
                receipts=receipts,
                first_business_date=first.isoformat(),
                last_business_date=last.isoformat(),
                historical=False,
                is_rated=True,
            ),
            now=now,
        )
