"""Keep what a till counted over its day; the difference to what is recorded is worked out whenever somebody looks (P50).

For the till's door. Late sales of the day change the difference by themselves: nothing has to be sent again.
"""

from __future__ import annotations

from datetime import datetime

from regulars.loyalty.checkout.messages import Closing
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import journal
from regulars.loyalty.checkout.services.journal import Answer, Entry
from regulars.organization.access import Viewer


def close_day(said: Closing, *, digest: bytes, now: datetime, viewer: Viewer) -> Answer:
    """Keep the control totals of a till."""
    return journal.once(said.id, digest, now=now, viewer=viewer, work=lambda _opened: _entry(said))


def _entry(said: Closing) -> Entry:
    return Entry(
        kind=Message.Kind.CLOSING,
        happened_at=said.at,
        answer=receipts.write({"state": "done", "closing": said.id.text}),
        content={
            "business_date": said.business_date.isoformat(),
            "sales": said.sales,
            "sales_amount": said.sales_amount,
            "returns": said.returns,
            "returns_amount": said.returns_amount,
        },
    )
