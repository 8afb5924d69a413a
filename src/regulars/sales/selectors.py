"""Reads of the facts of selling: receipts with everything on them, and returns that wait for their sale.

For the pages and whatever shows receipts. Every read starts from what the viewer may see; a receipt of a foreign store and one
that does not exist give the same refusal (D14).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from regulars.core.errors import NotFoundError
from regulars.organization.access import Viewer
from regulars.sales.models import LineDiscount, Receipt, ReceiptLine, ReturnLink, Tender


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its discounts and, on a return, the sale it takes back."""

    line: ReceiptLine
    discounts: Sequence[LineDiscount]
    takes_back: ReturnLink | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands on a receipt, and the returns that took some of it back."""

    lines: Sequence[Line]
    tenders: Sequence[Tender]
    returned_by: Sequence[Receipt]


def list_receipts(viewer: Viewer) -> QuerySet[Receipt]:
    """Return the receipts that the viewer may list."""
    return viewer.restrict(Receipt.objects.select_related("store", "customer"), "receipt.list")


def get_receipt(viewer: Viewer, receipt_id: int) -> Receipt:
    """Return one receipt, or refuse as if it were not there."""
    rows = viewer.restrict(Receipt.objects.select_related("store", "customer"), "receipt.read")
    found = rows.filter(pk=receipt_id).first()
    if found is None:
        raise NotFoundError
    return found


def parts_of(receipt: Receipt) -> Parts:
    """Return lines, discounts, tenders and returns of a receipt that the viewer was given."""
    discounts: defaultdict[int, list[LineDiscount]] = defaultdict(list)
    for discount in LineDiscount.objects.filter(receipt=receipt).order_by("line_no", "discount_no"):
        discounts[discount.line_no].append(discount)
    links = {link.line_no: link for link in receipt.return_links.select_related("original")}
    lines = receipt.lines.select_related("product").order_by("line_no")
    return Parts(
        lines=[Line(line, discounts[line.line_no], links.get(line.line_no)) for line in lines],
        tenders=list(receipt.tenders.order_by("tender_no")),
        returned_by=list(Receipt.objects.filter(return_links__original=receipt).distinct().order_by("sold_at")),
    )


def list_parked(viewer: Viewer) -> QuerySet[Receipt]:
    """Return the returns that wait for a sale which has not arrived, each with the number it names (`waits_for`)."""
    waiting = ReturnLink.objects.filter(receipt=OuterRef("pk"), original=None)
    named = waiting.order_by("line_no").values("original_external_id")[:1]
    return list_receipts(viewer).filter(Exists(waiting)).annotate(waits_for=Subquery(named))
