"""Refusals that several verbs of this room share."""

from __future__ import annotations

from regulars.core.errors import DomainError, InvalidInputError


class FieldError(InvalidInputError):
    """A value does not fit its field; `place["field"]` names it."""

    code = "customer.field"


class ChangedMeanwhileError(DomainError):
    """Somebody else changed the customer while the form was open."""

    code = "customer.changed_meanwhile"


class IdentifierTakenError(DomainError):
    """Another customer is known by this identifier; `place["holder"]` is that customer if the viewer may see it."""

    code = "identifier.taken"
