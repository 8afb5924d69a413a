"""The messages of the protocol, from JSON to the values of `loyalty.checkout.messages`.

For `door`; the page docs/how-to/till-protocol.md says the same in words.
"""

from __future__ import annotations

from typing import Any

from regulars.gateway.till.reading import Body
from regulars.loyalty.checkout.messages import (
    BasketLine,
    Closing,
    Number,
    Payment,
    Quote,
    Return,
    ReturnedLine,
    Sale,
    Void,
)
from regulars.loyalty.checkout.services import Who
from regulars.sales.models import Receipt, Tender

LINES_MAX = 500
_CHANNELS = frozenset(Receipt.Channel.values)
_NAMES = frozenset({"phone", "email", "card", "external", "code"})
_PAYMENTS = frozenset(Tender.Kind.values) - {"unspecified"}


def who(value: Any) -> Who:
    """Read who the customer says to be: exactly one way to name a member."""
    body = Body(value)
    store = body.code("store", most=64)
    kind = body.choice("kind", _NAMES)
    value, till = body.text("value", most=200), body.code("till", most=24, default="")
    said = Who(store, kind, value, enroll=body.flag("enroll"), till=till)
    body.end()
    return said


def quote(value: Any, *, language: str) -> Quote:
    """Read a question for a price."""
    body = Body(value)
    asked = Quote(
        **_ask(body, language),
        number=body.code("number", most=30, default=""),
        points=body.whole("points", most=2**53, default=0),
        reserve=body.flag("reserve"),
        quote=body.text("quote", most=40, default=""),
    )
    body.end()
    return asked


def release(value: Any) -> tuple[Number, str]:
    """Read which quote's reservation is let go."""
    body = Body(value)
    named = Number(body.code("store", most=64), body.code("till", most=24), body.code("number", most=30))
    token = body.text("quote", most=40)
    body.end()
    return named, token


def sale(value: Any, *, language: str) -> Sale:
    """Read a sale to commit."""
    body = Body(value)
    said = Sale(
        **_ask(body, language),
        number=body.code("number", most=30),
        cashier=body.text("cashier", most=80, default=""),
        payments=body.each("payments", _payment, most=20),
        total_amount=body.amount("total"),
        quote=body.text("quote", most=40, default=""),
        offline=body.flag("offline"),
    )
    body.end()
    return said


def void(value: Any, *, language: str) -> Void:
    """Read the void of a sale."""
    body = Body(value)
    said = Void(**_taking_back(body, language))
    body.end()
    return said


def returned(value: Any, *, language: str) -> Return:
    """Read the return of some lines of a sale, or of all that is left."""
    body = Body(value)
    said = Return(**_taking_back(body, language), lines=body.each("lines", _returned_line, most=LINES_MAX))
    body.end()
    return said


def closing(value: Any) -> Closing:
    """Read what a till counted over a business day."""
    body = Body(value)
    said = Closing(
        store=body.code("store", most=64),
        till=body.code("till", most=24),
        number=body.code("number", most=30),
        at=body.instant("at"),
        business_date=body.day("business_date"),
        sales=body.whole("sales"),
        sales_amount=body.amount("sales_amount"),
        returns=body.whole("returns"),
        returns_amount=body.amount("returns_amount"),
    )
    body.end()
    return said


def _ask(body: Body, language: str) -> dict[str, Any]:
    return {
        "store": body.code("store", most=64),
        "till": body.code("till", most=24),
        "at": body.instant("at"),
        "lines": _numbered(body),
        "currency": body.text("currency", most=3, default=""),
        "channel": body.choice("channel", _CHANNELS, default="store"),
        "member": body.text("member", most=240, default=""),
        "coupons": body.texts("coupons", most=20, longest=64),
        "language": body.text("language", most=10, default=language),
    }


def _numbered(body: Body) -> tuple[BasketLine, ...]:
    lines = body.each("lines", _line, most=LINES_MAX, least=1)
    numbers = {line.line_no for line in lines}
    if len(numbers) < len(lines):
        raise body.fault("line.duplicate", "Two lines have the same number.", "lines")
    return lines


def _line(body: Body) -> BasketLine:
    line = BasketLine(
        line_no=body.whole("line", least=1, most=100_000),
        sku=body.text("sku", most=64),
        quantity_milli=body.quantity("quantity", default=1000),
        gross_amount=body.optional_amount("amount"),
        discount_amount=body.amount("discount", default=0),
    )
    body.end()
    return line


def _payment(body: Body) -> Payment:
    payment = Payment(
        kind=body.choice("kind", _PAYMENTS),
        amount=body.amount("amount"),
        reference=body.text("reference", most=120, default=""),
    )
    body.end()
    return payment


def _returned_line(body: Body) -> ReturnedLine:
    line = ReturnedLine(body.whole("line", least=1, most=100_000), body.quantity("quantity"))
    body.end()
    return line


def _taking_back(body: Body, language: str) -> dict[str, Any]:
    sale = body.inner("sale")
    named = Number(sale.code("store", most=64), sale.code("till", most=24), sale.code("number", most=30))
    sale.end()
    return {
        "store": body.code("store", most=64),
        "till": body.code("till", most=24),
        "number": body.code("number", most=30),
        "at": body.instant("at"),
        "sale": named,
        "cashier": body.text("cashier", most=80, default=""),
        "language": body.text("language", most=10, default=language),
    }
