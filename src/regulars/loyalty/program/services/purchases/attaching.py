"""Give a forgotten card its points afterwards: within the rules' window, with a reason, and so many a day at most (P17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import DomainError, NotFoundError
from regulars.customers import selectors as customers
from regulars.loyalty.basket import Basket, Discount, Line
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Earning
from regulars.loyalty.program.services import loading
from regulars.loyalty.program.services.purchases.earning import earning, keep_earning, lock_caps
from regulars.loyalty.wallet import services as wallet
from regulars.organization import audit
from regulars.organization.access import Viewer

ATTACH = "receipt.attach"
PER_DAY = 3  # receipts attached to one member in a day: more looks like somebody else's shopping


class AttachError(DomainError):
    """The receipt is somebody's already, too old, or one too many for a day."""

    code: ClassVar[str] = "receipt.attach"


_RECEIPT = """
SELECT r.store_id, r.channel, r.sold_at, r.sold_at AT TIME ZONE s.timezone, r.business_date, r.currency, r.customer_id
FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id
WHERE r.id = %(id)s AND r.kind = 'sale'
"""
_LINES = """
SELECT line_no, product_id, quantity_milli, gross_amount, discount_amount
FROM sales_receiptline WHERE receipt_id = %(id)s ORDER BY line_no
"""
_TENDERS = "SELECT kind, amount FROM sales_tender WHERE receipt_id = %(id)s ORDER BY tender_no"


@transaction.atomic
def attach_receipt(receipt_id: int, customer_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Earning:
    """Give a customer the points of a nobody's receipt, under the rules of its day; the trail says who did it and why."""
    rows = bulk.fetch(_RECEIPT, {"id": receipt_id})
    if not rows:
        raise NotFoundError
    store_id, channel, sold_at, local, day, currency, holder = rows[0]
    viewer.require(ATTACH, store_id=store_id)
    customer = customers.get_customer(viewer, customer_id)
    book = selectors.book_at(day)
    known = selectors.find_earning(receipt_id)
    if known is not None and known.customer_id == customer.pk:
        return known
    if not reason.strip():
        raise AttachError(_("Say why the receipt is attached afterwards."))
    if holder is not None or known is not None or book is None:
        raise AttachError(_("This receipt belongs to a customer already."))
    if selectors.program_zone().date_of(now) - day > timedelta(days=book.body.attach_days):
        raise AttachError(_("This receipt is too old to be attached."))
    lock_caps([customer.pk], book=book)
    today = Earning.objects.filter(customer=customer, earned_at__gte=now - timedelta(days=1)).exclude(note="").count()
    if today >= PER_DAY:
        raise AttachError(_("No more receipts can be attached for this customer today."))
    articles = _lines(receipt_id)
    member = selectors.member_at(customer.pk, book=book, at=sold_at)
    tenders = tuple(bulk.fetch(_TENDERS, {"id": receipt_id}))
    basket = Basket(loading.place_of(store_id, channel), sold_at, local, day, currency, articles, member, tenders)
    commands, record = earning(basket, book, receipt_id=receipt_id, now=now, note=reason.strip()[:300])
    if record is None:
        raise AttachError(_("This customer is not in the program."))
    posted = wallet.post(commands, now=now, viewer=viewer)
    keep_earning(record, next(iter(posted), None), basket=basket, book=book)
    after = {"receipt": receipt_id, "points": record.points, "reason": reason.strip()[:300]}
    audit.record(viewer, "receipt.attached", "customer", customer.pk, now=now, after=after, store_id=store_id)
    return Earning.objects.get(receipt_id=receipt_id, program_id=book.program_id)


def _lines(receipt_id: int) -> tuple[Line, ...]:
    rows = bulk.fetch(_LINES, {"id": receipt_id})
    articles = loading.articles_by_id([row[1] for row in rows])
    return tuple(
        Line(number, articles[product], quantity, gross, (Discount("promotion", discount),) if discount else ())
        for number, product, quantity, gross, discount in rows
    )
