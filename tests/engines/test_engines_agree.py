"""Spark gives the same answers as DuckDB, for every metric, breakdown and figure of a customer."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from regulars.insight.customers import figures, lifecycle
from regulars.insight.customers.purchases import Purchases
from regulars.insight.engines.contract import Engine
from regulars.insight.metrics import movers, report, retention
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.registry import METRICS
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope
from tests.engines.small_shop import LAST

pytestmark = [
    pytest.mark.spark,
    pytest.mark.xdist_group("engines"),
    # pyspark warns about the version of pandas, which only its conversions use.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
SPRING = Slice(Period(date(2026, 1, 15), date(2026, 5, 20)))
EVERYTHING = Scope(stores=None)


def same(left: pa.Table, right: pa.Table, *, key: list[str]) -> None:
    """Assert that two tables hold the same rows; the order counts only through `key`."""
    assert left.column_names == right.column_names
    ours, theirs = (sorted(table.to_pylist(), key=lambda row: str([row[name] for name in key])) for table in (left, right))
    assert len(ours) == len(theirs) > 0
    for mine, yours in zip(ours, theirs, strict=True):
        for name, value in mine.items():
            assert alike(value, yours[name]), f"{name}: {mine} ≠ {yours}"


def alike(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float | int):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return bool(left == right)


@pytest.mark.parametrize("by", [[], ["week", "category"], ["region", "channel", "member"]])
def test_all_metrics_agree(small: Engine, small_on_spark: Engine, by: list[str]) -> None:
    answers = [
        report.report(list(METRICS), chosen=SPRING, scope=EVERYTHING, by=by, engine=engine)
        for engine in (small, small_on_spark)
    ]
    same(*answers, key=by)


def test_a_choice_of_places_and_goods_agrees(small: Engine, small_on_spark: Engine) -> None:
    chosen = Slice(SPRING.period, region_id=1, category="FOOD", channel="store", member=True)
    scope = Scope(stores=frozenset({1, 3}), masked=True)
    asked = ["net_sales", "units", "repurchase_rate", "activity_rate"]
    answers = [
        report.report(asked, chosen=chosen, scope=scope, by=["category"], engine=engine) for engine in (small, small_on_spark)
    ]
    same(*answers, key=["category"])


def test_the_figures_of_all_customers_agree(small: Engine, small_on_spark: Engine) -> None:
    answers = [engine.run(figures.expression(Purchases(engine, LAST))) for engine in (small, small_on_spark)]
    same(*answers, key=["customer_id"])


def test_retention_movers_and_flow_agree(small: Engine, small_on_spark: Engine) -> None:
    tables = []
    for engine in (small, small_on_spark):
        moved = movers.movers("product", chosen=SPRING, scope=EVERYTHING, engine=engine)
        tables.append(
            (
                retention.retention(chosen=SPRING, scope=EVERYTHING, engine=engine),
                moved.up,
                moved.down,
                lifecycle.lifecycle_flow(SPRING.period, scope=EVERYTHING, engine=engine),
            )
        )
    keys = [["cohort", "month"], ["key"], ["key"], ["before", "after"]]
    for key, mine, yours in zip(keys, *tables, strict=True):
        same(mine, yours, key=key)
