"""The standing reports: what each metric means, who comes back, how customers move between stages, and RFM.

For analysts and marketers. The figures are those of the registry and of each customer; here they are only laid out.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from regulars.home.business import catalog_of_metrics, choices, cut_points, lifecycles, picker, retained, rfm_grid
from regulars.insight.customers.cut_points import awaits_scores, find_cut_points, set_cut_points
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
    context |= {"awaits_scores": awaits_scores(), "may_design": viewer.may("insight.design")}
    return render(request, "home/business/rfm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("insight.design")
def rfm_cut_points(request: HttpRequest) -> HttpResponse:
    """Let a marketer or analyst choose from where to where a score reaches; a job scores everybody anew."""
    form = cut_points.CutPointsForm(request.POST or None, initial=cut_points.initial(find_cut_points()))
    if request.method == "POST" and form.is_valid():
        if set_cut_points(form.cleaned_data["cut_points"], viewer=viewer_of(request), now=timezone.now()):
            messages.success(request, _("Saved. Every customer is being scored anew."))
        return redirect("home:rfm")
    return render(request, "home/business/rfm_cut_points.html", {"form": form}, status=422 if form.errors else 200)
