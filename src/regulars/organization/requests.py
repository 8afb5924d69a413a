"""Puts the viewer and the company's clock on every web request, and sends whoever has not signed in to the sign-in page.

For all pages. A page that is not named as open here cannot be reached without a person; which rights it needs, it says
itself with `requires`. The API signs its callers in by key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone

from regulars.organization import access, selectors
from regulars.organization.models import Company, Person

_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]

# Pages without a person: signing in and what it needs, the machines' own ways in, members' own pages by their
# signed links, their invitations, and what monitoring asks.
OPEN = ("/sign-in/", "/accounts/", "/static/", "/ui/language/", "/ui/theme/", "/api/", "/m/", "/i/", "/healthz", "/metrics")


_NO_CLOCK = ("/static/", "/api/", "/healthz", "/metrics")  # show no times, or say them in UTC


class CompanyTime:
    """Middleware: pages say the time that the company's own clocks show."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_NO_CLOCK):
            return self.get_response(request)
        zone = Company.objects.order_by("pk").values_list("timezone", flat=True).first()
        with timezone.override(ZoneInfo(zone) if zone else None):
            return self.get_response(request)


class Viewer:
    """Middleware: who asks, made anew for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, Person) and person.is_authenticated:
            request.viewer = selectors.viewer_of_person(person)  # type: ignore[attr-defined]
        elif request.path.startswith(OPEN):
            request.viewer = access.NOBODY  # type: ignore[attr-defined]
        else:
            return _to_sign_in(request)
        return self.get_response(request)


def requires(action: str, *or_actions: str) -> Callable[[_View[_P]], _View[_P]]:
    """Refuse the page (403) unless the viewer's roles hold `action`, or one of several."""
    for wanted in (action, *or_actions):
        access.known_actions(wanted)

    def decorate(view: _View[_P]) -> _View[_P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            viewer_of(request).require(action, *or_actions)
            return view(request, *args, **kwargs)

        checked.required_actions = (action, *or_actions)  # type: ignore[attr-defined]  # read by the matrix test
        return cast("_View[_P]", checked)

    return decorate


def viewer_of(request: HttpRequest) -> access.Viewer:
    """Return who asks, as the middleware found out."""
    viewer: access.Viewer = getattr(request, "viewer", access.NOBODY)
    return viewer


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    if getattr(request, "htmx", None):  # a part of a page cannot show the sign-in page; the whole page goes there
        return HttpResponse(status=401, headers={"HX-Redirect": str(settings.LOGIN_URL)})
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': back})}")
