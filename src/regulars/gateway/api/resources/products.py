"""Products. They belong to the company: every caller sees all of them, costs only by right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from regulars.catalog import services as catalog
from regulars.catalog.models import Category, Product
from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.core.outcomes import SaveOutcome
from regulars.gateway.api import cursors, fields, idempotency, ndjson, problems, saving
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.fields import Id, Line
from regulars.gateway.api.routes import bulk, operation
from regulars.gateway.api.shapes.catalog import ProductIn, ProductOut, ProductPatch
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

router = Router(tags=["Catalog"])


class ProductFilters(cursors.PageFilters):
    """Which products."""

    search: Annotated[str, Line(100)] | None = Field(default=None, description="Part of the name, or a whole SKU or barcode.")
    category: Id | None = Field(default=None, description="In this category or one below it.")
    sku: Annotated[str, Line(64)] | None = None


@router.get("", **operation("list_products", "List products by SKU", answers={200: cursors.Page[ProductOut]}, refusals=(422,)))
def list_products(request: HttpRequest, filters: Query[ProductFilters]) -> dict[str, Any]:
    show = partial(_show, viewer=viewer_of(request))
    return cursors.page(_matching(filters), filters, order=("sku",), show=show)


@router.post(
    "",
    **operation(
        "save_product",
        "Create a product, or change the one with this SKU",
        answers={201: ProductOut, 200: ProductOut},
        refusals=(413, 415, 422),
        keyed=True,
    ),
)
def save_product(request: HttpRequest, product: ProductIn) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()

    def work() -> HttpResponse:
        outcome = _save({1: _row(product)}, viewer=viewer, now=now)
        saving.refuse_faults(outcome.problems)
        return saving.answer(request, _one(viewer, sku=product.sku), is_new=outcome.created == 1)

    return idempotency.once(request, viewer, now=now, work=work)


@router.post("/bulk", **bulk("save_products", "Create or change many products", row=ProductIn))
def save_products(request: HttpRequest) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    lines = ndjson.read(request, ProductIn)

    def work() -> HttpResponse:
        rows = {}
        for line, product in lines.rows.items():
            try:
                rows[line] = _row(product)
            except InvalidInputError as error:
                lines.faults[line] = [problems.fault(error, row=line)]
        outcome = _save(rows, viewer=viewer, now=now)
        lines.refuse(outcome.problems)
        known = dict(Product.objects.filter(sku__in=[row["sku"] for row in rows.values()]).values_list("sku", "id"))
        ids = {line: known[row["sku"]] for line, row in rows.items() if line not in lines.faults}
        return lines.results(saved=saving.statuses(outcome, ids))

    return idempotency.once(request, viewer, now=now, work=work)


@router.get("/{id}", **operation("get_product", "Open a product", answers={200: ProductOut}, refusals=(404,)))
def get_product(request: HttpRequest, id: Id) -> ProductOut:
    return _one(viewer_of(request), pk=id)


@router.patch(
    "/{id}",
    **operation("change_product", "Change a product", answers={200: ProductOut}, refusals=(404, 413, 415, 422)),
)
def change_product(request: HttpRequest, id: Id, changes: ProductPatch) -> ProductOut:
    viewer = viewer_of(request)
    with transaction.atomic():
        sku = _one(viewer, pk=id).sku
        row = _row(ProductIn(sku=sku, **changes.model_dump(exclude_unset=True)))
        saving.refuse_faults(_save({1: row}, viewer=viewer, now=timezone.now()).problems)
        return _one(viewer, pk=id)


def _row(product: ProductIn) -> dict[str, Any]:
    """Return a product as the catalog's flat row, its amounts in the company's currency."""
    row = product.model_dump(exclude_unset=True)
    currency = get_company().currency
    for name in ("price_amount", "cost_amount"):
        if row.get(name) is not None:
            row[name] = fields.minor(row[name], currency=currency, field=name)
    if row.get("category"):
        row["category"] = catalog.PATH_SEPARATOR.join(row["category"])
    return row


def _save(rows: Mapping[int, dict[str, Any]], *, viewer: Viewer, now: datetime) -> SaveOutcome:
    table = pa.Table.from_pylist([row | {"row": line} for line, row in rows.items()], catalog.PRODUCTS)
    return catalog.save_products(table, source=viewer.source, now=now, viewer=viewer)


def _all() -> QuerySet[Product]:
    return Product.objects.select_related("category", "brand", "supplier")


def _matching(filters: ProductFilters) -> QuerySet[Product]:
    rows = _all()
    if filters.sku is not None:
        rows = rows.filter(sku=filters.sku)
    if filters.search:
        named = Q(name__icontains=filters.search) | Q(sku=filters.search) | Q(barcode=filters.search)
        rows = rows.filter(named)
    if filters.category is not None:
        path = Category.objects.filter(pk=filters.category).values_list("path", flat=True).first()
        if path is None:
            return rows.none()
        below = Q(category__path=path) | Q(category__path__startswith=path + catalog.PATH_SEPARATOR)
        rows = rows.filter(below)
    return rows


def _one(viewer: Viewer, **named: Any) -> ProductOut:
    found = _show(list(_all().filter(**named)), viewer=viewer)
    if not found:
        raise NotFoundError
    return found[0]


def _show(products: list[Product], *, viewer: Viewer) -> list[ProductOut]:
    sees_costs = viewer.may("product.read_cost")
    return [
        ProductOut(
            id=it.pk,
            sku=it.sku,
            name=it.name,
            category=it.category_id,
            category_path=it.category.path.split(catalog.PATH_SEPARATOR) if it.category else [],
            brand=it.brand.name if it.brand else None,
            supplier_code=it.supplier.code if it.supplier else None,
            barcode=it.barcode,
            package_size=it.package_size,
            price_amount=it.price_amount,
            cost_amount=it.cost_amount if sees_costs else None,
            counts_units=it.counts_units,
            is_placeholder=it.is_placeholder,
            source=it.source,
            created_at=it.created_at,
            updated_at=it.updated_at,
        )
        for it in products
    ]
