"""One measured figure, beside the limit that was measured in the same run.

For every workload of this folder and for `regulars bench`, which prints them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

_LESS_IS_BETTER = ("s", "ms", "queries", "MB")


@dataclass(frozen=True, slots=True)
class Row:
    """What is ours, what the limit is, both in `unit`."""

    name: str
    ours: float
    limit: float
    unit: str

    @property
    def ratio(self) -> float:
        """How close ours comes to the limit: 1 is at it, and higher is better for times and rates alike."""
        return self.limit / self.ours if self.unit in _LESS_IS_BETTER else self.ours / self.limit

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "ours": self.ours, "limit": self.limit, "ratio": self.ratio, "unit": self.unit}


def median_seconds(works: Callable[[], object], *, runs: int = 5) -> float:
    """Run `works` several times and return the median of the seconds it took."""
    return statistics.median(_seconds(works) for _ in range(runs))


def median_pair(ours: Callable[[], object], limit: Callable[[], object], *, runs: int = 5) -> tuple[float, float]:
    """Run both in turn, so that whatever else the machine does falls on both; return the two medians in seconds."""
    ours(), limit()  # the first run of each reads the files and warms the caches
    pairs = [(_seconds(ours), _seconds(limit)) for _ in range(runs)]
    return statistics.median(first for first, _ in pairs), statistics.median(second for _, second in pairs)


def _seconds(works: Callable[[], object]) -> float:
    started = time.perf_counter()
    works()
    return time.perf_counter() - started
