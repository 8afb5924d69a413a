"""Baskets and books as the tests of the rules need them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from regulars.core.business_time import TradingDay
from regulars.loyalty.basket import Article, Basket, Discount, Line, Member, Place
from regulars.loyalty.program.rules import Body, Book

NOW = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 16)
TEA = Article(1, "TEA", ("Drinks", "Tea"), brand="East Wind", supplier="S1")
COLA = Article(2, "COLA", ("Drinks", "Soda"), brand="Fizz")
TOWEL = Article(3, "TOWEL", ("Home", "Bath"))
CARD = Article(4, "GIFTCARD", ("Gift cards",))
MILK = Article(5, "MILK", ("Dairy",))
ARTICLES = (TEA, COLA, TOWEL, CARD, MILK)
NORTH = Place(1, "N1", ("R1", "TOP"), "supermarket", "store")
ANA = Member(7, tier="silver")


def line(number: int, article: Article = TEA, amount: int = 1000, *, pieces: int = 1, discount: int = 0) -> Line:
    taken = (Discount("promotion", discount),) if discount else ()
    return Line(number, article, pieces * 1000, amount, taken)


def basket(*lines: Line, **values: Any) -> Basket:
    fields = {
        "place": NORTH, "sold_at": NOW, "local": NOW.replace(tzinfo=None), "business_date": DAY, "currency": "CNY",
        "member": ANA,
    }  # fmt: skip
    return Basket(lines=lines, **(fields | values))


def book(*rules: dict[str, Any], **body: Any) -> Book:
    rules = rules or ({"kind": "per_amount", "code": "base"},)
    return Book(Body.model_validate({"earning": rules, **body}), "club", zone=TradingDay("Asia/Shanghai"), currency="CNY")
