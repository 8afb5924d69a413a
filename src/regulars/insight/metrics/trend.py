"""Net sales week by week beside the same weeks of the year before, for the dashboard's chart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics.comparison import covered
from regulars.insight.metrics.periods import YEAR_DAYS
from regulars.insight.metrics.report import report
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope


def weekly_sales(*, chosen: Slice, scope: Scope, engine: Engine | None = None) -> pa.Table:
    """Return `week` (its Monday), `net_sales`, `year_before` (52 weeks earlier, null before sales were on record) and
    `is_whole`, false for a week that the period cuts."""
    engine = engine or engines.chosen()
    span = covered(scope=scope, engine=engine)
    now = _by_week(chosen, scope, engine)
    then = _by_week(chosen.during(chosen.period.year_before()), scope, engine) if span else {}
    weeks = sorted({*now, *(week + timedelta(days=YEAR_DAYS) for week in then)})
    rows: list[dict[str, Any]] = [
        {
            "week": week,
            "net_sales": now.get(week, 0),
            "year_before": then.get(week - timedelta(days=YEAR_DAYS)),
            "is_whole": chosen.period.first <= week and week + timedelta(days=6) <= chosen.period.last,
        }
        for week in weeks
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_SCHEMA = pa.schema([("week", pa.date32()), ("net_sales", pa.int64()), ("year_before", pa.int64()), ("is_whole", pa.bool_())])


def _by_week(chosen: Slice, scope: Scope, engine: Engine) -> dict[date, int | None]:
    table = report(["net_sales"], chosen=chosen, scope=scope, by=["week"], engine=engine)
    return dict(zip(table["week"].to_pylist(), table["net_sales"].to_pylist(), strict=True))
