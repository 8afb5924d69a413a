"""What a set-based save did: counts, refusals by row, and the changes that an undo would take back.

For the services that write many rows at once and for the files and REST rooms that report it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from regulars.core.errors import Problem


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a changeable table: what it held before (None: it was created) and after."""

    object_id: int
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(slots=True)
class SaveOutcome:
    """The sum of one set-based save; outcomes of several chunks add up with `+=`."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def __iadd__(self, other: SaveOutcome) -> SaveOutcome:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.problems += other.problems
        self.changes += other.changes
        return self
