"""What a till says, as values: read at the border, kept as they are until they are done.

For `gateway.till`, which makes them from JSON, and for the services, which answer them. Amounts are minor units, quantities
thousandths of a piece. A message that changes something carries the till's own number; asked twice, it is done once (P43).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Number:
    """The till's own id of a message: its store, its till, and the running number that the till gave."""

    store: str
    till: str
    number: str

    @property
    def text(self) -> str:
        """Return the one text under which the message stands in receipts and ledgers."""
        return f"{self.store}/{self.till}/{self.number}"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One article; `gross_amount` is what the till takes for it before any discount, if it says so. `discount_amount` is
    what the till took off by itself, which only a sale made without us may say.
    """

    line_no: int
    sku: str
    quantity_milli: int
    gross_amount: int | None = None
    discount_amount: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """One tender; `reference` is a card's code for stored value of a card, else whatever the till wants to keep."""

    kind: str
    amount: int
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a quote and a sale have in common: who buys what, where, and with which coupons."""

    store: str
    till: str
    at: datetime
    lines: tuple[BasketLine, ...]
    currency: str = ""
    channel: str = "store"
    member: str = ""  # the handle that identify gave
    coupons: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Ask):
    """Ask for a price; with `reserve` coupons and points are kept for this sale number for a while."""

    points: int = 0  # how many the member wants to use, at most
    number: str = ""
    reserve: bool = False
    quote: str = ""  # the token of an earlier quote for this sale, whose points are let go

    @property
    def id(self) -> Number:
        return Number(self.store, self.till, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(Ask):
    """Commit a sale. `quote` is the token of the quote that reserved coupons and points; `offline` says that the sale was
    finished without us: it is recorded as it was, earns, and spends nothing.
    """

    number: str
    payments: tuple[Payment, ...]
    total_amount: int
    cashier: str = ""
    quote: str = ""
    offline: bool = False

    @property
    def id(self) -> Number:
        return Number(self.store, self.till, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """Take a whole sale back, as if it had not been."""

    store: str
    till: str
    number: str
    at: datetime
    sale: Number
    cashier: str = ""
    language: str = ""

    @property
    def id(self) -> Number:
        return Number(self.store, self.till, self.number)


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """How much of one line of the sale comes back."""

    line_no: int
    quantity_milli: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Void):
    """Take some lines of a sale back; no lines means all that is left."""

    lines: tuple[ReturnedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a till counted over one business day, to be compared with what is recorded here (P50)."""

    store: str
    till: str
    number: str
    at: datetime
    business_date: date
    sales: int
    sales_amount: int
    returns: int
    returns_amount: int

    @property
    def id(self) -> Number:
        return Number(self.store, self.till, self.number)


Message = Sale | Void | Return | Closing
