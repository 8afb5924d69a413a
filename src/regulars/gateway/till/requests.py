"""Lets tills through to their door at once: their calls need no session, no language, no cookie and none of the pages' work.

Middleware behind the request log. What lies behind it in the list is for people and the rest of the API; a till's call is
answered before it comes there (decision 0013).
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_resolver

from regulars.core import heartbeat
from regulars.gateway.till import door

PREFIX = "/api/v1/till/"
_URLS = "regulars.gateway.till.urls"


class TillDoor:
    """Middleware: answers what is addressed to the till protocol."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            match = get_resolver(_URLS).resolve("/" + request.path_info[len(PREFIX) :])
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        match.route = PREFIX[1:] + match.route
        response = door.unavailable() if heartbeat.is_away() else match.func(request, *match.args, **match.kwargs)
        response["Content-Length"] = str(len(response.content))  # so that the line stays open
        return response
