"""The one base of expected refusals, for services to raise and for the page and API handlers to show.

A subclass sits beside the service that raises it. What is not a `DomainError` is a bug: it crashes and is logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _


class DomainError(Exception):
    """An expected refusal: a stable code, a sentence that says how to mend it, and the HTTP status it maps to."""

    code: ClassVar[str] = "domain.refused"
    status_code: ClassVar[int] = 409

    def __init__(self, message: str, **place: Any) -> None:
        super().__init__(message)
        self.message = message
        self.place = place  # where: row, column, field …


class NotFoundError(DomainError):
    """The object is missing, or is not this person's to see: both look the same from outside."""

    code = "not_found"
    status_code = 404

    def __init__(self, message: str = "", **place: Any) -> None:
        super().__init__(message or _("Not found."), **place)


class ForbiddenError(DomainError):
    """The role does not allow this function at all."""

    code = "forbidden"
    status_code = 403

    def __init__(self, message: str = "", **place: Any) -> None:
        super().__init__(message or _("Your role does not allow this."), **place)


class InvalidInputError(DomainError):
    """The input cannot be used as it is; `place` names the field."""

    code = "invalid"
    status_code = 422


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a piece of bulk input: `row` is 1-based in the user's file or list, `column` as the user named it."""

    row: int | None
    column: str | None
    code: str
    message: str
