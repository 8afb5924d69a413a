"""Commit a sale: its receipt, its coupons, its points and stored value, and the answer, in one transaction.

For the till's door and the till screen. Everything or nothing: a power cut leaves no sale without its points and no points
without their sale.
"""

from __future__ import annotations

from datetime import datetime

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.basket import Line
from regulars.loyalty.checkout.messages import Payment, Sale
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import baskets, journal, taking_back
from regulars.loyalty.checkout.services.baskets import Filled
from regulars.loyalty.checkout.services.journal import Answer, Entry, Opened
from regulars.organization.access import Viewer
from regulars.sales import single
from regulars.sales.models import Receipt


class TotalDiffersError(DomainError):
    """The customer was shown another total than the one that holds now; ask for a quote again."""

    code = "sale.total_differs"


class PaymentsMismatchError(InvalidInputError):
    """The payments do not add up to the total."""

    code = "payments.mismatch"


def commit(sale: Sale, *, digest: bytes, now: datetime, viewer: Viewer) -> Answer:
    """Record the sale once under the till's number and return what the receipt prints."""
    return journal.once(
        sale.id,
        digest,
        now=now,
        viewer=viewer,
        work=lambda opened: _sell(opened, sale),
        then=lambda opened: taking_back.resolve_parked(opened, sale.id.text),
    )


def _sell(opened: Opened, sale: Sale) -> Entry:
    filled = baskets.fill(opened, sale, offline=sale.offline)
    _refuse_mismatch(sale, filled.basket.paid_amount)
    receipt = _receipt(opened, sale, filled)
    receipt_id = single.record(opened.cursor, receipt)
    answer = receipts.sale_answer(sale, filled.basket, filled.names, receipt_id=receipt_id)
    return Entry(
        kind=Message.Kind.SALE,
        happened_at=sale.at,
        answer=answer,
        customer_id=receipt.customer_id,
        receipt_id=receipt_id,
        is_offline=sale.offline,
    )


def _refuse_mismatch(sale: Sale, total: int) -> None:
    if sale.total_amount != total:
        raise TotalDiffersError(f"The total is {total}, not {sale.total_amount}; ask for a quote again.", field="total")
    if sum(payment.amount for payment in sale.payments) != total:
        raise PaymentsMismatchError(f"The payments do not add up to {total}.", field="payments")


def _receipt(opened: Opened, sale: Sale, filled: Filled) -> single.SingleReceipt:
    basket = filled.basket
    return single.SingleReceipt(
        source=opened.viewer.source,
        external_id=sale.id.text,
        digest=opened.digest[:16],
        kind=Receipt.Kind.SALE,
        store_id=opened.store.id,
        till=sale.till,
        cashier=sale.cashier,
        customer_id=filled.buyer.customer_id if filled.buyer else None,
        channel=sale.channel,
        sold_at=sale.at,
        received_at=opened.now,
        business_date=basket.business_date,
        clock_off=filled.moment.clock_off,
        currency=basket.currency,
        lines=[_line(line) for line in basket.lines],
        discounts=[
            single.Discount(line.line_no, number, taken.kind, taken.amount, taken.funded_by, taken.reference)
            for line in basket.lines
            for number, taken in enumerate(line.discounts, start=1)
        ],
        tenders=[_tender(payment) for payment in sale.payments if payment.amount],
    )


def _line(line: Line) -> single.Line:
    refunded = sum(taken.amount for taken in line.discounts if taken.funded_by != "retailer")
    return single.Line(
        line.line_no, line.article.product_id, line.quantity_milli, line.gross_amount, line.discount_amount, refunded
    )


def _tender(payment: Payment) -> single.Tender:
    return single.Tender(payment.kind, payment.amount, payment.reference)
