"""The standing reports: what each metric means, who comes back, how customers move between stages, and RFM.

For analysts and marketers. The figures are those of the registry and of each customer; here they are only laid out.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.home.business import catalog_of_metrics, choices, lifecycles, picker, retained, rfm_grid
from regulars.insight.metrics.registry import VERSION
from regulars.organization.requests import requires, viewer_of

RIGHT = "dashboard.view"
COHORTS_MAX = 24


@require_GET
@requires(RIGHT)
def metrics(request: HttpRequest) -> HttpResponse:
    """Show every metric with its meaning, and the SQL by which it is computed here."""
    choice = choices.read(request, scope=viewer_of(request).scope(RIGHT))
    entries = catalog_of_metrics.entries(choice, opened=request.GET.get("sql", ""))
    return render(request, "home/business/metrics.html", {"groups": entries, "version": VERSION, "choice": choice})


@require_GET
@requires(RIGHT)
def retention(request: HttpRequest) -> HttpResponse:
    """Show the whole retention triangle."""
    choice = choices.read(request, scope=viewer_of(request).scope(RIGHT))
    context = picker.context(request, choice, compares=False)
    cells = retained.cells(choice)
    if cells:
        context |= {"chart": retained.chart(choice, cohorts=COHORTS_MAX), "cohorts": retained.table(cells)}
    return render(request, "home/business/retention.html", context)


@require_GET
@requires(RIGHT)
def lifecycle(request: HttpRequest) -> HttpResponse:
    """Show where customers stand and every move of the period."""
    viewer = viewer_of(request)
    choice = choices.read(request, scope=viewer.scope(RIGHT))
    context = picker.context(request, choice, compares=False)
    if choice.covered:
        moved = lifecycles.flow(choice)
        context |= lifecycles.context(choice, viewer=viewer) | {
            "moves": lifecycles.table(moved),
            "stages": [step.label for step in lifecycles.steps(moved, viewer=viewer)],
        }
    return render(request, "home/business/lifecycle.html", context)


@require_GET
@requires(RIGHT)
def rfm(request: HttpRequest) -> HttpResponse:
    """Show how many customers stand in each cell of recency and frequency, what they brought, and the eight classes."""
    viewer = viewer_of(request)
    scope = viewer.scope(RIGHT)
    context: dict[str, Any] = rfm_grid.context(scope, viewer=viewer, shown=request.GET.get("show", ""))
    return render(request, "home/business/rfm.html", context)
