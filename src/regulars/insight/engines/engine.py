"""Which engine this installation uses.

For metrics and figures: `engine.chosen().table("receipt")` is the lake's table as an Ibis expression, `run` computes.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings

from regulars.insight.engines.contract import Engine, EngineMissingError, EngineUnknownError, LakeEmptyError
from regulars.insight.lake.storage import Lake, chosen_lake

__all__ = ["Engine", "EngineMissingError", "EngineUnknownError", "LakeEmptyError", "chosen"]


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
