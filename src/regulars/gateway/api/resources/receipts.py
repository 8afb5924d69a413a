"""Receipts: record one or many, open one, list them by store, date and customer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from ninja.responses import Status
from pydantic import Field

from regulars.core.errors import NotFoundError
from regulars.gateway.api import cursors, ndjson, receipt_views, recording
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.fields import Filters, Id, Line
from regulars.gateway.api.routes import bulk, created, operation
from regulars.gateway.api.shapes.receipts import ReceiptIn, ReceiptOut
from regulars.organization.access import Viewer
from regulars.sales.models import Receipt

router = Router(tags=["Receipts"])


class ReceiptFilters(cursors.PageFilters):
    """Which receipts."""

    store: Annotated[str, Line(64)] | None = Field(default=None, description="Code of a store.")
    date_from: date | None = Field(default=None, description="First business date.")
    date_to: date | None = Field(default=None, description="Last business date.")
    customer: Id | None = None
    kind: Literal["sale", "return"] | None = None


class BulkOptions(Filters):
    """How to take the lines."""

    historical: bool = Field(
        default=False,
        description="History from before: old times are believed, and nothing is sent to anybody because of it. "
        "Without it, a time more than three days off is taken for a wrong clock.",
    )


class SourceAndId(Filters):
    """The pair under which a receipt is recorded once."""

    receipt_id: Annotated[str, Line(120, least=1)]
    source: Annotated[str, Line(64)] | None = Field(default=None, description="Default: the caller's own source.")


@router.get(
    "",
    **operation(
        "list_receipts",
        "List receipts, newest business date first",
        answers={200: cursors.Page[ReceiptOut]},
        refusals=(422,),
    ),
)
def list_receipts(request: HttpRequest, filters: Query[ReceiptFilters]) -> dict[str, Any]:
    rows = viewer_of(request).restrict(Receipt.objects.select_related("store"), "receipt.list")
    return cursors.page(narrow(rows, filters), filters, order=("-business_date", "-id"), show=receipt_views.show)


@router.post(
    "",
    **operation(
        "record_receipt",
        "Record a sale or return",
        answers={201: ReceiptOut, 200: ReceiptOut},
        refusals=(400, 404, 409, 413, 415, 422),
    ),
)
def record_receipt(request: HttpRequest, receipt: ReceiptIn, response: HttpResponse) -> Status[ReceiptOut]:
    viewer = viewer_of(request)
    id, is_new = recording.record_one(receipt, viewer=viewer, now=timezone.now())
    shown = receipt_views.show(Receipt.objects.select_related("store").filter(pk=id))
    return Status(created(request, response, id=id, is_new=is_new), shown[0])


@router.post("/bulk", **bulk("record_receipts", "Record many sales and returns", row=ReceiptIn, keyed=False))
def record_receipts(request: HttpRequest, options: Query[BulkOptions]) -> HttpResponse:
    lines = ndjson.read(request, ReceiptIn)
    recorded = recording.record_many(lines.rows, viewer=viewer_of(request), now=timezone.now(), historical=options.historical)
    lines.faults |= recorded.faults
    return lines.results(
        saved={line: ("created" if line in recorded.new else "unchanged", id) for line, id in recorded.ids.items()}
    )


@router.get(
    "/lookup",
    **operation("find_receipt", "Find a receipt by source and id", answers={200: ReceiptOut}, refusals=(404, 422)),
)
def find_receipt(request: HttpRequest, named: Query[SourceAndId]) -> ReceiptOut:
    viewer = viewer_of(request)
    return _one(viewer, source=viewer.source if named.source is None else named.source, external_id=named.receipt_id)


@router.get("/{id}", **operation("get_receipt", "Open a receipt", answers={200: ReceiptOut}, refusals=(404,)))
def get_receipt(request: HttpRequest, id: Id) -> ReceiptOut:
    return _one(viewer_of(request), pk=id)


def narrow(rows: Any, filters: ReceiptFilters) -> Any:
    """Return the receipts that the filters ask for."""
    wanted = {
        "store__code": filters.store,
        "business_date__gte": filters.date_from,
        "business_date__lte": filters.date_to,
        "customer": filters.customer,
        "kind": filters.kind,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _one(viewer: Viewer, **named: Any) -> ReceiptOut:
    rows = viewer.restrict(Receipt.objects.select_related("store"), "receipt.read")
    found = receipt_views.show(rows.filter(**named))
    if not found:
        raise NotFoundError
    return found[0]
