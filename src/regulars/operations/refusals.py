"""The refusal that both halves of a restore raise: the one without a database and the one with it."""

from __future__ import annotations

from regulars.core.errors import DomainError


class RestoreRefusedError(DomainError):
    """The backup does not fit here."""

    code = "restore.refused"
