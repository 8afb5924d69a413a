"""Random baskets and offers for the solver's benchmark and its proof: small enough to try every set of offers, or large."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

from regulars.loyalty.basket import Article, Basket, Line, Member, Place
from regulars.loyalty.offers.rules import Candidate, Live
from regulars.loyalty.offers.rules import terms as offer_terms

CATEGORIES = ("Bakery", "Dairy", "Produce", "Drinks", "Care")
BRANDS = ("Ahorn", "Birke", "Linde")
PHASES_OF_SETS = ("item", "basket", "coupon")
PHASES_OF_SUMS = ("basket", "coupon")


def basket(chance: random.Random, *, lines: int) -> Basket:
    """Return a basket of `lines` articles, most of them bought once or a few times."""
    at = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    return Basket(
        place=Place(store_id=1, store="N1", regions=("NORTH",)),
        sold_at=at, local=at, business_date=date(2026, 11, 20), currency="USD",
        lines=tuple(_line(chance, number) for number in range(1, lines + 1)),
        member=Member(customer_id=7, tier="gold"),
    )  # fmt: skip


def _line(chance: random.Random, number: int) -> Line:
    pieces = chance.choice((1, 1, 1, 2, 3, 6))
    weighed = chance.random() < 0.1
    price = chance.choice((chance.randint(1, 99), chance.randint(100, 2_000), chance.randint(100, 9_999)))
    article = Article(
        product_id=number, sku=f"P{number}", category=("Food", chance.choice(CATEGORIES)), brand=chance.choice(BRANDS)
    )
    return Line(number, article, chance.randint(100, 2_999) if weighed else pieces * 1_000, price * (1 if weighed else pieces))


def offers(chance: random.Random, *, count: int) -> list[Candidate]:
    """Return `count` offers of all kinds, some of which exclude each other."""
    return [offer(chance, number) for number in range(1, count + 1)]


def offer(chance: random.Random, number: int) -> Candidate:
    """Return one random offer."""
    raw: dict[str, Any] = {"currency": "USD", "rank": chance.choice((50, 100)), **_body(chance)}
    if chance.random() < 0.3:
        raw["group"] = chance.choice(("a", "b"))
    if chance.random() < 0.15:
        raw["exclusive"] = chance.choice(("phase", "phase", "all"))
    if chance.random() < 0.15:
        raw["not_with"] = [f"OFFER-{chance.randint(1, 9)}"]
    if chance.random() < 0.2:
        raw["funding"] = [{"party": "supplier", "name": "Acme", "share_bp": 3_333}, {"party": "retailer", "share_bp": 6_667}]
    is_coupon = raw["phase"] == "coupon"
    live = Live(number, number, 1, f"OFFER-{number}", f"Offer {number}", is_coupon, offer_terms.read(raw))
    return Candidate(live, coupon_id=number if is_coupon else None)


def _items(chance: random.Random) -> dict[str, Any]:
    kind = chance.random()
    if kind < 0.4:
        return {"all": []}
    if kind < 0.8:
        names = chance.sample(CATEGORIES, chance.randint(1, 3))
        return {"attr": "product.categories", "op": "has_any", "value": names}
    return {"attr": "product.brand", "op": "eq", "value": chance.choice(BRANDS)}


def _body(chance: random.Random) -> dict[str, Any]:  # noqa: PLR0911 - one return a kind
    items, share = _items(chance), chance.choice((500, 1_000, 1_500, 3_000, 3_333))
    match chance.randint(0, 9):
        case 0:
            return {"phase": chance.choice(PHASES_OF_SUMS), "body": _amount(chance, items)}
        case 1:
            body = {"kind": "amount", "off_amount": chance.randint(1, 150), "each": True, "items": items}
            return {"phase": chance.choice(PHASES_OF_SETS), "body": body}
        case 2 | 3:
            return {"phase": chance.choice(PHASES_OF_SETS), "body": {"kind": "percent", "off_bp": share, "items": items}}
        case 4:
            body = {"kind": "percent", "off_bp": share, "off_max_amount": chance.randint(50, 900), "items": items}
            return {"phase": chance.choice(PHASES_OF_SUMS), "body": body}
        case 5:
            body = {"kind": "product", "items": items, "off_bp": chance.choice((5_000, 10_000)), "quantity": 1}
            if chance.random() < 0.6:
                body |= {"buy": _items(chance), "buy_quantity": chance.randint(1, 2), "times_max": 2}
            return {"phase": chance.choice(PHASES_OF_SETS), "body": body}
        case 6:
            parts = [{"items": _items(chance), "quantity": chance.randint(1, 2)} for _part in range(chance.randint(1, 3))]
            price = chance.randint(100, 3_000)
            return {"phase": chance.choice(PHASES_OF_SETS), "body": {"kind": "bundle", "parts": parts, "price_amount": price}}
        case 7:
            take = chance.randint(2, 4)
            body = {"kind": "n_for_m", "items": items, "take": take, "pay": chance.randint(1, take - 1)}
            return {"phase": chance.choice(PHASES_OF_SETS), "body": body}
        case 8:
            body = {"kind": "threshold", "items": items, "from_amount": chance.choice((1_000, 3_000, 8_000))}
            body |= {"off_bp": share} if chance.random() < 0.5 else {"off_amount": chance.randint(50, 900), "every": True}
            return {"phase": chance.choice(PHASES_OF_SUMS), "body": body}
        case _:
            return _steps_or_prices(chance, items)


def _amount(chance: random.Random, items: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "amount", "off_amount": chance.randint(1, 2_500), "items": items}


def _steps_or_prices(chance: random.Random, items: dict[str, Any]) -> dict[str, Any]:
    if chance.random() < 0.5:
        steps = [{"from_amount": 1_000, "off_amount": 100}, {"from_amount": 5_000, "off_bp": 1_000}]
        return {"phase": chance.choice(PHASES_OF_SUMS), "body": {"kind": "step", "steps": steps, "items": items}}
    prices = [{"sku": f"P{number}", "price_amount": chance.randint(1, 2_000)} for number in chance.sample(range(1, 9), 3)]
    return {"phase": chance.choice(PHASES_OF_SETS), "body": {"kind": "member_price", "prices": prices}}
