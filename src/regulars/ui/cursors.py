"""Cursor pages over a QuerySet: as quick on page 1,000 as on page 1, and nothing is skipped when rows arrive meanwhile.

For `lists`. A cursor holds the sort value and the primary key of the row where the page ended (keyset paging).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from regulars.core.errors import InvalidInputError


class CursorError(InvalidInputError):
    """The cursor in the address is none of ours, or belongs to another sorting."""

    code = "page.cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind (or before, if `backwards`) the row with this sort value and key."""

    value: Any
    key: Any
    backwards: bool = False

    def encode(self) -> str:
        text = json.dumps([_pack(self.value), _pack(self.key), self.backwards])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one page and the cursors to its neighbors."""

    rows: list[Any]
    previous: str
    next: str


def decode(text: str) -> Cursor:
    """Read a cursor from an address, or refuse it."""
    try:
        value, key, backwards = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(_unpack(value), _unpack(key), bool(backwards))
    except (ValueError, TypeError, KeyError, ArithmeticError):
        raise CursorError("This page of the list is no longer valid; start again from its first page.") from None


def take(rows: QuerySet[Any], *, sort: str, size: int, cursor: Cursor | None) -> Slice:
    """Return one page of `rows` sorted by `sort` (`-field` for descending), rows without a value last."""
    field, descending = sort.lstrip("-"), sort.startswith("-")
    backwards = bool(cursor and cursor.backwards)
    if cursor:
        rows = rows.filter(_beyond(cursor, field=field, descending=descending != backwards))
    found = list(_ordered(rows, field=field, descending=descending, backwards=backwards)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (more, True) if backwards else (cursor is not None, more)
    return Slice(
        rows=found,
        previous=_at(found[0], field=field, backwards=True) if found and has_previous else "",
        next=_at(found[-1], field=field, backwards=False) if found and has_next else "",
    )


def _ordered(rows: QuerySet[Any], *, field: str, descending: bool, backwards: bool) -> QuerySet[Any]:
    nulls: dict[str, Any] = {"nulls_first": True} if backwards else {"nulls_last": True}
    down = descending != backwards
    order = F(field).desc(**nulls) if down else F(field).asc(**nulls)
    return rows.order_by(order, "-pk" if down else "pk")


def _beyond(cursor: Cursor, *, field: str, descending: bool) -> Q:
    """Return the condition for the rows after the cursor, in the direction of reading."""
    further = "lt" if descending else "gt"
    same = Q(**{f"pk__{further}": cursor.key})
    if cursor.value is None:
        without = Q(**{f"{field}__isnull": True}) & same
        return without | Q(**{f"{field}__isnull": False}) if cursor.backwards else without
    beyond = Q(**{f"{field}__{further}": cursor.value}) | (Q(**{field: cursor.value}) & same)
    return beyond if cursor.backwards else beyond | Q(**{f"{field}__isnull": True})


def _at(row: Model, *, field: str, backwards: bool) -> str:
    value: Any = row
    for name in field.split("__"):
        value = getattr(value, name, None)
    return Cursor(value, row.pk, backwards).encode()


def _pack(value: Any) -> Any:
    match value:
        case None | bool() | int() | str() | float():
            return value
        case Decimal():
            return {"n": str(value)}
        case dt.datetime():
            return {"t": value.isoformat()}
        case dt.date():
            return {"d": value.isoformat()}
    return str(value)


def _unpack(value: Any) -> Any:
    match value:
        case {"n": text}:
            return Decimal(text)
        case {"t": text}:
            return dt.datetime.fromisoformat(text)
        case {"d": text}:
            return dt.date.fromisoformat(text)
        case dict() | list():
            raise ValueError(value)
    return value
