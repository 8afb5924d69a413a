"""Recorded receipts as the API shows them: five queries for a whole page, whatever its length.

For `resources/receipts.py` and `resources/customers.py`. Only facts are shown, nothing that may change later, so
that a repeated message gets the same answer for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from regulars.gateway.api.shapes.receipts import DiscountOut, LineOut, OriginalOut, ReceiptOut, TenderOut
from regulars.sales.models import LineDiscount, Receipt, ReceiptLine, ReturnLink, Tender


def show(receipts: Iterable[Receipt]) -> list[ReceiptOut]:
    """Return receipts (with `store` selected) with their lines, discounts and tenders."""
    receipts = list(receipts)
    ids = [receipt.pk for receipt in receipts]
    lines = _lines(ids)
    tenders = _by(Tender.objects.filter(receipt__in=ids).order_by("receipt_id", "tender_no"), "receipt_id")
    return [_receipt(receipt, lines[receipt.pk], tenders[receipt.pk]) for receipt in receipts]


def _receipt(receipt: Receipt, lines: list[LineOut], tenders: list[Tender]) -> ReceiptOut:
    return ReceiptOut(
        id=receipt.pk,
        source=receipt.source,
        receipt_id=receipt.external_id,
        kind=receipt.kind,
        store=receipt.store.code,
        till=receipt.till,
        cashier=receipt.cashier,
        channel=receipt.channel,
        customer=receipt.customer_id,
        sold_at=receipt.sold_at,
        received_at=receipt.received_at,
        business_date=receipt.business_date,
        clock_off=receipt.clock_off,
        currency=receipt.currency,
        gross_amount=receipt.gross_amount,
        discount_amount=receipt.discount_amount,
        net_amount=receipt.net_amount,
        paid_amount=receipt.paid_amount,
        lines=lines,
        tenders=[TenderOut(kind=it.kind, amount=it.amount, reference=it.reference) for it in tenders],
    )


def _lines(ids: list[int]) -> dict[int, list[LineOut]]:
    rows = ReceiptLine.objects.filter(receipt__in=ids).order_by("receipt_id", "line_no")
    discounts = _by(LineDiscount.objects.filter(receipt__in=ids).order_by("discount_no"), "receipt_id", "line_no")
    links = {(link.receipt_id, link.line_no): link for link in ReturnLink.objects.filter(receipt__in=ids)}
    shown: dict[int, list[LineOut]] = defaultdict(list)
    for row in rows.select_related("product"):
        key = (row.receipt_id, row.line_no)
        link = links.get(key)
        shown[row.receipt_id].append(
            LineOut(
                line_no=row.line_no,
                product=row.product.sku,
                quantity=pieces(row.quantity_milli),
                gross_amount=row.gross_amount,
                discount_amount=row.discount_amount,
                net_amount=row.net_amount,
                paid_amount=row.paid_amount,
                discounts=[_discount(it) for it in discounts[key]],
                original=_original(link) if link else None,
            )
        )
    return shown


def pieces(milli: int) -> str:
    """Return thousandths of a piece as plain text.

    >>> pieces(2000), pieces(735), pieces(-1500)
    ('2', '0.735', '-1.5')
    """
    whole = Decimal(milli).scaleb(-3)
    return format(whole.quantize(Decimal(1)) if milli % 1000 == 0 else whole.normalize(), "f")


def _discount(discount: LineDiscount) -> DiscountOut:
    return DiscountOut(kind=discount.kind, amount=discount.amount, funded_by=discount.funded_by, reference=discount.reference)


def _original(link: ReturnLink) -> OriginalOut:
    return OriginalOut(receipt_id=link.original_external_id, line_no=link.original_line_no)


def _by(rows: Iterable[Any], *names: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        key = tuple(getattr(row, name) for name in names)
        found[key if len(names) > 1 else key[0]].append(row)
    return found
