"""Where in the company a page looks: all of it, a region or a store, never more than the viewer may see.

For `choices` and the picker in the top bar. In the address a place is `r12` (region) or `s34` (store).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from regulars.core.errors import NotFoundError
from regulars.organization import selectors as organization
from regulars.organization.access import Scope
from regulars.organization.models import Region, Store

FOUND_MAX = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A region or a store that somebody chose."""

    kind: Literal["region", "store"]
    id: int
    name: str
    stores: frozenset[int]
    currency: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind[0]}{self.id}"


def stores_within(scope: Scope) -> QuerySet[Store]:
    """Return the stores that a right covers."""
    rows = Store.objects.select_related("region")
    return rows if scope.stores is None else rows.filter(pk__in=scope.stores)


def read(text: str, *, scope: Scope) -> Place | None:
    """Return the place that the address names; one that is foreign or missing is refused alike."""
    if not text:
        return None
    kind, number = text[0], text[1:]
    if kind not in "rs" or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError
    place = _store(int(number), scope) if kind == "s" else _region(int(number), scope)
    if place is None:
        raise NotFoundError
    return place


def _store(number: int, scope: Scope) -> Place | None:
    store = stores_within(scope).filter(pk=number).first()
    return store if store is None else Place("store", store.pk, store.name, frozenset({store.pk}), store.currency)


def _region(number: int, scope: Scope) -> Place | None:
    region = Region.objects.filter(pk=number).first()
    stores = organization.stores_below([number])[number]
    if region is None or (scope.stores is not None and not stores & scope.stores):
        return None
    return Place("region", region.pk, region.name, stores)


@dataclass(frozen=True, slots=True)
class Node:
    """A region in the picker's tree."""

    region: Region
    children: Sequence[Node]

    @property
    def key(self) -> str:
        return f"r{self.region.pk}"


def tree(scope: Scope) -> list[Node]:
    """Return the regions that hold a store of the scope, as trees from the top."""
    regions = {region.pk: region for region in Region.objects.order_by("name")}
    wanted: set[int] = set()
    for region_id in stores_within(scope).exclude(region=None).values_list("region_id", flat=True).distinct():
        walk: int | None = region_id
        while walk is not None and walk not in wanted:
            wanted.add(walk)
            walk = regions[walk].parent_id
    below: dict[int | None, list[Region]] = {}
    for region in regions.values():
        if region.pk in wanted:
            below.setdefault(region.parent_id, []).append(region)
    return _nodes(below, None)


def _nodes(below: Mapping[int | None, Sequence[Region]], parent: int | None) -> list[Node]:
    return [Node(region, _nodes(below, region.pk)) for region in below.get(parent, ())]


def search(request: HttpRequest, *, scope: Scope) -> list[Store]:
    """Return the first stores whose name, code or city has the words of the picker's box."""
    words = request.GET.get("find", "").strip()
    rows = stores_within(scope)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__istartswith=words) | Q(city__icontains=words))
    return list(rows.order_by("name")[:FOUND_MAX])
