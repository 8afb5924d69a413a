"""The shop of the checkout benchmark: stores, a thousand articles, twenty thousand members with points, a program, a coupon.

For `checkout`; made through the rooms' own services.
"""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db import connection

from regulars.catalog import services as catalog
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.loyalty.checkout import members
from regulars.loyalty.offers import services as offers
from regulars.loyalty.program import services as program
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization import services as organization
from regulars.organization.access import system
from regulars.organization.models import Company, Store

POINTS = 100  # that each checkout uses
LINES = 9
_ARTICLES, _MEMBERS, _STORES = 1_000, 20_000, 6
_SALES = 1_600  # different baskets of a till, each with a coupon of its own
_SOURCE = "pos"
_VIEWER = system("bench")


def open_shop(
    *, tills: int, now: datetime, articles: int = _ARTICLES, people: int = _MEMBERS, sales: int = _SALES
) -> list[dict[str, Any]]:
    """Make everything, and return what each till has to know: its key, its place, its baskets."""
    dice = random.Random(11)  # noqa: S311 - baskets, no secrets
    Company.objects.get_or_create(
        pk=1, defaults={"name": "Bench", "currency": "CNY", "timezone": "Asia/Shanghai", "country": "CN"}
    )
    organization.save_stores(pa.Table.from_pylist([_store(number) for number in range(_STORES)]), viewer=_VIEWER, now=now)
    catalog.save_products(
        pa.Table.from_pylist([_article(row, dice) for row in range(1, articles + 1)]), source="bench", now=now, viewer=_VIEWER
    )
    handles = _members(people, now)
    _program(now)
    codes = _coupons(tills * sales, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum has done in any shop that is open
    baskets = [
        {"lines": _lines(dice, articles), "member": handles[at % people], "coupons": [code]} for at, code in enumerate(codes)
    ]
    return [_till(number, baskets[number::tills], now) for number in range(tills)]


def _store(number: int) -> dict[str, Any]:
    return {
        "code": f"S{number}",
        "name": f"Store {number}",
        "region_code": "EAST",
        "timezone": "Asia/Shanghai",
        "currency": "CNY",
    }


def _article(row: int, dice: random.Random) -> dict[str, Any]:
    area = f"Area {row % 20}"
    return {
        "row": row,
        "sku": f"A{row}",
        "name": f"Article {row}",
        "category": f"{area} / Shelf {row % 100}",
        "brand": f"Brand {row % 50}",
        "price_amount": dice.randrange(200, 5_000),
    }


def _members(people: int, now: datetime) -> list[str]:
    """Make the members and give each of them points; return their handles."""
    rows = [{"row": number, "external_id": f"M{number}", "name": f"Member {number}"} for number in range(1, people + 1)]
    customers.save_customers(pa.Table.from_pylist(rows), source="bench", now=now, viewer=_VIEWER)
    return [members.handle_of(id, source=_SOURCE) for id in Customer.objects.order_by("pk").values_list("pk", flat=True)]


def _program(now: datetime) -> None:
    club = program.create_program("club", name="Club", currency="CNY", viewer=_VIEWER, now=now)
    rules = [
        {"kind": "per_amount", "code": "base", "points": 1, "amount": 100},
        {"kind": "multiply", "code": "double-area", "factor_milli": 2000, "when": {"categories": ["Area 3"]}},
        {"kind": "bonus", "code": "hundred", "points": 50, "from_amount": 10_000},
    ]
    tiers = [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 1_000_000, "factor_milli": 1500}]
    body = {"earning": rules, "ladder": {"tiers": tiers}, "pending_days": 14}
    draft = program.save_draft(club, body, viewer=_VIEWER, now=now)
    program.publish_version(draft, effective_from=date(now.year - 1, 1, 1), viewer=_VIEWER, now=now)
    gifts = [
        Command(
            source="bench", key=f"open/{id}", kind="open", at=now,
            parts=(Give(owner=Owner(OwnerKind.CUSTOMER, id), unit="points.club", amount=1_000_000, house=House.OPENING),),
        )
        for id in Customer.objects.order_by("pk").values_list("pk", flat=True)
    ]  # fmt: skip
    wallet.post(gifts, now=now, viewer=_VIEWER)
    joining = [
        program.Joining(customer_id=id, joined_on=now.date(), joined_at=now)
        for id in Customer.objects.order_by("pk").values_list("pk", flat=True)
    ]
    program.enroll_many(joining, program=club)


def _coupons(count: int, now: datetime) -> list[str]:
    """Make a coupon for each sale, and two promotions that its basket may meet."""
    coupon = _offer("TEN-OFF", {"kind": "amount", "off_amount": 1_000}, now, is_coupon=True)
    items = {"all": [{"attr": "product.categories", "op": "has_any", "value": ["Area 5"]}]}
    _offer("AREA-5", {"kind": "percent", "off_bp": 1_000, "items": items}, now)
    _offer("BIG-BASKET", {"kind": "amount", "off_amount": 500}, now, members_only=True)
    batch = offers.make_batch(coupon, size=count, viewer=_VIEWER, now=now)
    return list(offers.take_codes(batch.pk, viewer=_VIEWER, now=now))


def _offer(code: str, body: dict[str, Any], now: datetime, *, is_coupon: bool = False, **terms: Any) -> int:
    raw = {
        "currency": "CNY", "ends_on": f"{now.year + 1}-12-31", "uses_max": 10_000_000, "body": body,
        "phase": "coupon" if is_coupon else "basket", **terms,
    }  # fmt: skip
    made = offers.create_offer(code=code, title=code, is_coupon=is_coupon, raw_terms=raw, viewer=_VIEWER, now=now)
    offers.publish(made.pk, viewer=_VIEWER, now=now)
    return made.pk


def _till(number: int, sales: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    store = Store.objects.get(code=f"S{number % _STORES}")
    _, secret = organization.create_key(name=f"till {number}", role="pos", store=store, source=_SOURCE, viewer=_VIEWER, now=now)
    return {"key": secret, "store": store.code, "till": str(number), "sales": sales}


def _lines(dice: random.Random, articles: int) -> list[dict[str, Any]]:
    skus = dice.sample(range(1, articles + 1), LINES)
    return [{"line": line, "sku": f"A{sku}", "quantity": dice.randrange(1, 4)} for line, sku in enumerate(skus, start=1)]
