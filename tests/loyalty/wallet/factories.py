"""Ana and Ben, their points and money, and the ledger's invariants after every step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, GiveBack, House, Move, Owner, OwnerKind, Posted, Take
from regulars.organization import access

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SYSTEM = access.system()
ANA, BEN, CHIARA = (Owner(OwnerKind.CUSTOMER, number) for number in (1, 2, 3))
POINTS = "points.club"
MONEY = "stored.CNY"
_number = count(1)


def units() -> None:
    wallet.define_unit(POINTS, kind="points", name="Club points")
    wallet.define_unit(MONEY, kind="stored_principal", currency="CNY")


def command(*parts: Any, key: str = "", kind: str = "earn", **values: Any) -> Command:
    return Command(source="test", key=key or f"k{next(_number)}", kind=kind, parts=parts, **({"at": NOW} | values))


def post(*parts: Any, now: datetime = NOW, **values: Any) -> Posted:
    """Post one transfer with these parts."""
    return wallet.post([command(*parts, **({"at": now} | values))], now=now, viewer=SYSTEM)[0]


def give(amount: int, owner: Owner = ANA, *, unit: str = POINTS, house: House = House.ISSUED, **values: Any) -> Give:
    return Give(owner=owner, unit=unit, amount=amount, house=house, **values)


def take(amount: int, owner: Owner = ANA, *, unit: str = POINTS, house: House = House.REDEEMED, **values: Any) -> Take:
    return Take(owner=owner, unit=unit, amount=amount, house=house, **values)


def give_back(amount: int, of_transfer: int, owner: Owner = ANA, *, unit: str = POINTS, **values: Any) -> GiveBack:
    return GiveBack(owner=owner, unit=unit, amount=amount, of_transfer=of_transfer, **values)


def move(amount: int, owner: Owner = ANA, to: Owner = BEN, *, unit: str = POINTS) -> Move:
    return Move(owner=owner, to=to, unit=unit, amount=amount)
