"""Turns expected refusals of HTML views into something a person can act on. The last middleware of the stack.

A missing object shows the 404 page, a missing right the 403 page; every other refusal comes back as a message on the
page the person was on, or as a toast where htmx asked. The API answers for itself and is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from regulars.core import heartbeat
from regulars.core.errors import DomainError, ForbiddenError, NotFoundError

_HEALTH = "/healthz"
log = logging.getLogger(__name__)


class DatabaseAway:
    """Middleware: answers at once while the database is known to be away, so that no thread waits for it (G19)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if heartbeat.is_away() and request.path_info != _HEALTH:  # which has more to tell
            return unavailable()
        return self.get_response(request)


def unavailable() -> HttpResponse:
    """Return the page that tries again by itself; it needs neither database nor session."""
    return HttpResponse(render_to_string("ui/errors/503.html"), status=503, headers={"Retry-After": "1"})


class Refusals:
    """Middleware: shows a `DomainError` raised by a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError) or request.path.startswith("/api/"):
            return None
        log.info("refused", extra={"code": exception.code, "status": exception.status_code})
        if is_fragment(request):
            return toast(request, message=exception.message, status=exception.status_code)
        match exception:
            case NotFoundError():
                return render(request, "ui/errors/404.html", {"message": exception.message}, status=404)
            case ForbiddenError():
                return render(request, "ui/errors/403.html", {"message": exception.message}, status=403)
        back = _where_they_were(request)
        if back:
            messages.error(request, exception.message)
            return HttpResponseRedirect(back)
        context = {"message": exception.message}
        return render(request, "ui/errors/refusal.html", context, status=exception.status_code)


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asked for a part of a page (a boosted link asks for a whole one)."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def toast(request: HttpRequest, *, message: str, status: int = 200, level: str = "error") -> HttpResponse:
    """Return a fragment that htmx adds to the toasts, wherever the request was aimed."""
    response = render(request, "ui/_toast.html", {"message": message, "level": level}, status=status)
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "beforeend"
    return response


def _where_they_were(request: HttpRequest) -> str:
    """Return the page a form was sent from; nothing for a plain visit, which would only come back here again."""
    referer = request.headers.get("Referer", "")
    if request.method in {"GET", "HEAD"} or not referer:
        return ""
    safe = url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return referer if safe else ""
