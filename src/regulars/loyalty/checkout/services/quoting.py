"""Price a basket with every lawful advantage, before anybody pays.

For the till's door and the till screen. Nothing is written, unless the till asks to reserve.
"""

from __future__ import annotations

from datetime import datetime

from regulars.loyalty.checkout import database
from regulars.loyalty.checkout.messages import Quote
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import baskets, journal
from regulars.loyalty.checkout.services.journal import Answer, Opened
from regulars.organization.access import Viewer


def quote(asked: Quote, *, now: datetime, viewer: Viewer) -> Answer:
    """Return what the basket costs, what the points can pay of it, and why some offers do not apply."""

    def attempt() -> Answer:
        cursor = database.cursor()
        store = journal.open_store(cursor, asked.store, viewer)
        opened = Opened(store, cursor, viewer, now, b"")
        filled = baskets.fill(opened, asked, keep=False)
        return Answer(200, receipts.write({"state": "quoted", **receipts.priced(filled.basket, filled.names)}))

    return database.in_transaction(attempt)
