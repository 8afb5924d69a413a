"""Pages and endpoints of the design system: `/design/`, the theme switch, chart exports, and the error pages.

Name `server_error`, `not_found` and `forbidden` as the handlers of the project's URLs.
"""

from __future__ import annotations

import sys

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from regulars.core import database
from regulars.core.errors import ForbiddenError
from regulars.ui import charts, design_examples, theming
from regulars.ui.requests import is_fragment, toast, unavailable

_MEDIA = {"svg": "image/svg+xml", "png": "image/png"}


@require_GET
def design(request: HttpRequest, part: str = "foundations") -> HttpResponse:
    """Show every component with live examples."""
    viewer = getattr(request, "viewer", None)  # made by the room of rights, which stands above this one
    if viewer is None or not viewer.may("design.view"):
        raise ForbiddenError(action="design.view")
    if part not in design_examples.PARTS:
        raise Http404
    context = {"part": part, "parts": design_examples.PARTS, **design_examples.context(request, part=part)}
    if is_fragment(request) and "list" in context:
        return render(request, "ui/_table.html", context)
    return render(request, f"ui/design/{part}.html", context)


design.required_actions = ("design.view",)  # type: ignore[attr-defined]  # read by the matrix test, as on every page


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme and go back; works without JavaScript."""
    theme = request.POST.get("theme", "")
    if theme not in theming.THEMES:
        return HttpResponse(status=400)
    response = HttpResponseRedirect(_local(request.POST.get("next", ""), request=request))
    theming.remember(response, theme=theme, secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_GET
def chart_settings(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001  # a view is called with both
    """Tell the page's script the themes of charts and how this language writes numbers and dates."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        response = JsonResponse(charts.settings_for_page())
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def chart_export(request: HttpRequest) -> HttpResponse:
    """Draw a chart that a page of ours showed (its spec is signed) as PNG or SVG."""
    kind = request.POST.get("kind", "png")
    if kind not in _MEDIA:
        return HttpResponse(status=400)
    spec = charts.unsign(request.POST.get("spec", ""))
    body = charts.render_png(spec) if kind == "png" else charts.render_svg(spec).encode()
    name = charts.file_name(request.POST.get("name", ""), kind=kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=_MEDIA[kind], headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Show that the request could not be read."""
    message = _("This request could not be read. Go back and try again.")
    if is_fragment(request):
        return toast(request, message=message, status=400)
    return render(request, "ui/errors/refusal.html", {"message": message}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Show that the role does not allow this."""
    return _error_page(request, status=403, message=_("Your role does not allow this."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Show that there is nothing here, or nothing this person may see."""
    return _error_page(request, status=404, message=_("There is nothing here that you can see."))


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # must not read it: it may be what broke
    """Show that it was our fault, or the database's; the page needs neither database nor session."""
    if database.is_missing(sys.exc_info()[1]):
        return unavailable()
    return HttpResponse(render_to_string("ui/errors/500.html"), status=500)


def _error_page(request: HttpRequest, *, status: int, message: str) -> HttpResponse:
    if is_fragment(request):
        return toast(request, message=message, status=status)
    return render(request, f"ui/errors/{status}.html", {}, status=status)


def _local(url: str, *, request: HttpRequest) -> str:
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}) else "/"
