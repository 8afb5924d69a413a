"""Find and run the benchmarks of a source checkout: modules of its `bench` folder that have a `run`.

A benchmark measures ours and the limit in the same run; `ratio` says how close ours comes (1 = at it, higher is better).
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table

from regulars.core.errors import DomainError

_CHECKOUT = Path(__file__).resolve().parents[3]


class Row(Protocol):
    """One measured figure (`bench/rows.py`)."""

    name: str
    ours: float
    limit: float
    unit: str

    @property
    def ratio(self) -> float: ...
    def as_json(self) -> dict[str, object]: ...


class NoBenchmarkError(DomainError):
    """There is nothing to run."""

    code = "bench.none"


def find(name: str | None) -> list[str]:
    """Return the module of the benchmark called `name`, or of all of them; none is imported before Django is set up."""
    if not (_CHECKOUT / "bench" / "__init__.py").exists():
        raise NoBenchmarkError("The benchmarks come with the source: clone the repository and run «uv run regulars bench».")
    if str(_CHECKOUT) not in sys.path:
        sys.path.insert(0, str(_CHECKOUT))
    package = importlib.import_module("bench")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    runnable = [name for name in names if "\ndef run(" in (_CHECKOUT / "bench" / f"{name}.py").read_text()]
    if name is not None and name not in {_short(each) for each in runnable}:
        raise NoBenchmarkError(f"There is no benchmark {name}; there are {', '.join(map(_short, runnable))}.")
    return [f"bench.{each}" for each in runnable if name in {None, _short(each)}]


def run(modules: list[str], *, scale: int, say: Callable[[str], None]) -> list[Row]:
    """Run the benchmarks one after the other."""
    rows: list[Row] = []
    for module in modules:
        say(f"{_short(module)} …")
        rows += importlib.import_module(module).run(scale=scale)
    return rows


def show(rows: list[Row]) -> None:
    """Print the rows as a table."""
    table = Table("name", "ours", "limit", "ratio", "unit")
    for row in rows:
        table.add_row(row.name, f"{row.ours:,.4g}", f"{row.limit:,.4g}", f"{row.ratio:.2f}", row.unit)
    Console().print(table)


def _short(name: str) -> str:
    """Return what a benchmark is called: `bench.import_receipts` is `import`, because `import` is no name for a module."""
    return name.removeprefix("bench.").replace("import_receipts", "import")
