"""What is said back to a till, as the bytes of JSON that a receipt is printed from.

Pure. The bytes are kept: whoever asks again gets the very same. They name no person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.loyalty.basket import Basket, Line
from regulars.loyalty.checkout.messages import Sale, Void
from regulars.loyalty.checkout.rules.refunds import Refund


@dataclass(frozen=True, slots=True)
class Points:
    """What a sale earned and used."""

    earned: int = 0
    used: int = 0


def sale_answer(
    sale: Sale, basket: Basket, names: Mapping[str, str], *, receipt_id: int, printed: Mapping[str, object]
) -> bytes:
    """Return the answer to a sale; `printed` is what the receipt says of points and stored value."""
    return write(
        {
            "state": "done",
            "sale": sale.id.text,
            "receipt": receipt_id,
            **priced(basket, names),
            "payments": [{"kind": it.kind, "amount": it.amount} for it in sale.payments],
            **printed,
        }
    )


def return_answer(id: str, kind: str, sale_id: str, refund: Refund, *, receipt_id: int, points: Mapping[str, object]) -> bytes:
    """Return the answer to a void or return: what comes back, and to which payments the money goes."""
    return write(
        {
            "state": "done",
            str(kind): id,
            "sale": sale_id,
            "receipt": receipt_id,
            "refund": refund.amount,
            "discount_lost": refund.lost_amount,
            "lines": [
                {
                    "line": line.sold.line_no,
                    "sku": line.sold.sku,
                    "quantity": quantity_text(line.quantity_milli),
                    "paid": line.paid_amount,
                }
                for line in refund.lines
            ],
            "payments": [{"kind": it.kind, "amount": it.amount} for it in refund.tenders],
            **points,
        }
    )


def parked_answer(said: Void) -> bytes:
    """Return the answer to a message whose sale has not come."""
    return write({"state": "parked", "message": said.id.text, "sale": said.sale.text})


def priced(basket: Basket, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the part that quotes and sales have in common."""
    return {
        "business_date": basket.business_date.isoformat(),
        "currency": basket.currency,
        "gross": basket.gross_amount,
        "discount": basket.gross_amount - basket.paid_amount,
        "total": basket.paid_amount,
        "lines": [_line(line, names) for line in basket.lines],
    }


def write(body: Mapping[str, Any]) -> bytes:
    """Return JSON as UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _line(line: Line, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "line": line.line_no,
        "sku": line.article.sku,
        "name": names.get(line.article.sku, line.article.sku),
        "quantity": quantity_text(line.quantity_milli),
        "gross": line.gross_amount,
        "discount": line.discount_amount,
        "paid": line.paid_amount,
        "discounts": [
            {"kind": it.kind, "amount": it.amount, "offer": it.reference, "funded_by": it.funded_by} for it in line.discounts
        ],
    }


def quantity_text(milli: int) -> str:
    """Return thousandths as people write them.

    >>> quantity_text(2000), quantity_text(735), quantity_text(-1500)
    ('2', '0.735', '-1.5')
    """
    sign, milli = ("-", -milli) if milli < 0 else ("", milli)
    whole, rest = divmod(milli, 1000)
    return f"{sign}{whole}" + (f".{rest:03d}".rstrip("0") if rest else "")
