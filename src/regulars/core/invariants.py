"""What must always be true of the data: each room declares it in its `invariants.py`, `regulars verify` proves it.

A check is set-based: it asks the database for what offends, and returns how many rows do and the first few of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.module_loading import autodiscover_modules

EXAMPLES_MAX = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: how many rows break the rule, the first of them, and how many could not be judged."""

    broken: int = 0
    examples: tuple[str, ...] = ()
    skipped: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that must be true, under a stable name, and the check that proves it."""

    name: str
    sentence: str
    check: Callable[[], Outcome]


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, proved or broken."""

    invariant: Invariant
    outcome: Outcome
    seconds: float

    @property
    def holds(self) -> bool:
        return self.outcome.broken == 0


_invariants: dict[str, Invariant] = {}


def holds(name: str, sentence: str) -> Callable[[Callable[[], Outcome]], Callable[[], Outcome]]:
    """Declare an invariant; the decorated function looks for what breaks it."""

    def declare(check: Callable[[], Outcome]) -> Callable[[], Outcome]:
        _invariants[name] = Invariant(name, sentence, check)
        return check

    return declare


def offending(query: str, params: Mapping[str, Any] | None = None, *, skipped: str = "") -> Outcome:
    """Return what `query` finds: one text column `what` that names each offending row.

    `skipped`, if given, is a query for the number of rows that could not be judged.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH offending AS MATERIALIZED ({query})"
            f" SELECT count(*), array(SELECT what::text FROM offending LIMIT {EXAMPLES_MAX}) FROM offending",
            params,
        )
        broken, examples = cursor.fetchone()
        if skipped:
            cursor.execute(skipped, params)
        return Outcome(broken, tuple(examples), skipped=cursor.fetchone()[0] if skipped else 0)


def declared() -> list[Invariant]:
    """Return the invariants of all rooms, by name."""
    autodiscover_modules("invariants")
    return [_invariants[name] for name in sorted(_invariants)]


def prove(invariants: list[Invariant]) -> Iterator[Finding]:
    """Check one invariant after the other."""
    for invariant in invariants:
        started = time.perf_counter()
        outcome = invariant.check()
        yield Finding(invariant, outcome, time.perf_counter() - started)
