"""Retention by cohort: of the customers who first bought in a month, how many bought again so many months later (F65).

For the dashboard's heat map. A customer is retained in a month if a purchase day, a business date with a positive net after
returns, falls into it.
"""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics import rows as selling
from regulars.insight.metrics.slices import Slice
from regulars.insight.metrics.suppression import GROUP_MIN
from regulars.organization.access import Scope


def retention(*, chosen: Slice, scope: Scope, engine: Engine | None = None) -> pa.Table:
    """Compute the retention triangle of the slice: `cohort` (first day of the month of the first purchase), `month` (0 = the
    same), `customers` who bought then, `size` of the cohort and `share`.

    For a masked role cohorts of fewer than five customers are left out (G33).
    """
    engine = engine or engines.chosen()
    table = engine.run(expression(engine, chosen, scope))
    if scope.masked:
        table = table.filter(pc.greater_equal(table["size"], GROUP_MIN))
    return table


def expression(engine: Engine, chosen: Slice, scope: Scope) -> Any:
    """Return the question as an Ibis expression."""
    sales = selling.resolved(engine, selling.receipt_rows(engine, chosen, scope))
    daily = sales.group_by(["customer_id", "business_date"]).aggregate(net=sales.net_amount.sum())
    bought = daily.filter(daily.net > 0)
    month = bought.business_date.year() * 12 + bought.business_date.month() - 1
    months = bought.select("customer_id", month=month.cast("int64")).distinct()
    firsts = months.group_by("customer_id").aggregate(first=months.month.min())
    cells = months.inner_join(firsts, "customer_id")
    counted = cells.group_by(cohort_month=cells["first"], later=cells.month - cells["first"]).aggregate(customers=cells.count())
    sizes = firsts.group_by(size_month=firsts["first"]).aggregate(size=firsts.count())
    joined = counted.inner_join(sizes, counted.cohort_month == sizes.size_month)
    return joined.select(
        cohort=_first_day(joined.cohort_month),
        month=joined.later,
        customers=joined.customers,
        size=joined["size"],
        share=joined.customers / joined["size"],
    ).order_by(["cohort", "month"])


def _first_day(month: Any) -> Any:
    """Return the first day of a month that is counted from year 0."""
    return ibis.date((month // 12).cast("int32"), (month % 12 + 1).cast("int32"), 1)
