"""Several metrics over one slice, broken down as asked, in one question to the engine.

For pages, the API and exports. Each grain is added up once; the parts are stacked and folded, so that a group which one part
lacks is not lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import Any

import ibis
import pyarrow as pa

from regulars.core.errors import InvalidInputError
from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics import measures as measuring
from regulars.insight.metrics import rows as selling
from regulars.insight.metrics import suppression
from regulars.insight.metrics.measures import MEASURES, Grain
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.registry import get_metric
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope

# No shop had a till that told us of sales before this day.
_BEGINNING = date(1970, 1, 1)


def report(
    metrics: Sequence[str],
    *,
    chosen: Slice,
    scope: Scope,
    by: Sequence[str] = (),
    engine: Engine | None = None,
) -> pa.Table:
    """Compute metrics over a slice; one row per group of `by` (`day week month weekday hour store region channel
    member category product brand`), sorted by it, with one column per metric. Money is in minor units, shares are 0 to 1.

    For a masked role a group of fewer than five customers shows nothing and says so in the column `suppressed` (G33).
    """
    engine = engine or engines.chosen()
    table = engine.run(expression(tuple(metrics), engine, chosen, scope, tuple(by)))
    return suppression.suppress(table, keep=list(by)) if scope.masked else table


# Building a question takes longer than many answers, and pages ask the same ones again; run() sees to the lake's versions.
@lru_cache(maxsize=500)
def expression(keys: tuple[str, ...], engine: Engine, chosen: Slice, scope: Scope, by: tuple[str, ...] = ()) -> Any:
    """Return the question that `report` asks, as an Ibis expression."""
    metrics = [get_metric(key) for key in keys]
    unknown = sorted(set(by) - set(selling.KEYS))
    if unknown:
        raise InvalidInputError(f"A report cannot be broken down by {', '.join(unknown)}.", field="by")
    names = list(dict.fromkeys(name for metric in metrics for name in metric.measures))
    if scope.masked:
        names = list(dict.fromkeys([*names, suppression.SIZE]))
    question = _Question(engine, chosen, scope, by)
    folded = question.folded(names)
    columns = {metric.key: metric.combine(folded) for metric in metrics}
    if scope.masked:
        columns[suppression.SIZE_COLUMN] = folded[suppression.SIZE]
    result = folded.select(*by, **columns)
    return result.order_by([ibis.asc(key, nulls_first=True) for key in by]) if by else result


@dataclass(frozen=True, slots=True)
class _Question:
    """The parts of one report, each added up at its own grain."""

    engine: Engine
    chosen: Slice
    scope: Scope
    by: tuple[str, ...]

    def folded(self, names: Sequence[str]) -> Any:
        """Return one row per group with all the measures; a group that a part does not know has 0 there."""
        parts = [self._part(grain, group) for grain, group in self._by_grain(names)]
        if len(parts) == 1:
            return parts[0]
        filled = [self._filled(part, names) for part in parts]
        stacked = reduce(lambda left, right: left.union(right), filled)
        return _aggregated(stacked, self.by, {name: stacked[name].sum() for name in names})

    def _by_grain(self, names: Iterable[str]) -> list[tuple[Grain, list[str]]]:
        """Group the measures by grain. Amounts join a part that is there anyway; about goods, receipts are told by lines."""
        groups: dict[Grain, list[str]] = {}
        for name in names:
            groups.setdefault(MEASURES[name].grain, []).append(name)
        host = Grain.LINE if self._reads_lines else Grain.RECEIPT
        for grain in (Grain.AMOUNT, Grain.RECEIPT):
            if moved := groups.pop(grain, None):
                groups.setdefault(host, []).extend(moved)
        return list(groups.items())

    @property
    def _reads_lines(self) -> bool:
        return selling.asks_for_goods(self.chosen, self.by)

    def _part(self, grain: Grain, names: Sequence[str]) -> Any:
        rows = self._known() if grain is Grain.KNOWN else self._rows(grain)
        if not measuring.OF_CUSTOMERS.isdisjoint(names):
            rows = selling.resolved(self.engine, rows, with_anonymous=True)

        def build(name: str) -> Any:
            measure = MEASURES[name]
            return ((grain is Grain.LINE and measure.build_on_lines) or measure.build)(rows).coalesce(0)

        return _aggregated(rows, self.by, {name: build(name) for name in names})

    def _rows(self, grain: Grain) -> Any:
        if grain is Grain.LINE:
            return selling.line_rows(self.engine, self.chosen, self.scope, self.by)
        receipts = selling.receipt_rows(self.engine, self.chosen, self.scope, self.by)
        match grain:
            case Grain.VISIT:
                everybody = selling.resolved(self.engine, receipts, with_anonymous=True)
                return measuring.visits(everybody, self.by)
            case Grain.CUSTOMER:
                per_customer = measuring.customers(selling.resolved(self.engine, receipts), self.by)
                return per_customer.mutate(ends_on=self._last_day(per_customer))
            case Grain.NEWCOMER:
                history = Slice(Period(_BEGINNING, self.chosen.period.last))
                before = selling.resolved(self.engine, selling.receipt_rows(self.engine, history, self.scope))
                return measuring.newcomers(selling.resolved(self.engine, receipts), before)
            case _:
                return receipts

    def _known(self) -> Any:
        """Return, for each group, how many of its customers had bought by the end of the group's time."""
        places = [key for key in self.by if key not in selling.TIME_KEYS]
        since = self.chosen.during(Period(_BEGINNING, self.chosen.period.last))
        sales = selling.resolved(self.engine, selling.receipt_rows(self.engine, since, self.scope, places))
        sales = sales.filter(sales.kind == "sale")
        firsts = sales.group_by([*places, "customer_id"]).aggregate(first_day=sales.business_date.min())
        arrived = firsts.group_by([*places, "first_day"]).aggregate(customers=firsts.count())
        if len(places) == len(self.by):
            return arrived
        groups = selling.receipt_rows(self.engine, self.chosen, self.scope, self.by).select(*self.by).distinct()
        ends = groups.mutate(ends_on=self._last_day(groups))
        arrived = arrived.rename({f"{key}_there": key for key in places})
        same = [ends[key].identical_to(arrived[f"{key}_there"]) for key in places]
        return ends.inner_join(arrived, [*same, arrived.first_day <= ends.ends_on])

    def _last_day(self, rows: Any) -> Any:
        """Return the last business date of each row's group, never beyond the slice's own."""
        last = ibis.literal(self.chosen.period.last)
        ends = [_ENDS[key](rows[key]).cast("date") for key in self.by if key in selling.TIME_KEYS]
        return ibis.least(last, *ends) if ends else last

    def _filled(self, part: Any, names: Sequence[str]) -> Any:
        have = set(part.columns)
        return part.select(
            *self.by, **{name: (part[name] if name in have else ibis.literal(0)).cast("int64") for name in names}
        )


def _aggregated(rows: Any, by: Sequence[str], columns: dict[str, Any]) -> Any:
    return rows.group_by(list(by)).aggregate(**columns) if by else rows.aggregate(**columns)


_ENDS: dict[str, Callable[[Any], Any]] = {
    "day": lambda start: start,
    "week": lambda start: start + ibis.interval(days=6),
    "month": lambda start: start + ibis.interval(months=1) - ibis.interval(days=1),
}
