"""How an operation is declared: its name, its way in, and what it answers, refusals included.

For the files in `resources/`. An operation that `rights` does not list cannot be declared.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from regulars.gateway.api import idempotency, ndjson
from regulars.gateway.api.callers import callers_for
from regulars.gateway.api.problems import ProblemBody

_ALWAYS = (401, 403, 429)
_IDEMPOTENCY_HEADER = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
    "description": "Send the same key again after a lost answer: the call is not done twice and answers as the first "
    "time. Kept for 35 days.",
}


def operation(
    operation_id: str,
    summary: str,
    *,
    answers: dict[int, Any],
    refusals: tuple[int, ...] = (),
    keyed: bool = False,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the arguments of django-ninja's route decorator for one operation."""
    described = dict(extra or {})
    if keyed:
        refusals = (*refusals, 400, 409, 422)
        described["parameters"] = [*described.get("parameters", []), _IDEMPOTENCY_HEADER]
    return {
        "operation_id": operation_id,
        "summary": summary,
        "auth": callers_for(operation_id),
        "response": answers | dict.fromkeys(sorted({*_ALWAYS, *refusals}), ProblemBody),
        "openapi_extra": described,
    }


def bulk(operation_id: str, summary: str, *, row: type[BaseModel], keyed: bool = True) -> dict[str, Any]:
    """Return the arguments of the route decorator for an operation that takes NDJSON lines of the shape `row`."""
    body = {
        "required": True,
        "description": f"One JSON object a line, at most {ndjson.LINES_MAX:,} lines.",
        "content": {ndjson.MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{row.__name__}"}}},
    }
    described = operation(
        operation_id,
        summary,
        answers={200: ndjson.LineResult},
        refusals=(404, 413, 415, 422),
        keyed=keyed,
        extra={"requestBody": body},
    )
    return described | {
        "description": "Answers one result line for every line, in the same order; a refused line does not hold up the "
        "others. A line that names a store outside your scope refuses the whole call, and nothing is done."
    }


def created(request: HttpRequest, response: HttpResponse, *, id: int, is_new: bool) -> int:
    """Say where the new object is and return the status: 201 the first time, 200 for a repeat or change."""
    if is_new:
        response["Location"] = f"{request.path.rstrip('/')}/{id}"
    return 201 if is_new else 200
