"""The tree of product categories, to read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from regulars.catalog import services as catalog
from regulars.catalog.models import Category
from regulars.gateway.api import cursors
from regulars.gateway.api.fields import Id
from regulars.gateway.api.routes import operation
from regulars.gateway.api.shapes.catalog import CategoryOut

router = Router(tags=["Catalog"])


class CategoryFilters(cursors.PageFilters):
    """Which categories."""

    parent: Id | None = Field(default=None, description="Direct children of this one.")
    level: int | None = Field(default=None, ge=1, le=8)


@router.get(
    "",
    **operation("list_categories", "List categories by path", answers={200: cursors.Page[CategoryOut]}, refusals=(422,)),
)
def list_categories(request: HttpRequest, filters: Query[CategoryFilters]) -> dict[str, Any]:  # noqa: ARG001
    rows = Category.objects.all()
    if filters.parent is not None:
        rows = rows.filter(parent=filters.parent)
    if filters.level is not None:
        rows = rows.filter(level=filters.level)
    return cursors.page(rows, filters, order=("path",), show=_show)


def _show(categories: list[Category]) -> list[CategoryOut]:
    return [
        CategoryOut(
            id=it.pk,
            name=it.name,
            path=it.path.split(catalog.PATH_SEPARATOR),
            level=it.level,
            parent=it.parent_id,
            counts_units=it.counts_units,
        )
        for it in categories
    ]
