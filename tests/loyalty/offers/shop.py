"""Baskets and offers with good defaults for the tests of this room."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from regulars.loyalty.basket import Article, Basket, Line, Member, Place
from regulars.loyalty.offers.rules import Candidate, Deal, Live, Refusal, solve
from regulars.loyalty.offers.rules import terms as offer_terms

AT = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # a Friday
DAY = date(2026, 11, 20)
EVERYTHING: dict[str, Any] = {"all": []}
ANA = Member(customer_id=7, tier="gold")
_numbers = count(1)


def line(amount: int, *, no: int = 1, pieces: int = 1, milli: int | None = None, sku: str = "", **article: Any) -> Line:
    """`pieces` pieces that cost `amount` together."""
    made = Article(product_id=no, sku=sku or f"P{no}", **article)
    return Line(no, made, milli if milli is not None else pieces * 1_000, amount)


def basket(*lines: Line | int, member: Member | None = ANA, at: datetime = AT, **fields: Any) -> Basket:
    """A basket of lines; a bare number is one piece at that price."""
    made = tuple(line(each, no=number) if isinstance(each, int) else each for number, each in enumerate(lines, start=1))
    defaults: dict[str, Any] = {
        "place": Place(store_id=1, store="N1", regions=("CITY", "NORTH")),
        "sold_at": at, "local": at, "business_date": DAY, "currency": "USD", "lines": made, "member": member,
    }  # fmt: skip
    return Basket(**{**defaults, **fields})


def live(kind: str, *, code: str = "", is_coupon: bool = False, terms: dict[str, Any] | None = None, **body: Any) -> Live:
    number = next(_numbers)
    raw = {"currency": "USD", "body": {"kind": kind, **body}, **(terms or {})}
    code = code or f"OFFER-{number}"
    return Live(number, number, 1, code, f"The offer {code}", is_coupon, offer_terms.read(raw))


def offer(kind: str, *, refusal: Refusal | None = None, **fields: Any) -> Candidate:
    made = live(kind, **fields)
    return Candidate(made, coupon_id=made.offer_id if made.is_coupon else None, refusal=refusal)


def off(*lines: Line | int, offers: list[Candidate]) -> dict[int, int]:
    """What the best deal takes off each line."""
    deal = solve(basket(*lines), offers)
    return {each.line_no: each.discount_amount for each in deal.lines if each.discounts}


def reasons(deal: Deal) -> dict[str, Refusal]:
    return {each.candidate.offer.code: each.refusal for each in deal.refused}


def of_category(*names: str) -> dict[str, Any]:
    return {"attr": "product.categories", "op": "has_any", "value": list(names)}


def of_sku(*skus: str) -> dict[str, Any]:
    return {"attr": "product.sku", "op": "in", "value": list(skus)}
