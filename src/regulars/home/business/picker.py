"""The pickers in the top bar: place, period, comparison. Every choice is a link of the page one is on.

For every page with figures: `context` gives the template what it draws; `found` answers the box in which a store is searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from regulars.home.business import choices, places
from regulars.home.business.choices import Choice
from regulars.organization.requests import requires, viewer_of

_OWN = ("period", "from", "to", "compare", "place", "cursor")


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a picker's menu."""

    label: str | Promise
    href: str
    is_chosen: bool
    note: str = ""


def context(request: HttpRequest, choice: Choice, *, compares: bool = True, places_too: bool = True) -> dict[str, Any]:
    """Return what `_pickers.html` needs; pages without a comparison, or about one store, leave that picker out."""
    return {
        "picks_places": places_too,
        "choice": choice,
        "periods": _periods(request, choice),
        "comparisons": _comparisons(request, choice) if compares else [],
        "everywhere": _address(request, place=None),
        "regions": places.tree(choice.scope) if places_too else [],
        "place_query": _address(request, place=None).partition("?")[2],
        "kept": [(key, value) for key, value in request.GET.items() if key not in ("period", "from", "to", "cursor")],
    }


@require_GET
@requires("dashboard.view", "store.read")
def found(request: HttpRequest) -> HttpResponse:
    """Answer the store box with links to the same page about each store."""
    scope = viewer_of(request).scope("dashboard.view", "store.read")
    stores = places.search(request, scope=scope)
    page = QueryDict(request.GET.get("page", ""), mutable=True)
    at = request.GET.get("at", "/")
    lines = []
    for store in stores:
        page["place"] = f"s{store.pk}"
        lines.append(Option(store.name, f"{at}?{page.urlencode()}", is_chosen=False, note=store.code))
    return render(request, "home/business/_found_places.html", {"options": lines})


def _periods(request: HttpRequest, choice: Choice) -> list[Option]:
    return [
        Option(
            preset.label,
            _address(request, period=key, **{"from": None, "to": None}),
            is_chosen=key == choice.preset,
            note=choices.dates_in_words(preset.make(choice.newest)),
        )
        for key, preset in choices.PRESETS.items()
    ]


def _comparisons(request: HttpRequest, choice: Choice) -> list[Option]:
    return [
        Option(
            label,
            _address(request, compare=key),
            is_chosen=key == choice.against,
            note=choices.dates_in_words(choice.period.before() if key == "before" else choice.period.year_before()),
        )
        for key, label in choices.AGAINST.items()
    ]


def _address(request: HttpRequest, **changes: str | None) -> str:
    params = request.GET.copy()
    params.pop("cursor", None)
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None:
            params[key] = value
    return f"{request.path}?{params.urlencode()}"
