"""What is known of one customer's buying: the receipts, and the figures that the lake computed from them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.core.errors import NotFoundError
from regulars.customers import selectors as customers
from regulars.gateway.api import cursors, receipt_views
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.fields import Id
from regulars.gateway.api.routes import operation
from regulars.gateway.api.shapes.customers import FiguresOut
from regulars.gateway.api.shapes.receipts import ReceiptOut
from regulars.insight.models import CustomerFigures
from regulars.organization.access import Viewer
from regulars.organization.models import Store
from regulars.sales.models import Receipt

router = Router(tags=["Customers"])
_OF_ALL_STORES = ("receipts", "net_amount", "net_amount_12m", "discount_amount", "average_basket_amount")


@router.get(
    "/{id}/receipts",
    **operation(
        "list_customer_receipts",
        "List a customer's receipts, newest first",
        answers={200: cursors.Page[ReceiptOut]},
        refusals=(404, 410, 422),
    ),
)
def list_customer_receipts(request: HttpRequest, id: Id, filters: Query[cursors.PageFilters]) -> dict[str, Any]:
    viewer = viewer_of(request)
    customers.get_customer(viewer, id)
    bought = Receipt.objects.select_related("store").filter(customer__in=customers.same_person(id))
    rows = viewer.restrict(bought, "receipt.list")
    return cursors.page(rows, filters, order=("-sold_at", "-id"), show=receipt_views.show)


@router.get(
    "/{id}/figures",
    **operation(
        "get_customer_figures",
        "Value, rhythm, stage and likes of a customer",
        answers={200: FiguresOut},
        refusals=(404, 410),
    ),
)
def get_customer_figures(request: HttpRequest, id: Id) -> FiguresOut:
    viewer = viewer_of(request)
    customers.get_customer(viewer, id)
    figures = CustomerFigures.objects.filter(pk=id).first()
    if figures is None:
        raise NotFoundError  # nothing bought, or not yet computed
    return _show(figures, viewer)


def _show(figures: CustomerFigures, viewer: Viewer) -> FiguresOut:
    scope = viewer.scope("customer.read")
    hidden = () if scope.is_everything else _OF_ALL_STORES
    preferred = Store.objects.filter(pk=figures.store_id).first() if figures.store_id else None
    shown: dict[str, Any] = {
        name: None if name in hidden else getattr(figures, name) for name in FiguresOut.model_fields if name != "store"
    }
    store = preferred.code if preferred and scope.covers(preferred.pk) else None
    return FiguresOut(**shown, store=store)
