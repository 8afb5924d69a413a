"""A program for the tills of the tests: a point for each yuan, a hundred points are one yuan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from regulars.loyalty.program import services as program
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization.access import system
from tests.loyalty.checkout.conftest import NOW

_VIEWER = system("tests")
BASE = {"kind": "per_amount", "code": "base", "points": 1, "amount": 100}
UNIT = "points.club"


def publish(*rules: dict[str, Any], effective_from: date = date(2026, 1, 1), now: datetime = NOW, **body: Any) -> None:
    club = program.create_program("club", name="Club", currency="CNY", viewer=_VIEWER, now=now)
    draft = program.save_draft(club, {"earning": rules or (BASE,), **body}, viewer=_VIEWER, now=now)
    program.publish_version(draft, effective_from=effective_from, viewer=_VIEWER, now=now)


def give(customer_id: int, points: int, *, unit: str = UNIT) -> None:
    owner = Owner(OwnerKind.CUSTOMER, customer_id)
    gift = Give(owner=owner, unit=unit, amount=points, house=House.OPENING)
    wallet.post(
        [Command(source="tests", key=f"open/{unit}/{customer_id}", kind="open", at=NOW, parts=(gift,))], now=NOW, viewer=_VIEWER
    )


def balance(customer_id: int, unit: str = UNIT) -> int:
    owned = wallets.balances_of(Owner(OwnerKind.CUSTOMER, customer_id), now=NOW)
    return next((one.posted for one in owned if one.unit == unit), 0)
