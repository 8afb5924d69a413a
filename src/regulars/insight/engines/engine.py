"""What every engine can do, and which one this installation uses.

For metrics and figures: `engine.chosen().table("receipt")` is the lake's table as an Ibis expression, `run` computes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

import pyarrow as pa
from django.conf import settings

from regulars.core.errors import DomainError
from regulars.insight.lake.storage import Lake, chosen_lake


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

    def table(self, name: str) -> Any:
        """Return the lake's table as an Ibis table; LakeEmptyError before its first sync."""

    def run(self, expression: Any) -> pa.Table:
        """Compute an Ibis table expression."""

    def version(self, *names: str) -> tuple[int, ...]:
        """Return the versions of the lake's tables: whoever kept a result knows by them whether it still holds."""


def chosen() -> Engine:
    """Return the engine of this installation, made once per process."""
    return _engine(str(settings.ENGINE), chosen_lake())


def _engine(name: str, lake: Lake) -> Engine:
    return _made(name, lake.url, tuple(sorted(lake.options.items())))


@cache
def _made(name: str, url: str, options: tuple[tuple[str, str], ...]) -> Engine:
    lake = Lake(url, dict(options))
    if name == "duckdb":
        from regulars.insight.engines.duckdb_engine import DuckDbEngine

        return DuckDbEngine(lake, memory=settings.DUCKDB_MEMORY, threads=settings.DUCKDB_THREADS)
    if name == "spark" or name.startswith(("spark://", "local", "sc://", "yarn", "k8s://")):
        from regulars.insight.engines.spark_engine import SparkEngine

        return SparkEngine(lake, master="local[*]" if name == "spark" else name)
    raise EngineUnknownError(f"REGULARS_ENGINE is {name!r}; write duckdb, spark or spark://host:port.")
