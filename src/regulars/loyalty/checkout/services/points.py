"""What the program says of a basket: the rules in force, the member's standing, and what is there to spend.

For quoting, selling and taking back.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from regulars.loyalty.checkout.messages import Number
from regulars.loyalty.checkout.services import journal
from regulars.loyalty.program import selectors as program
from regulars.loyalty.program.rules import Book
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.selectors import UnitBalance

SOON = timedelta(days=60)  # what goes within this time is printed


def book_for(day: date, currency: str) -> Book | None:
    """Return the rules in force on a business date, if they are for this currency."""
    book = program.book_at(day)
    return book if book is not None and book.currency in {"", currency} else None


def hold_key(source: str, id: Number, quote: str) -> str:
    """Return the key under which a quote reserved points for a sale."""
    return f"till/{journal.lock_key(source, id)}/{quote}"


def balances_of(customer_id: int, *, now: datetime) -> list[UnitBalance]:
    """Return what a member has."""
    return wallets.balances_of(Owner(OwnerKind.CUSTOMER, customer_id), now=now)


def spendable(balances: list[UnitBalance], unit: str) -> int:
    """Return how much of a unit can be spent now."""
    return sum(each.spendable for each in balances if each.unit == unit)


def shown(balances: list[UnitBalance], book: Book | None, *, currency: str, today: date) -> dict[str, Any]:
    """Return points and stored value as a receipt prints them."""
    body: dict[str, Any] = {}
    mine = next((each for each in balances if book is not None and each.unit == book.points_unit), None)
    if book is not None:
        body["points"] = {
            "balance": mine.spendable if mine else 0,
            "pending": mine.pending if mine else 0,
            "held": mine.held if mine else 0,
            "owed": mine.debt if mine else 0,
            "expiring": [
                {"on": day.isoformat(), "points": amount}
                for day, amount in (mine.expiring if mine else ())
                if day <= today + SOON
            ],
        }
    stored = sum(each.spendable for each in balances if each.unit in {f"stored.{currency}", f"bonus.{currency}"})
    if stored:
        body["stored_value"] = stored
    return body
