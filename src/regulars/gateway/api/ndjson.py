"""Many rows in one call: one JSON object a line in, one result line out for each, in the same order.

For the bulk operations. A line that cannot be read or is refused does not hold up the others; its number is in its
result. (NDJSON: newline-delimited JSON, `application/x-ndjson`.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, Field, ValidationError

from regulars.core.errors import DomainError, InvalidInputError, Problem
from regulars.gateway.api import problems, strict_json

MEDIA_TYPE = "application/x-ndjson"
LINES_MAX = 5_000
LINE_BYTES_MAX = 2**18
BODY_BYTES_MAX = 16 * 2**20
_Row = TypeVar("_Row", bound=BaseModel)


class TooManyLinesError(DomainError):
    """The body has more lines than one call takes."""

    code = "bulk.too_many_lines"
    status_code = 413


class EmptyBulkError(InvalidInputError):
    """The body has no line."""

    code = "bulk.empty"


class LineResult(BaseModel):
    """What became of one line."""

    line: int = Field(examples=[1])
    status: str = Field(description="created, updated, unchanged or refused", examples=["created"])
    id: int | None = Field(default=None, description="Of the saved row.", examples=[42])
    errors: list[problems.FieldProblem] = []


@dataclass(slots=True)
class Lines(Generic[_Row]):
    """The lines of a body: those that could be read, by number, and the faults of the others."""

    total: int = 0
    rows: dict[int, _Row] = field(default_factory=dict)
    faults: dict[int, list[problems.FieldProblem]] = field(default_factory=dict)

    def refuse(self, found: list[Problem]) -> None:
        """Note the faults that a room found; their rows are our line numbers."""
        for problem in found:
            if problem.row is not None:
                self.faults.setdefault(problem.row, []).extend(problems.from_rows([problem]))

    def results(self, *, saved: dict[int, tuple[str, int | None]]) -> HttpResponse:
        """Return one result line for every line sent; `saved` tells status and id of those that were saved."""
        lines = [self._result(number, saved) for number in range(1, self.total + 1)]
        body = "".join(f"{line.model_dump_json(exclude_none=True)}\n" for line in lines)
        return HttpResponse(body, content_type=MEDIA_TYPE)

    def _result(self, number: int, saved: dict[int, tuple[str, int | None]]) -> LineResult:
        if number in self.faults:
            return LineResult(line=number, status="refused", errors=self.faults[number])
        status, id = saved[number]
        return LineResult(line=number, status=status, id=id)


def read(request: HttpRequest, shape: type[_Row]) -> Lines[_Row]:
    """Return the body's lines, each checked against `shape`."""
    strict_json.require_media_type(request, MEDIA_TYPE)
    strict_json.require_body_size(request, bytes_max=BODY_BYTES_MAX)
    lines: Lines[_Row] = Lines()
    for number, raw in enumerate(_split(request.body), start=1):
        lines.total = number
        try:
            lines.rows[number] = shape.model_validate(_object(raw))
        except ValidationError as error:
            lines.faults[number] = problems.from_pydantic(error.errors(include_url=False))
        except DomainError as error:
            lines.faults[number] = [problems.fault(error)]
        for fault in lines.faults.get(number, ()):
            fault.row = number
    if not lines.total:
        raise EmptyBulkError("Send at least one line.")
    return lines


def _split(body: bytes) -> Iterator[bytes]:
    parts = body.split(b"\n", LINES_MAX + 1)
    if parts[-1].strip() == b"":
        parts.pop()
    if len(parts) > LINES_MAX:
        raise TooManyLinesError(f"One call takes {LINES_MAX:,} lines; split the body.")
    yield from parts


def _object(raw: bytes) -> Any:
    if len(raw) > LINE_BYTES_MAX:
        raise strict_json.MalformedJsonError(f"A line may have {LINE_BYTES_MAX:,} bytes.")
    return strict_json.loads(raw)


def dumps(rows: list[dict[str, Any]]) -> bytes:
    """Return rows as an NDJSON body, for examples and tests."""
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()
