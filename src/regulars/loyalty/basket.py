"""What a customer wants to buy, as values: made by checkout and by replay, read by offers and program.

Pure data with every fact that a rule may ask for, so that rules need no database. Amounts are minor units of `currency`,
quantities thousandths of a piece; a return has negative ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Article:
    """A product as rules see it. `category` runs from the root to the leaf, by name."""

    product_id: int
    sku: str
    category: tuple[str, ...] = ()
    brand: str = ""
    supplier: str = ""
    list_price_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """What was taken off one line, by kind (`sales.LineDiscount.Kind`), by whose money, and by which offer."""

    kind: str
    amount: int
    funded_by: str = "retailer"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One article in the basket. `gross_amount` is before any discount."""

    line_no: int
    article: Article
    quantity_milli: int
    gross_amount: int
    discounts: tuple[Discount, ...] = ()

    @property
    def discount_amount(self) -> int:
        return sum([discount.amount for discount in self.discounts]) if self.discounts else 0

    @property
    def paid_amount(self) -> int:
        return self.gross_amount - self.discount_amount


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sale happens. `regions` are the codes from the store's region up to the top one."""

    store_id: int
    store: str
    regions: tuple[str, ...] = ()
    format: str = ""
    channel: str = "store"
    till: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """The customer as rules see them: no name, no contact data. `attributes` holds what the vocabularies name."""

    customer_id: int
    tier: str = ""
    paid_plan: str = ""
    joined_on: date | None = None
    tags: frozenset[str] = frozenset()
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket at one till at one moment. `sold_at` is aware; `local` is the store's wall clock at that moment."""

    place: Place
    sold_at: datetime
    local: datetime
    business_date: date
    currency: str
    lines: tuple[Line, ...]
    member: Member | None = None
    tenders: tuple[tuple[str, int], ...] = ()  # kind (`sales.Tender.Kind`), amount; empty while only a price is asked

    @property
    def gross_amount(self) -> int:
        return sum(line.gross_amount for line in self.lines)

    @property
    def paid_amount(self) -> int:
        return sum(line.paid_amount for line in self.lines)
