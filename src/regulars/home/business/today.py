"""Today: the figures of the business at a glance, what moved, and what to do next.

Figures, charts and lists come as parts (`parts`), each by itself, so that nothing waits for the slowest. Who may not see
figures is led to the first page that the role has.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.core.errors import ForbiddenError
from regulars.home.business import choices, picker
from regulars.organization.access import Viewer
from regulars.organization.requests import viewer_of
from regulars.ui import navigation

RIGHT = "dashboard.view"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the places for the parts, or lead on to the first page of a role without figures."""
    viewer = viewer_of(request)
    if not viewer.may(RIGHT):
        return HttpResponseRedirect(_first_place(viewer))
    choice = choices.read(request, scope=viewer.scope(RIGHT))
    return render(request, "home/business/today.html", picker.context(request, choice))


def _first_place(viewer: Viewer) -> str:
    for section in navigation.sections(viewer=viewer, path=""):
        for place in section.places:
            if place.url != "/":
                return place.url
    raise ForbiddenError(action=RIGHT)
