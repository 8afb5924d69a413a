"""Metrics: what each is, and reports of them; the same registry and the same figures as on the pages."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from regulars.catalog.models import Product
from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.routes import operation
from regulars.gateway.api.shapes.metrics import STORES_MAX, MetricOut, RegistryOut, ReportFilters, ReportOut
from regulars.insight.metrics import registry, report
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.registry import Unit
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.models import Region, Store

router = Router(tags=["Metrics"])
ROWS_MAX = 10_000


class PeriodError(InvalidInputError):
    """The period ends before it begins."""

    code = "period.order"


class ReportTooLargeError(InvalidInputError):
    """The report has more rows than one answer takes."""

    code = "report.too_large"


@router.get("", **operation("list_metrics", "List metrics with their formulas", answers={200: RegistryOut}))
def list_metrics(request: HttpRequest) -> RegistryOut:  # noqa: ARG001
    metrics = [
        MetricOut(key=it.key, name=str(it.name), formula=str(it.formula), unit=it.unit.value, better=it.better.value)
        for it in registry.METRICS.values()
    ]
    return RegistryOut(version=registry.VERSION, metrics=metrics)


@router.get(
    "/report",
    **operation(
        "get_metrics_report",
        "Compute metrics over a period, broken down as asked",
        answers={200: ReportOut},
        refusals=(404, 409, 422),
    ),
)
def get_metrics_report(request: HttpRequest, filters: Query[ReportFilters]) -> ReportOut:
    viewer = viewer_of(request)
    keys, by = filters.metrics.split(","), filters.by.split(",") if filters.by else []
    table = report.report(keys, chosen=_slice(filters, viewer), scope=viewer.scope("dashboard.view"), by=by)
    if len(table) > ROWS_MAX:
        raise ReportTooLargeError(f"More than {ROWS_MAX:,} rows; narrow the report or break it down less.", field="by")
    return ReportOut(
        version=registry.VERSION,
        currency=get_company().currency,
        date_from=filters.date_from,
        date_to=filters.date_to,
        by=by,
        rows=_named(table.to_pylist(), by=by, keys=keys),
    )


def _slice(filters: ReportFilters, viewer: Viewer) -> Slice:
    if filters.date_to < filters.date_from:
        raise PeriodError("The period ends before it begins.", field="date_to")
    return Slice(
        period=Period(filters.date_from, filters.date_to),
        stores=_stores(filters, viewer),
        region_id=_region(filters),
        category=filters.category,
        channel=filters.channel,
        member=filters.member,
    )


def _stores(filters: ReportFilters, viewer: Viewer) -> frozenset[int] | None:
    if filters.stores is None:
        return None
    codes = set(filters.stores.split(",")[: STORES_MAX + 1])
    visible = viewer.restrict(Store.objects.filter(code__in=codes), "dashboard.view", store="pk")
    ids = frozenset(visible.values_list("pk", flat=True))
    if len(ids) < len(codes):
        raise NotFoundError
    return ids


def _region(filters: ReportFilters) -> int | None:
    if filters.region is None:
        return None
    region = Region.objects.filter(code=filters.region).first()
    if region is None:
        raise NotFoundError
    return region.pk


def _named(rows: list[dict[str, Any]], *, by: list[str], keys: list[str]) -> list[dict[str, Any]]:
    """Return rows whose stores, regions and products are named by code, and whose figures JSON can hold."""
    for key, model, code in (("store", Store, "code"), ("region", Region, "code"), ("product", Product, "sku")):
        if key in by:
            wanted = {row[key] for row in rows}
            codes = dict(model.objects.filter(pk__in=wanted).values_list("pk", code))
            for row in rows:
                row[key] = codes.get(row[key])
    writers = {key: _writer(registry.METRICS[key].unit) for key in keys}
    return [{name: writers[name](value) if name in writers else value for name, value in row.items()} for row in rows]


def _writer(unit: Unit) -> Callable[[Any], Any]:
    """Return how a figure of this unit is written: money never as a fraction of a minor unit."""

    def write(value: Any) -> Any:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None
        if unit is Unit.MONEY:
            return round(value)
        return int(value) if float(value).is_integer() else float(value)

    return write
