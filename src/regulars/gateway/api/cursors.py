"""Pages of a list: an opaque, signed cursor says where the next one starts.

For every list of the API. A page starts after the last row of the one before (keyset paging), so that rows which
come in between shift nothing and page 10,000 costs what page 1 costs. The signature keeps a caller from writing
cursors by hand, and binds each to its list and filters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from pydantic import BaseModel, Field, StringConstraints

from regulars.core.errors import InvalidInputError
from regulars.gateway.api import fields

LIMIT_MAX = 200
_Item = TypeVar("_Item")
_Row = TypeVar("_Row", bound=Model)


class CursorError(InvalidInputError):
    """The cursor was not given out by this list with these filters."""

    code = "cursor.invalid"


class Page(BaseModel, Generic[_Item]):
    """One page; `next_cursor` is null on the last one."""

    items: list[_Item]
    next_cursor: str | None = None


class PageFilters(fields.Filters):
    """What every list takes besides its own filters."""

    limit: int = Field(default=50, ge=1, le=LIMIT_MAX)
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None, description="`next_cursor` of the page before; the filters must stay the same."
    )


def page(
    rows: QuerySet[_Row],
    filters: PageFilters,
    *,
    order: Sequence[str],
    show: Callable[[list[_Row]], list[Any]],
) -> dict[str, Any]:
    """Return one page of `rows` in `order` (the last of which is unique), shown by `show`."""
    salt = _salt(rows, filters)
    if filters.cursor:
        rows = rows.filter(_after(order, _read(filters.cursor, salt, len(order))))
    found = list(rows.order_by(*order)[: filters.limit + 1])
    shown = found[: filters.limit]
    more = len(found) > filters.limit
    last = [_place(shown[-1], name) for name in order] if more else None
    return {"items": show(shown), "next_cursor": signing.dumps(last, salt=salt) if last else None}


def _salt(rows: QuerySet[_Row], filters: PageFilters) -> str:
    asked = filters.model_dump_json(exclude={"cursor", "limit"})
    return f"regulars.api:{rows.model._meta.label}:{asked}"


def _read(cursor: str, salt: str, length: int) -> list[Any]:
    try:
        place = signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        raise CursorError("Pass next_cursor of this list unchanged, with the same filters.", field="cursor") from None
    if not isinstance(place, list) or len(place) != length:
        raise CursorError("Start this list again without a cursor.", field="cursor")
    return place


def _after(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Return the condition «behind this place»: (a, b) > (x, y) written out, as directions may differ."""
    condition = Q()
    equal = Q()
    for name, value in zip(order, place, strict=True):
        column = name.lstrip("-")
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{comparison}": value})
        equal &= Q(**{column: value})
    return condition


def _place(row: Model, name: str) -> Any:
    value = getattr(row, name.lstrip("-"))
    return value if isinstance(value, int | str) else value.isoformat()
