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

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

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
    """Return one page of `rows` sorted by `sort` (`-field` for descending), rows without a value last.

    Rows with a value and rows without are read one after the other, so that an index answers each part: a single
    condition over both would read the whole table for a page deep inside it.
    """
    field, descending = sort.lstrip("-"), sort.startswith("-")
    backwards = bool(cursor and cursor.backwards)
    found: list[Any] = []
    for empty in _parts(rows, field=field, cursor=cursor, backwards=backwards):
        if len(found) <= size:
            part = _part(rows, field=field, empty=empty, cursor=cursor, down=descending != backwards)
            found += part[: size + 1 - len(found)]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (more, True) if backwards else (cursor is not None, more)
    return Slice(
        rows=found,
        previous=_at(found[0], field=field, backwards=True) if found and has_previous else "",
        next=_at(found[-1], field=field, backwards=False) if found and has_next else "",
    )


def _parts(rows: QuerySet[Any], *, field: str, cursor: Cursor | None, backwards: bool) -> list[bool]:
    """Return which parts may hold rows of the page, in reading order: False with a value, True without one."""
    parts = [False, True] if _may_be_empty(rows.model, field) else [False]
    if backwards:
        parts.reverse()
    start = cursor is not None and cursor.value is None
    return parts[parts.index(start) :] if start in parts else parts


def _part(rows: QuerySet[Any], *, field: str, empty: bool, cursor: Cursor | None, down: bool) -> QuerySet[Any]:
    """Return the rows of one part behind the cursor, in the direction of reading."""
    rows = rows.filter(**{f"{field}__isnull": empty})
    key_order = "-pk" if down else "pk"
    further = "lt" if down else "gt"
    if cursor is not None and empty == (cursor.value is None):
        behind = Q(**{f"pk__{further}": cursor.key})
        if not empty:  # the first condition is one that an index can start from
            rows = rows.filter(Q(**{f"{field}__{further}e": cursor.value}))
            behind |= Q(**{f"{field}__{further}": cursor.value})
        rows = rows.filter(behind)
    return rows.order_by(key_order) if empty else rows.order_by(f"-{field}" if down else field, key_order)


def _may_be_empty(model: type[Model], field: str) -> bool:
    """Return whether rows may lack a value: always for what is computed, else as the column and the keys to it say."""
    for name in field.split("__"):
        try:
            column: Any = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if column.null:
            return True
        model = column.related_model or model
    return False


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
