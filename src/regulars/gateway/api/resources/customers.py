"""Customers: find, open, create and change them, one by one or in bulk, within the caller's scope."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from regulars.core.errors import NotFoundError
from regulars.customers import selectors as customers
from regulars.customers.models import Customer, CustomerTag
from regulars.gateway.api import cursors, customer_profile, customer_saving, customer_views, idempotency, ndjson, saving
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.fields import Id, Line
from regulars.gateway.api.routes import bulk, operation
from regulars.gateway.api.shapes.customers import CustomerIn, CustomerOut, CustomerPatch, LookUp
from regulars.insight.models import CustomerFigures
from regulars.organization.access import Viewer

router = Router(tags=["Customers"])


class CustomerFilters(cursors.PageFilters):
    """Which customers."""

    search: Annotated[str, Line(100)] | None = Field(default=None, description="Part of the name.")
    kind: Literal["person", "household", "company", "nameless"] | None = None
    home_store: Annotated[str, Line(64)] | None = Field(default=None, description="Code of a store.")
    tag: Annotated[str, Line(60)] | None = None
    stage: Literal["new", "active", "declining", "dormant", "lost"] | None = None
    joined_from: date | None = None
    joined_to: date | None = None
    updated_since: datetime | None = Field(default=None, description="Changed at or after this time.")


@router.get(
    "",
    **operation("list_customers", "List customers", answers={200: cursors.Page[CustomerOut]}, refusals=(422,)),
)
def list_customers(request: HttpRequest, filters: Query[CustomerFilters]) -> dict[str, Any]:
    viewer = viewer_of(request)
    seen = customers.list_customers(viewer).select_related("home_store")
    show = partial(customer_views.show, masked=viewer.scope("customer.list").masked, now=timezone.now())
    return cursors.page(_matching(seen, filters), filters, order=("id",), show=show)


@router.post(
    "",
    **operation(
        "create_customer",
        "Create a customer",
        answers={201: CustomerOut},
        refusals=(404, 413, 415, 422),
        keyed=True,
    ),
)
def create_customer(request: HttpRequest, customer: CustomerIn) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()

    def work() -> HttpResponse:
        id = customer_profile.create(customer, viewer=viewer, now=now)
        return saving.answer(request, _one(viewer, id, now=now), is_new=True)

    return idempotency.once(request, viewer, now=now, work=work)


@router.post("/bulk", **bulk("save_customers", "Create or change many customers", row=CustomerIn))
def save_customers(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    lines = ndjson.read(request, CustomerIn)

    def work() -> HttpResponse:
        outcome, ids = customer_saving.save_many(lines.rows, viewer=viewer, now=now)
        lines.refuse(outcome.problems)
        return lines.results(saved=saving.statuses(outcome, ids))

    return idempotency.once(request, viewer, now=now, work=work)


@router.post(
    "/lookup",
    **operation(
        "look_up_customer",
        "Look a customer up by phone, e-mail, card or id",
        answers={200: CustomerOut},
        refusals=(400, 404, 413, 415, 422),
    ),
)
def look_up_customer(request: HttpRequest, named: LookUp) -> CustomerOut:
    viewer = viewer_of(request)
    found = customer_views.find(named, viewer)
    if found is None:
        raise NotFoundError
    return customer_views.show([found], masked=viewer.scope("customer.lookup").masked, now=timezone.now())[0]


@router.get("/{id}", **operation("get_customer", "Open a customer", answers={200: CustomerOut}, refusals=(404, 410)))
def get_customer(request: HttpRequest, id: Id) -> CustomerOut:
    return _one(viewer_of(request), id, now=timezone.now())


@router.patch(
    "/{id}",
    **operation(
        "change_customer",
        "Change a customer's profile",
        answers={200: CustomerOut},
        refusals=(400, 404, 409, 410, 413, 415, 422),
    ),
)
def change_customer(request: HttpRequest, id: Id, changes: CustomerPatch) -> CustomerOut:
    viewer, now = viewer_of(request), timezone.now()
    with transaction.atomic():
        customer_profile.change(id, changes, viewer=viewer, now=now)
        return _one(viewer, id, now=now)


def _one(viewer: Viewer, id: int, *, now: datetime) -> CustomerOut:
    found = customers.get_customer(viewer, id)
    return customer_views.show([found], masked=viewer.scope("customer.read").masked, now=now)[0]


def _matching(rows: QuerySet[Customer], filters: CustomerFilters) -> QuerySet[Customer]:
    wanted = {
        "name__icontains": filters.search,
        "kind": filters.kind,
        "home_store__code": filters.home_store,
        "joined_on__gte": filters.joined_from,
        "joined_on__lte": filters.joined_to,
        "updated_at__gte": filters.updated_since,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if filters.tag is not None:
        tagged = CustomerTag.objects.filter(tag__name=filters.tag, removed_at=None)
        rows = rows.filter(pk__in=tagged.values("customer"))
    if filters.stage is not None:
        rows = rows.filter(pk__in=CustomerFigures.objects.filter(stage=filters.stage).values("customer_id"))
    return rows
