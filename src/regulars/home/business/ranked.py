"""Lists that can be sorted by a figure of the metric registry, which the database does not hold.

For products and stores. The figures come as a mapping key → value; rows without one stand at the end. Such an order pages by
position, since nothing arrives in between while the figures are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from regulars.ui.cursors import CursorError
from regulars.ui.lists import COUNT_MAX, Listing, Page, Rows

Figures = Mapping[int, float | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedListing(Listing):
    """A listing some of whose columns sort by `figures` (sort key → row key → value)."""

    figures: Mapping[str, Figures] = field(default_factory=dict)
    holds_all: bool = False  # the rows leave out nothing that has a figure, unless somebody narrows them

    def page(self, request: HttpRequest, rows: Rows) -> Page:
        """Return the page of the list that the address asks for."""
        sort = self._sort(request)
        if sort.lstrip("-") not in self.figures:
            return Listing.page(self, request, rows)
        narrowed = self.narrowed(request, rows)
        start = _position(request)
        order = self._order(narrowed, sort, is_whole=self.holds_all and narrowed is rows)
        keys = order[start : start + self.page_size]
        found = narrowed.in_bulk(keys)
        shown = [found[key] for key in keys if key in found]
        if len(keys) < self.page_size:
            rest = narrowed.exclude(pk__in=_listed(order)).order_by("pk")
            first = max(0, start - len(order))
            shown += rest[first : first + self.page_size - len(keys)]
        total = narrowed.order_by()[: COUNT_MAX + 1].count()
        following = start + self.page_size
        return Page(
            listing=self,
            params=request.GET,
            path=request.path,
            columns=self.chosen(request),
            sort=sort,
            rows=shown,
            previous=str(max(0, start - self.page_size)) if start else "",
            next=str(following) if following < total else "",
            total=total,
        )

    def _order(self, narrowed: Rows, sort: str, *, is_whole: bool) -> list[int]:
        """Return the keys of the rows that have a figure, in the order of it."""
        values = self.figures[sort.lstrip("-")]
        known = {key: value for key, value in values.items() if value is not None}
        present: Iterable[int] = known if is_whole else narrowed.filter(pk__in=_listed(known)).values_list("pk", flat=True)
        return sorted(present, key=lambda key: (known[key], -key), reverse=sort.startswith("-"))


def _listed(keys: Iterable[int]) -> RawSQL:
    """Return the keys as one array: as many parameters would take longer to read than to answer."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])


def _position(request: HttpRequest) -> int:
    text = request.GET.get("cursor", "") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CursorError("This page of the list is no longer valid; start again from its first page.")
    return int(text)
