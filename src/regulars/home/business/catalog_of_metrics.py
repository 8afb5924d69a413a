"""The metric catalog: every metric of the registry with its meaning, its present figure and, opened, its SQL (F122)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.home.business import asking, figures
from regulars.home.business.choices import Choice
from regulars.insight.engines import engine as engines
from regulars.insight.metrics.registry import METRICS, Better, Metric, Unit
from regulars.insight.metrics.report import expression

UNITS: dict[Unit, str | Promise] = {
    Unit.MONEY: _("Money"), Unit.COUNT: _("Number"), Unit.SHARE: _("Share"), Unit.DAYS: _("Days"),
}  # fmt: skip
DIRECTIONS: dict[Better, str | Promise] = {
    Better.UP: _("more is better"), Better.DOWN: _("less is better"), Better.NEITHER: _("neither good nor bad"),
}  # fmt: skip
_GROUPS: tuple[tuple[Promise, tuple[Unit, ...]], ...] = (
    (_("Money"), (Unit.MONEY,)),
    (_("Numbers"), (Unit.COUNT,)),
    (_("Shares"), (Unit.SHARE,)),
    (_("Days"), (Unit.DAYS,)),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric as the catalog shows it."""

    metric: Metric
    unit: str | Promise
    direction: str | Promise
    figure: str
    href: str
    sql: str


def entries(choice: Choice, *, opened: str) -> Sequence[tuple[Promise, Sequence[Entry]]]:
    """Return the metrics in groups; the one that is `opened` brings its SQL along."""
    now = asking.compared(tuple(METRICS), choice=choice).now if choice.covered else {}
    return [
        (
            label,
            [
                _entry(metric, choice, now=now.get(metric.key), opened=opened)
                for metric in METRICS.values()
                if metric.unit in units
            ],
        )
        for label, units in _GROUPS
    ]


def _entry(metric: Metric, choice: Choice, *, now: figures.Value, opened: str) -> Entry:
    return Entry(
        metric=metric,
        unit=UNITS[metric.unit],
        direction=DIRECTIONS[metric.better],
        figure=figures.show(metric, now, currency=choice.currency),
        href=choice.link("/insight/", metric=metric.key),
        sql=_sql(metric, choice) if metric.key == opened and choice.covered else "",
    )


def _sql(metric: Metric, choice: Choice) -> str:
    engine = engines.chosen()
    question = expression((metric.key,), engine, choice.slice, choice.scope)
    return str(ibis.to_sql(question, dialect="duckdb", pretty=True))
