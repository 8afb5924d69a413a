"""Imports of files: how far each is and what it did; the files come in over the import page or the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from regulars.core.errors import NotFoundError
from regulars.gateway.api import cursors
from regulars.gateway.api.callers import viewer_of
from regulars.gateway.api.fields import Id
from regulars.gateway.api.routes import operation
from regulars.gateway.models import ImportBatch

router = Router(tags=["Imports"])


class ImportFilters(cursors.PageFilters):
    """Which imports."""

    kind: Literal["stores", "products", "customers", "receipts", "returns", "balances"] | None = None
    state: Literal["uploaded", "checked", "running", "done", "refused", "undone"] | None = None


class ImportOut(BaseModel):
    """One file on its way in."""

    id: int
    kind: str
    state: str
    file_name: str
    source: str
    rows_total: int | None
    rows_done: int = Field(description="Saved so far.")
    created: int
    updated: int
    unchanged: int
    rejected: int
    error_code: str
    created_at: datetime
    finished_at: datetime | None


@router.get(
    "",
    **operation("list_imports", "List imports, newest first", answers={200: cursors.Page[ImportOut]}, refusals=(422,)),
)
def list_imports(request: HttpRequest, filters: Query[ImportFilters]) -> dict[str, Any]:
    wanted = {"kind": filters.kind, "state": filters.state}
    rows = _visible(request).filter(**{name: value for name, value in wanted.items() if value is not None})
    return cursors.page(rows, filters, order=("-created_at", "-id"), show=lambda found: [_show(it) for it in found])


@router.get("/{id}", **operation("get_import", "Open an import", answers={200: ImportOut}, refusals=(404,)))
def get_import(request: HttpRequest, id: Id) -> ImportOut:
    found = _visible(request).filter(pk=id).first()
    if found is None:
        raise NotFoundError
    return _show(found)


def _visible(request: HttpRequest) -> QuerySet[ImportBatch]:
    return viewer_of(request).restrict(ImportBatch.objects.all(), "import.run")


def _show(batch: ImportBatch) -> ImportOut:
    return ImportOut.model_validate(batch, from_attributes=True)
