"""The short way to PostgreSQL for messages of tills: plain cursors whose statements stay prepared on their connection.

For the services of this room. Inside Django's transaction and on its connection; only what the ORM would add is left out
(decision 0013). A message that lost a race of locks is tried again as a whole (G8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError, connection, transaction
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


def cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """Return a cursor of the current transaction that binds on the server and prepares what it runs."""
    connection.ensure_connection()
    link: Any = connection.connection
    if link.prepare_threshold is None:
        link.prepare_threshold = 1
    return psycopg.Cursor(link)


def together(*asked: tuple[str, Mapping[str, Any]]) -> list[list[tuple[Any, ...]]]:
    """Send several reads at once and return the rows of each: one wait instead of one for each."""
    link = cursor().connection
    with link.pipeline():
        cursors = [psycopg.Cursor(link).execute(statement, values) for statement, values in asked]
    return [found.fetchall() for found in cursors]


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
