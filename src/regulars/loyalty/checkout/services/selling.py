"""Commit a sale: its receipt, its coupons, its points and stored value, and the answer, in one transaction.

For the till's door and the till screen. Everything or nothing: a power cut leaves no sale without its points and no points
without their sale.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.basket import Basket, Line
from regulars.loyalty.checkout.messages import Payment, Sale
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.rules.receipts import Points
from regulars.loyalty.checkout.services import baskets, deals, journal, points, taking_back, value
from regulars.loyalty.checkout.services.baskets import Filled
from regulars.loyalty.checkout.services.deals import Dealt
from regulars.loyalty.checkout.services.journal import Answer, Entry, Opened
from regulars.loyalty.checkout.services.value import Paying, Spent
from regulars.loyalty.program import services as program
from regulars.loyalty.program.rules import Book
from regulars.loyalty.wallet import services as wallet
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
    try:
        return journal.once(
            sale.id,
            digest,
            now=now,
            viewer=viewer,
            ask=sale,
            work=lambda opened: _sell(opened, sale),
            then=lambda opened: taking_back.resolve_parked(opened, sale.id.text),
        )
    except deals.CouponUnusableError as refusal:
        deals.count_guesses(viewer, refusal.place["wrong_codes"], now=now)
        raise


def _sell(opened: Opened, sale: Sale) -> Entry:
    filled = baskets.fill(opened, sale, offline=sale.offline)
    book = filled.book
    paid_with = tuple((it.kind, it.amount) for it in sale.payments if it.amount)
    hold = deals.hold_key(opened.viewer.source, sale.id) if sale.quote else ""
    dealt = _deal(opened, sale, replace(filled.basket, tenders=paid_with), hold)
    basket = dealt.basket if dealt else replace(filled.basket, tenders=paid_with)
    _refuse_mismatch(sale, basket.paid_amount)
    payments = [payment for payment in sale.payments if payment.amount]
    paying = Paying(
        basket=basket,
        buyer=filled.buyer,
        book=book,
        now=opened.now,
        viewer=opened.viewer,
        offline=sale.offline,
        hold=points.hold_key(opened.viewer.source, sale.id, sale.quote) if sale.quote else "",
    )
    spent = value.spend(payments, paying)
    receipt_id = single.record(opened.cursor, _receipt(opened, sale, filled, basket, payments))
    if dealt and (dealt.deal.used or hold):
        deals.redeem(opened, dealt, sale.id, hold=hold)
    gained, transfer_id = _post(opened, filled, basket, spent, receipt_id)
    printed = _printed(filled, book, gained, opened.now) if book is not None and filled.buyer else {}
    if dealt:
        printed |= deals.shown(dealt, language=sale.language)
    return Entry(
        kind=Message.Kind.SALE,
        happened_at=sale.at,
        answer=receipts.sale_answer(sale, basket, filled.names, receipt_id=receipt_id, printed=printed),
        content=spent.content(transfer_id),
        customer_id=filled.buyer.customer_id if filled.buyer else None,
        receipt_id=receipt_id,
        business_date=basket.business_date,
        points_earned=gained.earned,
        points_used=spent.points,
        is_offline=sale.offline,
    )


def _deal(opened: Opened, sale: Sale, basket: Basket, hold: str) -> Dealt | None:
    """Return the best deal now; a sale made offline has had what the till gave."""
    if sale.offline:
        if sale.coupons:
            raise value.OfflineSpendsError("A sale made offline uses no coupons.", field="coupons")
        return None
    dealt = deals.best(opened, basket, sale.coupons, hold=hold)
    deals.refuse_unusable(dealt)
    return dealt


def _refuse_mismatch(sale: Sale, total: int) -> None:
    if sale.total_amount != total:
        raise TotalDiffersError(f"The total is {total}, not {sale.total_amount}; ask for a quote again.", field="total")
    if sum(payment.amount for payment in sale.payments) != total:
        raise PaymentsMismatchError(f"The payments do not add up to {total}.", field="payments")


def _post(opened: Opened, filled: Filled, basket: Basket, spent: Spent, receipt_id: int) -> tuple[Points, int | None]:
    """Take what was spent and give what is earned, with one posting; return the points and the transfer that took."""
    book = filled.book if filled.may_earn else None
    pay = value.pay_command(spent, basket, receipt_id=receipt_id)
    earn, record = program.earning(basket, book, receipt_id=receipt_id, now=opened.now) if book is not None else ([], None)
    commands = [*([pay] if pay else []), *earn]
    posted = wallet.post(commands, now=opened.now, viewer=opened.viewer)
    if book is not None:
        program.keep_earning(record, posted[-1] if earn else None, basket=basket, book=book)
    return Points(record.points if record else 0, spent.points), posted[0].transfer_id if pay else None


def _printed(filled: Filled, book: Book, gained: Points, now: datetime) -> dict[str, object]:
    assert filled.buyer is not None
    basket = filled.basket
    balances = points.balances_of(filled.buyer.customer_id, now=now)
    body = points.shown(balances, book, currency=basket.currency, today=basket.business_date)
    body["points"] = {"earned": gained.earned, "used": gained.used, **body["points"]}
    return body


def _receipt(opened: Opened, sale: Sale, filled: Filled, basket: Basket, payments: list[Payment]) -> single.SingleReceipt:
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
        tenders=[single.Tender(payment.kind, payment.amount, _kept_reference(payment)) for payment in payments],
    )


def _kept_reference(payment: Payment) -> str:
    """Return what stands on the receipt: the code of a gift card opens money and is written nowhere."""
    return "" if payment.kind == value.GIFT_CARD else payment.reference


def _line(line: Line) -> single.Line:
    refunded = sum(taken.amount for taken in line.discounts if taken.funded_by != "retailer")
    return single.Line(
        line.line_no, line.article.product_id, line.quantity_milli, line.gross_amount, line.discount_amount, refunded
    )
