"""Everything that happened with a customer on one line of time, newest first, a page at a time.

For the 360 page. Each source is asked for one page's worth behind the cursor, by its own index, and the pages are merged: as
quick with ten thousand entries as with ten. A viewer of stores gets the own stores' receipts and notes alone.
"""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.core.errors import InvalidInputError
from regulars.customers import selectors
from regulars.customers.models import CustomerFile, CustomerTag
from regulars.organization.access import Viewer
from regulars.organization.models import AuditEntry
from regulars.sales.models import Receipt

SIZE = 25
CHANGES = (
    "customer.created", "customer.changed", "customer.named", "customer.attached", "customer.identifier_added",
    "customer.identifier_ended",
)  # fmt: skip
SHOWS = {
    "": ("receipt", "note", "tag_on", "tag_off", "file", "change"),
    "receipts": ("receipt",),
    "notes": ("note", "file"),
    "tags": ("tag_on", "tag_off"),
    "changes": ("change",),
}
_RANK = {kind: rank for rank, kind in enumerate(SHOWS[""])}


class TimelineCursorError(InvalidInputError):
    """The place on the timeline is none of ours."""

    code = "timeline.cursor"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `row` is the receipt, note, tag, file or audit entry."""

    at: datetime
    kind: str
    row: Any

    @property
    def key(self) -> tuple[datetime, int, int]:
        return self.at, _RANK[self.kind], self.row.pk


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the timeline and the cursor to what lies before it."""

    entries: Sequence[Entry]
    earlier: str


def read(viewer: Viewer, ids: Sequence[int], *, now: datetime, show: str = "", cursor: str = "") -> Part:
    """Return one page of what happened with the customer whose facts stand under `ids`."""
    kinds = SHOWS.get(show, SHOWS[""])
    behind = _decode(cursor) if cursor else None
    sources = [_entries(kind, _rows(viewer, ids, kind, now), behind) for kind in kinds]
    merged = heapq.merge(*sources, key=lambda entry: entry.key, reverse=True)
    found = [entry for entry, _at in zip(merged, range(SIZE + 1), strict=False)]
    more, found = len(found) > SIZE, found[:SIZE]
    return Part(found, _encode(found[-1]) if more else "")


_TIMES = {
    "receipt": "sold_at", "note": "created_at", "tag_on": "added_at", "tag_off": "removed_at", "file": "added_at",
    "change": "at",
}  # fmt: skip


def _rows(viewer: Viewer, ids: Sequence[int], kind: str, now: datetime) -> QuerySet[Any]:
    """Return the rows of one source that the viewer may see."""
    make: Callable[[], QuerySet[Any]] = {
        "receipt": lambda: _receipts(viewer, ids),
        "note": lambda: selectors.list_notes(viewer, ids).select_related("store"),
        "tag_on": lambda: CustomerTag.objects.filter(customer__in=ids).select_related("tag"),
        "tag_off": lambda: CustomerTag.objects.filter(customer__in=ids, removed_at__lte=now).select_related("tag"),
        "file": lambda: _files(viewer, ids),
        "change": lambda: _changes(viewer, ids),
    }[kind]
    return make()


def _receipts(viewer: Viewer, ids: Sequence[int]) -> QuerySet[Any]:
    if not viewer.may("receipt.read"):
        return Receipt.objects.none()
    rows = Receipt.objects.select_related("store").filter(customer__in=ids)
    return viewer.restrict(rows, "receipt.read")


def _files(viewer: Viewer, ids: Sequence[int]) -> QuerySet[Any]:
    if not viewer.may("customer.annotate"):
        return CustomerFile.objects.none()
    return CustomerFile.objects.filter(customer__in=ids, removed_at=None)


def _changes(viewer: Viewer, ids: Sequence[int]) -> QuerySet[Any]:
    """Return who changed the record; the whole trail, looks included, is under Settings."""
    rows = AuditEntry.objects.filter(object_type="customer", object_id__in=[str(pk) for pk in ids], action__in=CHANGES)
    stores = viewer.scope("customer.read").stores
    return rows if stores is None else rows.filter(Q(store_id=None) | Q(store_id__in=stores))


def _entries(kind: str, rows: QuerySet[Any], behind: tuple[datetime, int, int] | None) -> Iterator[Entry]:
    """Yield the source's entries behind the cursor, newest first; read when the merge first asks."""
    time = _TIMES[kind]
    if behind is not None:
        at, rank, pk = behind
        if _RANK[kind] < rank:
            rows = rows.filter(**{f"{time}__lte": at})
        elif _RANK[kind] > rank:
            rows = rows.filter(**{f"{time}__lt": at})
        else:
            rows = rows.filter(Q(**{f"{time}__lt": at}) | Q(pk__lt=pk), **{f"{time}__lte": at})
    for row in rows.order_by(f"-{time}", "-pk")[: SIZE + 1]:
        yield Entry(getattr(row, time), kind, row)


def _encode(entry: Entry) -> str:
    at, rank, pk = entry.key
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), rank, pk]).encode()).decode().rstrip("=")


def _decode(text: str) -> tuple[datetime, int, int]:
    try:
        at, rank, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment, int(rank), int(pk)
    except (ValueError, TypeError):
        raise TimelineCursorError(_("This part of the timeline is no longer valid; open the page again.")) from None
