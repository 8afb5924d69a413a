"""The questions that pages ask of the registry, each kept while the lake stays as it is.

For the other modules of this folder: what `insight` computes, over a choice. Nothing is worked out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.home.business import kept
from regulars.home.business.choices import Choice
from regulars.insight.metrics import comparison
from regulars.insight.metrics.comparison import Comparison
from regulars.insight.metrics.report import report
from regulars.insight.metrics.slices import Slice

Row = dict[str, Any]


def rows(metrics: Sequence[str], *, choice: Choice, chosen: Slice | None = None, by: Sequence[str] = ()) -> list[Row]:
    """Return a report's rows; `chosen` takes the place of the choice's own slice."""
    slice_ = chosen or choice.slice
    question = ("report", tuple(metrics), slice_, choice.scope, tuple(by))
    return kept.once(question, lambda: list(report(metrics, chosen=slice_, scope=choice.scope, by=by).to_pylist()))


def compared(metrics: Sequence[str], *, choice: Choice, chosen: Slice | None = None) -> Comparison:
    """Return metrics beside those of the period before and of the year before."""
    slice_ = chosen or choice.slice
    question = ("compare", tuple(metrics), slice_, choice.scope)
    return kept.once(question, lambda: comparison.compare(metrics, chosen=slice_, scope=choice.scope))


def then(found: Comparison, choice: Choice, key: str) -> float | int | None:
    """Return the figure of the period that the choice compares with; nothing where there is none."""
    other = found.before if choice.against == "before" else found.year_before
    return other.get(key) if other else None


def with_change(metrics: Sequence[str], *, choice: Choice, chosen: Slice | None = None, by: str) -> list[Row]:
    """Return a report's rows, each with the same figures of the period compared with under `<metric>_before`.

    Where that period begins before the first sale on record there is nothing to compare with.
    """
    slice_ = chosen or choice.slice
    now = rows(metrics, choice=choice, chosen=slice_, by=[by])
    if choice.covered is None or choice.compared.first < choice.covered.first - comparison.OPENING_GRACE:
        return [{**row, **{f"{key}_before": None for key in metrics}} for row in now]
    earlier = {row[by]: row for row in rows(metrics, choice=choice, chosen=slice_.during(choice.compared), by=[by])}
    return [{**row, **{f"{key}_before": earlier.get(row[by], {}).get(key) for key in metrics}} for row in now]
