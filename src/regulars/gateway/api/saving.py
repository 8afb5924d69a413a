"""What became of rows that the API handed to a set-based service: one object's answer, or a result line for each of
many.

For `resources/`: stores, products and customers are all saved this way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from regulars.core.errors import InvalidInputError, Problem
from regulars.core.outcomes import SaveOutcome
from regulars.gateway.api import problems


class RowRefusedError(InvalidInputError):
    """The one row of a call was refused; `errors` names the fields."""

    code = "row.refused"


def refuse_faults(found: Iterable[Problem], *, names: dict[str, str] | None = None) -> None:
    """Refuse the call if its one row has faults; `names` maps the room's columns to our fields."""
    faults = list(found)
    if faults:
        errors = [
            problems.FieldProblem(field=(names or {}).get(it.column or "", it.column), code=it.code, detail=str(it.message))
            for it in faults
        ]
        raise RowRefusedError(errors[0].detail, errors=errors)


def statuses(outcome: SaveOutcome, ids: dict[int, int]) -> dict[int, tuple[str, int | None]]:
    """Return (status, id) by line; `ids` maps a line to what it was saved as."""
    changed = {change.object_id: "updated" if change.before is not None else "created" for change in outcome.changes}
    return {line: (changed.get(id, "unchanged"), id) for line, id in ids.items()}


def answer(request: HttpRequest, shown: BaseModel, *, is_new: bool) -> HttpResponse:
    """Return the saved object: 201 with its address the first time, else 200."""
    response = HttpResponse(
        shown.model_dump_json(), status=201 if is_new else 200, content_type="application/json; charset=utf-8"
    )
    if is_new:
        response["Location"] = f"{request.path.rstrip('/')}/{_id(shown)}"
    return response


def _id(shown: Any) -> int:
    id: int = shown.id
    return id
