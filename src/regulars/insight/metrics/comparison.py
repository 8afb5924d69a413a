"""A slice's figures beside those of the period before and of the year before.

For tiles and tables that say whether things got better. The dates compared with are part of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.report import report
from regulars.insight.metrics.slices import Slice, visible
from regulars.organization.access import Scope

Figures = dict[str, float | int | None]

# A shop that is closed on New Year's Day still has a whole January.
OPENING_GRACE = timedelta(days=3)


def covered(*, scope: Scope, engine: Engine | None = None) -> Period | None:
    """Return the business dates for which the asker can see sales, or None where there are none."""
    engine = engine or engines.chosen()
    rows = visible(engine.table("receipt"), scope)
    (row,) = engine.run(rows.aggregate(first=rows.business_date.min(), last=rows.business_date.max())).to_pylist()
    return None if row["first"] is None else Period(row["first"], row["last"])


@dataclass(frozen=True, slots=True)
class Comparison:
    """A slice's figures beside those of the period before and of the year before; None where there are no sales to compare."""

    period: Period
    now: Figures
    before_period: Period
    before: Figures | None
    year_before_period: Period
    year_before: Figures | None

    def change(self, key: str, *, against: Literal["before", "year_before"] = "before") -> float | None:
        """Return the relative change of a metric, such as 0.08 for 8 % more."""
        other = self.before if against == "before" else self.year_before
        now, then = self.now.get(key), other.get(key) if other else None
        return None if now is None or not then else float(now) / float(then) - 1


def compare(metrics: Sequence[str], *, chosen: Slice, scope: Scope, engine: Engine | None = None) -> Comparison:
    """Compute metrics over a slice, over the same number of days before, and over the same weekdays 52 weeks before.

    A period that begins before the first sale on record is not compared with: half a period would look like growth.
    """
    engine = engine or engines.chosen()
    span = covered(scope=scope, engine=engine)

    def figures(period: Period) -> Figures | None:
        if span is None or period.first < span.first - OPENING_GRACE:
            return None
        (row,) = report(metrics, chosen=chosen.during(period), scope=scope, engine=engine).to_pylist()
        return dict(row)

    period = chosen.period
    (now,) = report(metrics, chosen=chosen, scope=scope, engine=engine).to_pylist()
    before, year_before = period.before(), period.year_before()
    return Comparison(period, dict(now), before, figures(before), year_before, figures(year_before))
