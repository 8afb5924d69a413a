"""What Django itself refuses below `/api/` (no such address, wrong method, a crash) also becomes a problem of RFC 9457.

Middleware, outside the others: it sees the answer last, whoever made it. The log keeps the traceback; the caller
gets none of it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from regulars.gateway.api import problems

PREFIX = "/api/"


class ApiProblems:
    """Middleware: rewrites error answers of the API that are not problems yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(PREFIX) or problems.is_problem(response):
            return response
        problem = problems.answer(response.status_code)
        for header in ("Allow", "Retry-After"):
            if header in response:
                problem[header] = response[header]
        problem["Content-Length"] = str(len(problem.content))
        return problem
