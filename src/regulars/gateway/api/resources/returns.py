"""Returns: record one against its sale, and list those whose sale has not arrived (P44)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from ninja.responses import Status

from regulars.gateway.api import cursors, receipt_views, recording
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.routes import created, operation
from regulars.gateway.api.shapes.receipts import (
    LineIn,
    Original,
    ParkedOut,
    ReceiptIn,
    ReceiptOut,
    ReturnIn,
    ReturnLineIn,
)
from regulars.sales.models import Receipt, ReceiptLine, ReturnLink

router = Router(tags=["Receipts"])


@router.post(
    "",
    **operation(
        "record_return",
        "Record what came back of one sale",
        answers={201: ReceiptOut, 200: ReceiptOut},
        refusals=(400, 404, 409, 413, 415, 422),
    ),
)
def record_return(request: HttpRequest, returned: ReturnIn, response: HttpResponse) -> Status[ReceiptOut]:
    viewer = viewer_of(request)
    id, is_new = recording.record_one(_receipt(returned), viewer=viewer, now=timezone.now())
    shown = receipt_views.show(Receipt.objects.select_related("store").filter(pk=id))
    status = created(request, response, id=id, is_new=is_new)
    return Status(status, shown[0])


@router.get(
    "/parked",
    **operation(
        "list_parked_returns",
        "List return lines that wait for their sale",
        answers={200: cursors.Page[ParkedOut]},
        refusals=(422,),
    ),
)
def list_parked_returns(request: HttpRequest, filters: Query[cursors.PageFilters]) -> dict[str, Any]:
    waiting = ReturnLink.objects.filter(original=None).select_related("receipt__store")
    rows = viewer_of(request).restrict(waiting, "receipt.list", store="receipt__store")
    return cursors.page(rows, filters, order=("receipt_id", "line_no"), show=_show_parked)


def _receipt(returned: ReturnIn) -> ReceiptIn:
    head = {name: getattr(returned, name) for name in ReceiptIn.model_fields if name not in {"kind", "lines"}}
    lines = [_line(line, returned.original_receipt_id) for line in returned.lines]
    return ReceiptIn.model_construct(kind="return", lines=lines, **head)


def _line(line: ReturnLineIn, original_receipt_id: str) -> LineIn:
    original = Original.model_construct(receipt_id=original_receipt_id, line_no=line.original_line_no)
    given = {name: getattr(line, name) for name in ReturnLineIn.model_fields if name != "original_line_no"}
    return LineIn.model_construct(line_no=None, original=original, **given)


def _show_parked(links: list[ReturnLink]) -> list[ParkedOut]:
    paid = {
        (line.receipt_id, line.line_no): line.paid_amount
        for line in ReceiptLine.objects.filter(receipt__in=[link.receipt_id for link in links])
    }
    return [
        ParkedOut(
            id=link.receipt_id,
            receipt_id=link.receipt.external_id,
            line_no=link.line_no,
            store=link.receipt.store.code,
            business_date=link.receipt.business_date,
            paid_amount=paid[link.receipt_id, link.line_no],
            original_source=link.original_source,
            original_receipt_id=link.original_external_id,
            original_line_no=link.original_line_no,
        )
        for link in links
    ]
