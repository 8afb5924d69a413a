"""What a goal asked, what was counted, and whether that is what it must be.

For `__main__`, which prints it with the seconds it took and the invariants that were proved afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.goals.shop import Shop
from conformance.installation import Installation


@dataclass(slots=True)
class Result:
    """The outcome of one goal."""

    asked: dict[str, Any]
    counted: dict[str, Any] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def expect(self, name: str, found: Any, wanted: Any) -> None:
        """Note a figure that must be exactly this."""
        self.counted[name] = found
        if found != wanted:
            self.misses.append(f"{name} is {found}, not {wanted}")

    def at_most(self, name: str, found: float, most: float) -> None:
        """Note a figure that may not be larger."""
        self.counted[name] = round(found, 2)
        if found > most:
            self.misses.append(f"{name} is {found:.2f}, more than {most}")


@dataclass(frozen=True, slots=True)
class Run:
    """Where the goals are run, and whether at full count."""

    shop: Shop
    installation: Installation
    small: bool = False

    def pick(self, full: int, small: int) -> int:
        """Return the count of this run."""
        return small if self.small else full


Goal = Callable[[Run], Result]
