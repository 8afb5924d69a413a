"""A basket half-way through the offers: what is still to be paid on each line, and which pieces are used up.

For `effects` and `sets`, which change it, and for the search, which copies it. Lines are numbered from 0 here.
"""

from __future__ import annotations

from collections.abc import Sequence

Offs = list[tuple[int, int]]  # line, what comes off it


class State:
    """Amounts in minor units; `best` is what the best offer on single pieces saves, settled at the end of its phase."""

    __slots__ = ("best", "by", "rest", "start", "units", "used")

    def __init__(self, rest: list[int], units: Sequence[int]) -> None:
        self.rest = rest
        self.units = units
        self.start = tuple(rest)  # when the phase began
        self.used = [0] * len(rest)
        self.best = [0] * len(rest)
        self.by = [-1] * len(rest)

    def copy(self) -> State:
        """Return a state that can go its own way."""
        twin = State.__new__(State)
        twin.rest, twin.units, twin.start = self.rest[:], self.units, self.start
        twin.used, twin.best, twin.by = self.used[:], self.best[:], self.by[:]
        return twin

    def next_phase(self) -> State:
        """Return the state at the start of the next phase: the best offers on pieces are taken off, all pieces are free."""
        return State([rest - best for rest, best in zip(self.rest, self.best, strict=True)], self.units)

    def take_off(self, offs: Offs) -> None:
        """Take amounts off lines."""
        for line, amount in offs:
            self.rest[line] -= amount

    def free(self, line: int) -> int:
        """Return how many pieces of `line` no set of this phase has used."""
        return self.units[line] - self.used[line]

    def value(self, line: int, count: int) -> int:
        """Return what the next `count` free pieces of `line` cost; all pieces together cost what the line costs."""
        start, units, used = self.start[line], self.units[line], self.used[line]
        return start * (used + count) // units - start * used // units
