"""What every engine can do, and what it says when it cannot.

For the two engines, which keep it, and for metrics and figures, which rely on it.
"""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa

from regulars.core.errors import DomainError


class EngineUnknownError(DomainError):
    """REGULARS_ENGINE names no engine."""

    code = "engine.unknown"


class EngineMissingError(DomainError):
    """The engine's package or program is not installed."""

    code = "engine.missing"


class LakeEmptyError(DomainError):
    """The lake has not been filled yet."""

    code = "lake.empty"


class Engine(Protocol):
    """Computes Ibis expressions over the lake's current tables."""

    name: str

    def __hash__(self) -> int: ...

    def table(self, name: str) -> Any:
        """Return the lake's table as an Ibis table; LakeEmptyError before its first sync."""

    def run(self, expression: Any) -> pa.Table:
        """Compute an Ibis table expression."""

    def version(self, *names: str) -> tuple[int, ...]:
        """Return the versions of the lake's tables: whoever kept a result knows by them whether it still holds."""
