"""The transaction of a message of a till: tried again as a whole if it lost a race of locks, never waiting long (G8).

For the services of this room; its statements are prepared (`core.prepared`, decision 0013).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import DatabaseError, transaction
from psycopg import errors

from regulars.core.errors import DomainError
from regulars.loyalty.cards import services as cards

_T = TypeVar("_T")
_ATTEMPTS = 4
_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)


class BusyError(DomainError):
    """Somebody else holds what this message needs for longer than a till can wait."""

    code = "busy"
    status_code = 503


def in_transaction(work: Callable[[], _T]) -> _T:
    """Run `work` in one transaction; again if PostgreSQL ended it in favor of another one."""
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return work()
        except cards.CodeUnknownError as guess:
            cards.remember_failure(guess)  # the refusal took its count back with it
            raise
        except (DatabaseError, psycopg.Error) as error:
            cause = error.__cause__ if isinstance(error, DatabaseError) else error
            if isinstance(cause, errors.LockNotAvailable):
                break
            if not isinstance(cause, _AGAIN) or transaction.get_connection().in_atomic_block:
                raise
            if attempt + 1 == _ATTEMPTS:
                break
    raise BusyError("Another message holds the same account; send this one again.", retry_after_seconds=1)
