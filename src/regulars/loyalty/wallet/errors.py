"""What the ledger refuses, for its services to raise and for tills, pages and the API to show."""

from __future__ import annotations

from regulars.core.errors import DomainError, InvalidInputError


class InsufficientBalanceError(DomainError):
    """There is not enough that can be spent now."""

    code = "insufficient_funds"


class KeyReusedError(DomainError):
    """The key was used before for something else."""

    code = "idempotency.conflict"
    status_code = 422


class AccountFrozenError(DomainError):
    """The account is frozen: it can receive, and nothing can be spent from it."""

    code = "account.frozen"


class HoldEndedError(DomainError):
    """The hold is unknown, used, released, or its time is over."""

    code = "hold.ended"


class GiveBackTooMuchError(DomainError):
    """More would come back than was taken."""

    code = "give_back.exceeds"


class UnknownUnitError(InvalidInputError):
    """No unit has this code."""

    code = "unit.unknown"


class UnitMismatchError(InvalidInputError):
    """A unit's kind and currency never change."""

    code = "unit.mismatch"


class LedgerAmountError(InvalidInputError):
    """An amount of the ledger is a whole number above zero (T-6)."""

    code = "amount.sign"


class MergeWithItselfError(InvalidInputError):
    """An owner cannot be merged into itself."""

    code = "merge.itself"


class AdjustmentReasonError(InvalidInputError):
    """An adjustment needs a reason that a reviewer understands."""

    code = "adjustment.reason"
