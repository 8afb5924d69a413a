"""The journal for finance: each month's bookings of stored value and points, as rows that balance (F37).

Account names are roles, not numbers: a chart of accounts maps them once. Points are booked in money by IFRS 15, their
number stands beside it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.core import money
from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.liability import Month, roll_forward
from regulars.loyalty.wallet.models import Unit
from regulars.organization.company import get_company

COLUMNS = ("date", "unit", "account", "debit", "credit", "currency", "quantity", "text")
# What stands on the other side of a liability when value comes in or goes out, by reason.
_OTHER_SIDE = {
    House.CASH: "cash_clearing",
    House.SALES: "sales_clearing",
    House.BONUS: "marketing_expense",
    House.EXPIRED: "breakage_income",
    House.ADJUSTED: "goodwill_expense",
    House.OPENING: "opening_balances",
    House.CLAWED_BACK: "sales_clearing",
    House.ISSUED: "marketing_expense",
    House.REDEEMED: "sales_clearing",
}


@dataclass(frozen=True, slots=True)
class Booking:
    """One row; of debit and credit one is zero."""

    day: date
    unit: str
    account: str
    debit: int
    credit: int
    currency: str
    quantity: int
    text: str


def bookings() -> list[Booking]:
    """Return the bookings of all units and months."""
    booked: list[Booking] = []
    for unit in Unit.objects.order_by("code"):
        months = roll_forward(unit)
        if unit.is_money:
            booked += [row for month in months for row in _of_money(unit, month)]
        elif unit.kind == Unit.Kind.POINTS:
            booked += list(_of_points(unit, months, get_company().currency))
    return booked


def as_csv(rows: Iterable[Booking]) -> str:
    """Return the bookings as CSV with amounts as decimal numbers."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        debit, credit = (_decimal(amount, row.currency) for amount in (row.debit, row.credit))
        writer.writerow([row.day, row.unit, row.account, debit, credit, row.currency, row.quantity, row.text])
    return out.getvalue()


def _of_money(unit: Unit, month: Month) -> Iterator[Booking]:
    for house, amount in sorted(month.by_house.items()):
        other = _OTHER_SIDE.get(House(house))
        if amount and other:
            side = f"stored_value_liability.{unit.kind}"
            yield from _pair(unit.code, month, amount, currency=unit.currency, accounts=(side, other), text=house)


def _of_points(unit: Unit, months: Iterable[Month], currency: str) -> Iterator[Booking]:
    """Book what each month's sales defer, and what becomes revenue of what was deferred before."""
    carried = 0
    for month in months:
        given = sum(month.by_house.get(house, 0) for house in (House.ISSUED, House.OPENING))
        released = carried + month.allocated_amount - month.reversed_amount - month.deferred_amount
        accounts = ("points_liability", "revenue")
        if month.allocated_amount:
            yield from _pair(
                unit.code,
                month,
                month.allocated_amount,
                currency=currency,
                accounts=accounts,
                text="points given",
                quantity=given,
            )
        back = month.by_house.get(House.CLAWED_BACK, 0)
        if month.reversed_amount:
            yield from _pair(
                unit.code,
                month,
                -month.reversed_amount,
                currency=currency,
                accounts=accounts,
                text="points taken back with returns",
                quantity=back,
            )
        if released:
            used = sum(month.by_house.values()) - given - (back if month.reversed_amount else 0)
            yield from _pair(
                unit.code, month, -released, currency=currency, accounts=accounts, text="points used or lapsed", quantity=used
            )
        carried = month.deferred_amount


def _pair(
    unit: str, month: Month, amount: int, *, currency: str, accounts: tuple[str, str], text: str, quantity: int = 0
) -> Iterator[Booking]:
    """Book an increase of a liability to its credit, a decrease to its debit, and the other side against it."""
    day = (month.month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    for account, credit in zip(accounts, (amount, -amount), strict=True):
        yield Booking(day, unit, account, max(0, -credit), max(0, credit), currency, quantity, text)


def _decimal(amount: int, currency: str) -> str:
    return str(money.to_decimal(amount, currency)) if amount else ""
