"""Receipts and returns as tills and shops send them, and as we show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from regulars.gateway.api.fields import Amount, Body, Currency, Instant, Line, Quantity

LINES_MAX = 2_000
TENDERS_MAX = 50
IdentifierKind = Literal["phone", "email", "card", "external", "openid"]
DiscountKind = Literal["loyalty_price", "promotion", "coupon", "coupon_match", "points", "employee", "manual"]
FundedBy = Literal["retailer", "supplier", "partner"]
TenderKind = Literal["cash", "card", "wallet", "stored_value", "gift_card", "points", "invoice", "other", "unspecified"]
Channel = Literal["store", "online", "app", "marketplace", "phone"]
LineNumber = Annotated[int, Field(ge=1, le=100_000)]

EXAMPLE: dict[str, Any] = {
    "receipt_id": "T04-000123",
    "kind": "sale",
    "store": "S12",
    "sold_at": "2026-07-01T09:30:00+02:00",
    "till": "4",
    "customer": {"kind": "card", "value": "6200123456"},
    "lines": [
        {"product": "SKU-1", "quantity": 2, "gross_amount": 500, "discounts": [{"kind": "promotion", "amount": 50}]},
        {"product": "SKU-2", "quantity": "0.735", "gross_amount": "3.20"},
    ],
    "tenders": [{"kind": "cash", "amount": 500}, {"kind": "card", "amount": 270}],
}

RETURN_EXAMPLE: dict[str, Any] = {
    "receipt_id": "T04-000124",
    "store": "S12",
    "sold_at": "2026-07-02T11:00:00+02:00",
    "original_receipt_id": "T04-000123",
    "lines": [{"product": "SKU-1", "quantity": 1, "gross_amount": 250, "original_line_no": 1}],
}


class Recognized(Body):
    """By what the till recognized the customer; somebody unknown becomes a nameless customer."""

    kind: IdentifierKind
    namespace: Annotated[str, Line(64)] = Field(default="", description="The other system's name; for `external` and `openid`.")
    value: Annotated[str, Line(200, least=1)]


class DiscountIn(Body):
    """One discount on a line; the amount is positive."""

    kind: DiscountKind
    amount: Amount
    funded_by: FundedBy | None = Field(default=None, description="Default: supplier for coupons, else retailer.")
    reference: Annotated[str, Line(120)] = ""


class TenderIn(Body):
    """How a part was paid."""

    kind: TenderKind
    amount: Amount
    reference: Annotated[str, Line(120)] = ""


class Original(Body):
    """The sold line that a return line takes back."""

    receipt_id: Annotated[str, Line(120, least=1)]
    line_no: LineNumber | None = None


class LineIn(Body):
    """One article. Give at least one of gross (before discounts), net (what we earn), paid (what the customer gave)."""

    line_no: LineNumber | None = Field(default=None, description="Default: the place in the list.")
    product: Annotated[str, Line(64, least=1)] = Field(description="SKU; an unknown one is kept as a placeholder.")
    quantity: Quantity = 1
    gross_amount: Amount | None = None
    net_amount: Amount | None = None
    paid_amount: Amount | None = None
    discounts: list[DiscountIn] = Field(default=[], max_length=50)
    original: Original | None = None


class ReceiptHead(Body):
    """What sales and returns have in common."""

    receipt_id: Annotated[str, Line(120, least=1)] = Field(
        description="Made where it happened, never reused. Sent again with the same content: same answer."
    )
    store: Annotated[str, Line(64, least=1)] = Field(description="Code of the store.")
    sold_at: Instant
    till: Annotated[str, Line(40)] = ""
    cashier: Annotated[str, Line(80)] = ""
    channel: Channel = "store"
    customer: Recognized | None = None
    currency: Currency | None = Field(default=None, description="Default: the store's.")
    tenders: list[TenderIn] = Field([], max_length=TENDERS_MAX, description="Adds up to what was paid; may be left out.")


class ReceiptIn(ReceiptHead):
    """One sale or return."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: Literal["sale", "return"] = "sale"
    lines: list[LineIn] = Field(min_length=1, max_length=LINES_MAX)


class ReturnLineIn(Body):
    """One article that came back; amounts and quantity are positive."""

    product: Annotated[str, Line(64, least=1)]
    quantity: Quantity = 1
    gross_amount: Amount | None = None
    net_amount: Amount | None = None
    paid_amount: Amount | None = None
    discounts: list[DiscountIn] = Field(default=[], max_length=50)
    original_line_no: LineNumber | None = None


class ReturnIn(ReceiptHead):
    """Articles of one sale that came back. If the sale is not here yet, the return waits for it, visibly."""

    model_config = ConfigDict(json_schema_extra={"examples": [RETURN_EXAMPLE]})

    original_receipt_id: Annotated[str, Line(120, least=1)]
    lines: list[ReturnLineIn] = Field(min_length=1, max_length=LINES_MAX)


class DiscountOut(BaseModel):
    """One discount; negative on a return."""

    kind: str
    amount: int
    funded_by: str
    reference: str


class OriginalOut(BaseModel):
    """The line that is taken back."""

    receipt_id: str
    line_no: int | None


class LineOut(BaseModel):
    """One article; negative on a return."""

    line_no: int
    product: str
    quantity: str = Field(examples=["2", "0.735"])
    gross_amount: int
    discount_amount: int
    net_amount: int
    paid_amount: int
    discounts: list[DiscountOut]
    original: OriginalOut | None


class TenderOut(BaseModel):
    """How a part was paid."""

    kind: str
    amount: int
    reference: str


class ReceiptOut(BaseModel):
    """A recorded receipt. Amounts are minor units of `currency`; `customer` is the customer's id."""

    id: int
    source: str
    receipt_id: str
    kind: str
    store: str
    till: str
    cashier: str
    channel: str
    customer: int | None
    sold_at: datetime
    received_at: datetime
    business_date: date
    clock_off: bool = Field(description="The till's clock was not believed; the time of arrival gave the business date.")
    currency: str
    gross_amount: int
    discount_amount: int
    net_amount: int
    paid_amount: int
    lines: list[LineOut]
    tenders: list[TenderOut]


class ParkedOut(BaseModel):
    """A return line whose sale has not arrived."""

    id: int = Field(description="Of the return's receipt.")
    receipt_id: str
    line_no: int
    store: str
    business_date: date
    paid_amount: int
    original_source: str
    original_receipt_id: str
    original_line_no: int | None
