"""Stores: those in the caller's scope, and no trace of the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from regulars.core.errors import NotFoundError
from regulars.core.outcomes import SaveOutcome
from regulars.gateway.api import cursors, idempotency, ndjson, saving
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.fields import Id, Line
from regulars.gateway.api.routes import bulk, operation
from regulars.gateway.api.shapes.stores import StoreIn, StoreOut, StorePatch
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.models import Store

router = Router(tags=["Stores"])


class StoreFilters(cursors.PageFilters):
    """Which stores."""

    search: Annotated[str, Line(100)] | None = Field(default=None, description="Part of the name or city, or a whole code.")
    code: Annotated[str, Line(64)] | None = None
    region_code: Annotated[str, Line(64)] | None = None


@router.get("", **operation("list_stores", "List stores by code", answers={200: cursors.Page[StoreOut]}, refusals=(422,)))
def list_stores(request: HttpRequest, filters: Query[StoreFilters]) -> dict[str, Any]:
    rows = _visible(viewer_of(request), "store.read")
    return cursors.page(_matching(rows, filters), filters, order=("code",), show=_show)


@router.post(
    "",
    **operation(
        "save_store",
        "Create a store, or change the one with this code",
        answers={201: StoreOut, 200: StoreOut},
        refusals=(404, 413, 415, 422),
        keyed=True,
    ),
)
def save_store(request: HttpRequest, store: StoreIn) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()

    def work() -> HttpResponse:
        _refuse_foreign([store], viewer)
        outcome = _save({1: store}, viewer=viewer, now=now)
        saving.refuse_faults(outcome.problems)
        return saving.answer(request, _one(viewer, code=store.code), is_new=outcome.created == 1)

    return idempotency.once(request, viewer, now=now, work=work)


@router.post("/bulk", **bulk("save_stores", "Create or change many stores", row=StoreIn))
def save_stores(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    lines = ndjson.read(request, StoreIn)

    def work() -> HttpResponse:
        _refuse_foreign(lines.rows.values(), viewer)
        outcome = _save(lines.rows, viewer=viewer, now=now)
        lines.refuse(outcome.problems)
        known = dict(Store.objects.filter(code__in=[it.code for it in lines.rows.values()]).values_list("code", "id"))
        ids = {line: known[it.code] for line, it in lines.rows.items() if line not in lines.faults}
        return lines.results(saved=saving.statuses(outcome, ids))

    return idempotency.once(request, viewer, now=now, work=work)


@router.get("/{id}", **operation("get_store", "Open a store", answers={200: StoreOut}, refusals=(404,)))
def get_store(request: HttpRequest, id: Id) -> StoreOut:
    return _one(viewer_of(request), pk=id)


@router.patch("/{id}", **operation("change_store", "Change a store", answers={200: StoreOut}, refusals=(404, 413, 415, 422)))
def change_store(request: HttpRequest, id: Id, changes: StorePatch) -> StoreOut:
    viewer = viewer_of(request)
    with transaction.atomic():
        store = _visible(viewer, "store.edit").filter(pk=id).first()
        if store is None:
            raise NotFoundError
        changed = StoreIn(code=store.code, **changes.model_dump(exclude_unset=True))
        saving.refuse_faults(_save({1: changed}, viewer=viewer, now=timezone.now()).problems)
        return _one(viewer, pk=id)


def _visible(viewer: Viewer, action: str) -> QuerySet[Store]:
    return viewer.restrict(Store.objects.select_related("region"), action, store="pk")


def _refuse_foreign(stores: Iterable[StoreIn], viewer: Viewer) -> None:
    """Who may edit some stores only gets one answer for a foreign and for a missing code, and nothing is done."""
    if viewer.scope("store.edit").is_everything:
        return
    codes = {store.code for store in stores}
    if _visible(viewer, "store.edit").filter(code__in=codes).count() < len(codes):
        raise NotFoundError


def _save(stores: Mapping[int, StoreIn], *, viewer: Viewer, now: datetime) -> SaveOutcome:
    rows = [_row(store) | {"row": line} for line, store in stores.items()]
    table = pa.Table.from_pylist(rows, organization.STORES)
    return organization.save_stores(table, viewer=viewer, now=now, source=viewer.source)


def _row(store: StoreIn) -> dict[str, Any]:
    row = store.model_dump(exclude_unset=True)
    if row.get("open_hours") is not None:
        row["open_hours"] = json.dumps(row["open_hours"])
    return row


def _matching(rows: QuerySet[Store], filters: StoreFilters) -> QuerySet[Store]:
    if filters.code is not None:
        rows = rows.filter(code=filters.code)
    if filters.region_code is not None:
        rows = rows.filter(region__code=filters.region_code)
    if filters.search:
        rows = rows.filter(Q(name__icontains=filters.search) | Q(city__icontains=filters.search) | Q(code=filters.search))
    return rows


def _one(viewer: Viewer, **named: Any) -> StoreOut:
    found = _show(list(_visible(viewer, "store.read").filter(**named)))
    if not found:
        raise NotFoundError
    return found[0]


def _show(stores: list[Store]) -> list[StoreOut]:
    return [
        StoreOut(
            id=it.pk,
            code=it.code,
            name=it.name,
            region_code=it.region.code if it.region else None,
            timezone=it.timezone,
            day_cutoff_minutes=it.day_cutoff_minutes,
            format=it.format,
            open_hours=it.open_hours,
            currency=it.currency,
            address=it.address,
            city=it.city,
            latitude=it.latitude,
            longitude=it.longitude,
            size_sqm=it.size_sqm,
            opened_on=it.opened_on,
            closed_on=it.closed_on,
            source=it.source,
        )
        for it in stores
    ]
