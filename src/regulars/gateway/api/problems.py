"""Every refusal of the API as a problem of RFC 9457: what went wrong, where, under a code that never changes.

For all operations and for the middleware. The body never holds SQL, a path, a traceback, or a value of somebody
else's record: it is made from the error's own sentence and the names of fields only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError, Problem
from regulars.gateway.api import strict_json

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:regulars:problem:"

# What a status means when no room has said it better.
_CODES = {
    400: ("request.malformed", "The request could not be read."),
    401: ("unauthenticated", "Send an API key: Authorization: Bearer rk_…"),
    403: ("forbidden", "Your role does not allow this."),
    404: (NotFoundError.code, "Not found."),
    405: ("method.not_allowed", "This address does not answer that method."),
    413: (strict_json.BodyTooLargeError.code, "The body is too large."),
    422: (InvalidInputError.code, "The input cannot be used as it is."),
    500: ("error", "Something went wrong here. It is in our log; send the call again later."),
    503: ("unavailable", "The service cannot answer now. Try again soon."),
}
_CUSTOM = re.compile(r"^custom_(.+)$")  # forms have one flat field for each custom field
# pydantic's names of faults → ours
_FAULTS = {
    "missing": "field.missing",
    "extra_forbidden": "field.unknown",
    "string_too_long": "field.too_long",
    "string_too_short": "field.too_short",
    "too_long": "field.too_long",
    "too_short": "field.too_short",
    "greater_than": "field.range",
    "greater_than_equal": "field.range",
    "less_than": "field.range",
    "less_than_equal": "field.range",
    "enum": "field.choice",
    "literal_error": "field.choice",
}


class FieldProblem(BaseModel):
    """One fault: in which field or row, why."""

    field: str | None = Field(default=None, examples=["lines[0].quantity"])
    row: int | None = Field(default=None, description="1-based line of a bulk body.")
    code: str = Field(examples=["field.missing"])
    detail: str = Field(examples=["Field required"])


class ProblemBody(BaseModel):
    """RFC 9457 problem details. Decide by `code`: it never changes; `detail` is for people."""

    type: str = Field(examples=["urn:regulars:problem:not_found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = Field(examples=["Not found."])
    errors: list[FieldProblem] = []


def answer(status: int, *, code: str = "", detail: str = "", errors: Iterable[FieldProblem] = ()) -> HttpResponse:
    """Return the problem as a response."""
    usual_code, usual_detail = _CODES.get(status, ("error", HTTPStatus(status).description))
    code = code or usual_code
    body = ProblemBody(
        type=TYPE_PREFIX + code,
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail or usual_detail,
        errors=list(errors),
    )
    response = HttpResponse(body.model_dump_json(), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Regulars"'
    return response


def refusal(error: DomainError) -> HttpResponse:
    """Return a room's expected refusal as a problem; `place` may name its field."""
    errors = error.place.get("errors") or ([fault(error)] if _field(error) else [])
    response = answer(error.status_code, code=error.code, detail=str(error.message), errors=errors)
    if heir := error.place.get("merged_into"):
        response["Location"] = f"/api/v1/customers/{heir}"
    if wait := error.place.get("retry_after_seconds"):
        response["Retry-After"] = str(wait)
    return response


def fault(error: DomainError, *, row: int | None = None) -> FieldProblem:
    """Return a refusal as one of the faults of a larger input."""
    return FieldProblem(field=_field(error), row=row, code=error.code, detail=str(error.message))


def _field(error: DomainError) -> str | None:
    name = error.place.get("field") or error.place.get("column")
    return _CUSTOM.sub(r"custom.\1", str(name)) if name else None


def from_rows(problems: Iterable[Problem]) -> list[FieldProblem]:
    """Return the faults that a room found in a table, in the API's shape."""
    return [FieldProblem(field=it.column, row=it.row, code=it.code, detail=str(it.message)) for it in problems]


def from_pydantic(faults: Iterable[Any], *, skip: int = 0) -> list[FieldProblem]:
    """Return pydantic's faults in the API's shape, without the first `skip` parts of each place."""
    return [FieldProblem(field=_path(fault["loc"][skip:]), code=_fault_code(fault), detail=fault["msg"]) for fault in faults]


def add_to(api: NinjaAPI) -> None:
    """Teach the API how each kind of refusal looks; anything else is a bug and crashes."""
    api.add_exception_handler(DomainError, _domain_error)
    api.add_exception_handler(Http404, lambda _request, _error: answer(404))
    api.add_exception_handler(RequestDataTooBig, lambda _request, _error: answer(413))
    api.add_exception_handler(AuthenticationError, lambda _request, _error: answer(401))
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _validation_error)


def _domain_error(_request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(error)


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    """django-ninja wraps whatever its parser raised; what a person can act on is the cause."""
    if isinstance(error.__cause__, DomainError):
        return refusal(error.__cause__)
    return answer(error.status_code)


def _validation_error(_request: HttpRequest, error: Any) -> HttpResponse:
    if any(fault["loc"][0] == "path" for fault in error.errors):
        return answer(404)  # an address that cannot exist is as missing as one that does not
    errors = [found for fault in error.errors for found in from_pydantic([fault], skip=_prefix(fault["loc"]))]
    return answer(422, code=InvalidInputError.code, errors=errors)


def _prefix(place: tuple[str | int, ...]) -> int:
    """A body's place starts with `body` and the name of the function's parameter, a query's with `query`."""
    return 2 if place[0] == "body" else 1


def _path(place: tuple[str | int, ...]) -> str | None:
    path = ""
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or None


def _fault_code(fault: Any) -> str:
    kind: str = fault["type"]
    return _FAULTS.get(kind, kind if "." in kind else "field.invalid")


def is_problem(response: HttpResponse) -> bool:
    """Return whether the response already is a problem in our shape."""
    return response.get("Content-Type", "").startswith(MEDIA_TYPE)


def read(response: HttpResponse) -> dict[str, Any]:
    """Return a problem's body, for logs and tests."""
    body: dict[str, Any] = json.loads(response.content)
    return body
