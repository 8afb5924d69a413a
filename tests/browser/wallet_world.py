"""A year of points and stored value of some members, for the browser to look at."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from regulars.customers.models import Customer
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind, Take
from regulars.loyalty.wallet.models import Transfer
from regulars.organization.access import system
from regulars.organization.models import Store

VIEWER = system("tests")
POINTS, MONEY = "points.world", "stored.USD"


def furnish(now: datetime) -> list[str]:
    """Post a year of earning and spending; return the addresses to look at."""
    wallet.define_unit(POINTS, kind="points", name="Club points")
    wallet.define_unit(MONEY, kind="stored_principal", currency="USD", name="Stored value")
    members = [
        Owner(OwnerKind.CUSTOMER, pk)
        for pk in Customer.objects.exclude(name="").order_by("pk").values_list("pk", flat=True)[:20]
    ]
    store = Store.objects.order_by("pk").first()
    dice = random.Random(11)
    for day in range(400, 0, -8):
        at = now - timedelta(days=day)
        for owner in members:
            _day(owner, at, store_id=store.pk if store else None, dice=dice)
    ana = members[0]
    _post(
        "adjust", now - timedelta(days=3), [_give(ana, 200, House.ADJUSTED)], reason="goodwill", why={"note": "Late delivery"}
    )
    _post("earn", now - timedelta(days=1), [_give(ana, 80, House.ISSUED, available_from=now + timedelta(days=13))])
    until = now + timedelta(minutes=15)
    wallet.hold(ana, POINTS, 30, key="world", until=until, at=now, now=now, viewer=VIEWER)
    wallet.expire_due(now=now)
    last = Transfer.objects.filter(kind="redeem").latest("pk")
    return [
        "/wallet/ledger/", f"/wallet/ledger/{last.pk}/", "/wallet/liability/", f"/wallet/liability/?unit={MONEY}",
        f"/customers/{ana.id}/wallet/", f"/customers/{ana.id}/",
    ]  # fmt: skip


def _day(owner: Owner, at: datetime, *, store_id: int | None, dice: random.Random) -> None:
    earned = dice.randint(5, 60)
    expires = at + timedelta(days=330)
    _post("earn", at, [_give(owner, earned, House.ISSUED, expires_at=expires)], store_id=store_id)
    if dice.random() < 0.3:
        _post(
            "redeem", at, [Take(owner=owner, unit=POINTS, amount=dice.randint(1, 5), house=House.REDEEMED)], store_id=store_id
        )
    if dice.random() < 0.1:
        money = Give(owner=owner, unit=MONEY, amount=dice.choice([5000, 10000]), house=House.CASH)
        spent = Take(owner=owner, unit=MONEY, amount=dice.randint(500, 4000), house=House.SALES)
        _post("top_up", at, [money], store_id=store_id)
        _post("spend", at, [spent], store_id=store_id)


def _give(owner: Owner, amount: int, house: House, **dates: datetime) -> Give:
    return Give(owner=owner, unit=POINTS, amount=amount, house=house, **dates)


def _post(kind: str, at: datetime, parts: list, **values) -> None:
    key = f"{kind}:{parts[0].owner.id}:{at.isoformat()}"
    command = Command(source="world", key=key, kind=kind, at=at, parts=tuple(parts), business_date=at.date(), **values)
    wallet.post([command], now=at, viewer=VIEWER)
