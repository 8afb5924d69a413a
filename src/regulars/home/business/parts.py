"""The parts of pages that take figures to make: htmx asks for each by itself when the page is there.

For Today, the store page and the product page. A part reads from its address what it is about, as a page does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.home.business import (
    attention,
    choices,
    goods,
    hours,
    lifecycles,
    moving,
    overview,
    product_figures,
    retained,
    weeks,
)  # fmt: skip
from regulars.home.business.choices import Choice
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of

_Make = Callable[[HttpRequest, Choice, Viewer], dict[str, Any]]


@require_GET
@requires("dashboard.view")
def part(request: HttpRequest, part: str) -> HttpResponse:
    """Answer with one part of a page."""
    if part not in _PARTS:
        raise Http404
    viewer = viewer_of(request)
    choice = choices.read(request, scope=viewer.scope("dashboard.view"))
    if choice.covered is None:
        return HttpResponse()
    template, make = _PARTS[part]
    return render(request, f"home/business/{template}", {"choice": choice, **make(request, choice, viewer)})


_PARTS: Mapping[str, tuple[str, _Make]] = {
    "tiles": ("_tiles.html", lambda _, choice, viewer: {"tiles": overview.tiles(choice, viewer=viewer)}),
    "store_tiles": ("_tiles.html", lambda _, choice, __: {"tiles": overview.store_tiles(choice)}),
    "weeks": ("_chart.html", lambda _, choice, __: {"chart": weeks.chart(choice)}),
    "hours": ("_chart.html", lambda _, choice, __: {"chart": hours.chart(choice)}),
    "retention": ("_chart.html", lambda _, choice, __: {"chart": retained.chart(choice), "more": "/insight/retention/"}),
    "lifecycle": ("_lifecycle.html", lambda _, choice, viewer: lifecycles.context(choice, viewer=viewer)),
    "movers": ("_movers.html", lambda request, choice, _: moving.context(request, choice)),
    "goods": ("_goods.html", lambda _, choice, __: {"goods": goods.best(choice)}),
    "attention": ("_attention.html", lambda _, choice, viewer: {"lines": attention.lines(choice, viewer=viewer)}),
    "product": ("_product_figures.html", lambda request, choice, _: product_figures.context(request, choice)),
}
