"""Stores: all of them with the figures of the period, and one store with its weeks, hours, goods and customers.

For regional and store managers. Whoever sees no figures still finds address and hours.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.home.business import choices, picker, store_list, store_map
from regulars.home.business.choices import Choice
from regulars.home.business.places import Place
from regulars.organization import selectors as organization
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.ui.lists import Rows

FIGURES = "dashboard.view"


@require_GET
@requires("store.read")
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the stores, the largest first, below the regions with their sums."""
    viewer = viewer_of(request)
    choice = _choice(request, viewer)
    rows = _placed(organization.list_stores(viewer), choice)
    context: dict[str, Any] = {"map": store_map.drawn(rows)}
    if choice:
        context |= picker.context(request, choice) | {"regions_now": store_list.regions(choice)}
    return store_list.listing(choice).render(request, rows, template="home/business/stores.html", context=context)


@require_GET
@requires("store.read")
def detail(request: HttpRequest, store_id: int) -> HttpResponse:
    """Show one store: the figures beside those before, sales by week, hours, goods and customers by stage."""
    viewer = viewer_of(request)
    store = organization.get_store(viewer, store_id)
    choice = _choice(request, viewer)
    context: dict[str, Any] = {"store": store, "map": store_map.drawn(organization.list_stores(viewer), chosen=store)}
    if choice and choice.scope.covers(store.pk):
        about = choice.at(Place("store", store.pk, store.name, frozenset({store.pk}), store.currency))
        context |= picker.context(request, about, places_too=False)
    return render(request, "home/business/store.html", context)


def _choice(request: HttpRequest, viewer: Viewer) -> Choice | None:
    return choices.read(request, scope=viewer.scope(FIGURES)) if viewer.may(FIGURES) else None


def _placed(rows: Rows, choice: Choice | None) -> Rows:
    return rows.filter(pk__in=choice.place.stores) if choice and choice.place else rows
