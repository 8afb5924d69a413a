"""One log line and one set of metrics per web request, with an id that the answer carries too."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

_log = logging.getLogger("regulars.request")
_SECONDS = Histogram("regulars_request_seconds", "Time to answer a web request", ["method", "route", "status"])


class RequestLog:
    """Middleware: time the request, log its route (never its query, which may name people)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = secrets.token_hex(8)
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        route = match.route if match else "(none)"
        _SECONDS.labels(request.method or "", route, response.status_code).observe(seconds)
        response["X-Request-Id"] = request_id
        _log.info(
            "request",
            extra={
                "method": request.method,
                "path": route,
                "status": response.status_code,
                "duration_ms": round(seconds * 1000, 1),
                "request_id": request_id,
            },
        )
        return response
