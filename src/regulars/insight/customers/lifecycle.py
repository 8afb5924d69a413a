"""How customers moved between lifecycle stages from the start of a period to its end.

For the dashboard's flow. Who bought for the first time within the period comes from `none`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.insight.customers import rhythm
from regulars.insight.customers.purchases import Purchases
from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.suppression import GROUP_MIN
from regulars.organization.access import Scope


def lifecycle_flow(period: Period, *, scope: Scope, engine: Engine | None = None) -> pa.Table:
    """Count customers by `before`, their stage on the day before the period, and `after`, their stage on its last day.

    For a masked role flows of fewer than five customers are left out (G33).
    """
    engine = engine or engines.chosen()
    table = engine.run(expression(period, engine=engine, scope=scope))
    return table.filter(pc.greater_equal(table["customers"], GROUP_MIN)) if scope.masked else table


def expression(period: Period, *, engine: Engine, scope: Scope) -> Any:
    """Return the question as an Ibis expression."""
    start = rhythm.staged(Purchases(engine, period.first - timedelta(days=1), scope)).select("customer_id", before="stage")
    end = rhythm.staged(Purchases(engine, period.last, scope)).select("customer_id", after="stage")
    joined = end.left_join(start, "customer_id")
    flows = joined.select(before=joined.before.coalesce("none"), after=joined.after)
    return flows.group_by(["before", "after"]).aggregate(customers=flows.count()).order_by(["before", "after"])
