"""Top movers: the products, categories, brands or stores whose net sales rose or fell most against another period.

For the dashboard and its drill-downs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import ibis
import pyarrow as pa

from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics import rows as selling
from regulars.insight.metrics import suppression
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope

Dimension = Literal["product", "category", "brand", "store", "region"]


@dataclass(frozen=True, slots=True)
class Movers:
    """The largest gains and losses of net sales, each a table with `key`, `net_amount`, `before_amount`, `change_amount`."""

    period: Period
    before_period: Period
    up: pa.Table
    down: pa.Table


def movers(
    dimension: Dimension,
    *,
    chosen: Slice,
    scope: Scope,
    before: Period | None = None,
    limit: int = 5,
    engine: Engine | None = None,
) -> Movers:
    """Find what moved most between `before` (by default the period of the same length before) and the slice's period.

    For a masked role only what five customers or more bought, then or now, can appear (G33).
    """
    engine = engine or engines.chosen()
    before = before or chosen.period.before()
    moved = expression(dimension, engine=engine, chosen=chosen, scope=scope, before=before)
    change = moved.change_amount
    up = moved.filter(change > 0).order_by([ibis.desc("change_amount"), "key"]).limit(limit)
    down = moved.filter(change < 0).order_by([ibis.asc("change_amount"), "key"]).limit(limit)
    return Movers(chosen.period, before, engine.run(up), engine.run(down))


def expression(dimension: Dimension, *, engine: Engine, chosen: Slice, scope: Scope, before: Period) -> Any:
    """Return one row per product, category, brand or store with its net sales now and before."""
    now_rows = _amounts(dimension, engine, chosen, scope, is_now=True)
    then_rows = _amounts(dimension, engine, chosen.during(before), scope, is_now=False)
    both = now_rows.union(then_rows)
    moved = both.group_by("key").aggregate(
        net_amount=both.now.sum(),
        before_amount=both.then.sum(),
        change_amount=both.now.sum() - both.then.sum(),
        **({"customers": both.customer_id.nunique()} if scope.masked else {}),
    )
    if scope.masked:
        moved = moved.filter(moved.customers >= suppression.GROUP_MIN).drop("customers")
    return moved.filter(moved.key.notnull())


def _amounts(dimension: Dimension, engine: Engine, chosen: Slice, scope: Scope, *, is_now: bool) -> Any:
    goods = selling.asks_for_goods(chosen, [dimension])
    make = selling.line_rows if goods else selling.receipt_rows
    rows = make(engine, chosen, scope, [dimension])
    nothing = ibis.literal(0).cast("int64")
    return rows.select(
        "customer_id",
        key=rows[dimension],
        now=rows.net_amount if is_now else nothing,
        then=nothing if is_now else rows.net_amount,
    )
