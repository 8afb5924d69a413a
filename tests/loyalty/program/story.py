"""A program with rules, sales and returns in the database, as the tests of the services tell them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Program, RuleVersion, TakenBack
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization import access
from regulars.sales.models import Receipt
from tests.sales import factories as sales

NOW = sales.NOW
TODAY = date(2026, 11, 20)
START = date(2026, 1, 1)
SYSTEM = access.system()
BASE = {"kind": "per_amount", "code": "base", "points": 1, "amount": 100}


def publish(*rules: dict[str, Any], effective_from: date = START, now: datetime = NOW, **body: Any) -> RuleVersion:
    """Open the program «club», if need be, and let rules hold."""
    club = program.create_program("club", name="Club", currency="USD", viewer=SYSTEM, now=now)
    draft = program.save_draft(club, {"earning": rules or (BASE,), **body}, viewer=SYSTEM, now=now)
    return program.publish_version(draft, effective_from=effective_from, viewer=SYSTEM, now=now)


def club() -> Program:
    return Program.objects.get(code="club")


def sell(receipt_id: str, *amounts: int, customer: str = "8001", **values: Any) -> Receipt:
    """Record a sale with a card; historical, so that it may lie in the past."""
    options = {key: values.pop(key) for key in ("tenders", "discounts", "now") if key in values}
    rows = [
        sales.line(receipt_id, line_no=number, customer=customer, customer_kind="card", gross_amount=amount, **values)
        for number, amount in enumerate(amounts, start=1)
    ]
    outcome = sales.sell(*rows, historical=True, **options)
    assert not outcome.problems, outcome.problems
    return Receipt.objects.get(external_id=receipt_id)


def give_back(receipt_id: str, sale: str, *lines: tuple[int, int], customer: str = "8001", **values: Any) -> Receipt:
    """Record a return of (line number, amount) of a sale."""
    rows = [
        sales.line(
            receipt_id, line_no=number, customer=customer, customer_kind="card", kind="return", gross_amount=amount,
            original_receipt_id=sale, original_line_no=line_no, **values,
        )
        for number, (line_no, amount) in enumerate(lines, start=1)
    ]  # fmt: skip
    outcome = sales.sell(*rows, historical=True)
    assert not outcome.problems, outcome.problems
    return Receipt.objects.get(external_id=receipt_id)


def balance(customer_id: int, unit: str = "points.club", *, now: datetime = NOW) -> wallets.UnitBalance:
    owned = wallets.balances_of(Owner(OwnerKind.CUSTOMER, customer_id), now=now)
    return next((one for one in owned if one.unit == unit), wallets.UnitBalance(unit, 0, 0, 0, 0, 0, ()))


def earned(receipt: Receipt) -> Earning:
    return Earning.objects.get(receipt=receipt)


def taken(receipt: Receipt) -> TakenBack:
    return TakenBack.objects.get(receipt=receipt)


def noon(day: date) -> datetime:
    """Noon in New York, winter or summer."""
    return datetime(day.year, day.month, day.day, 17, 0, tzinfo=UTC)
