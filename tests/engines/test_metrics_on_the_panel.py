"""Each metric beside SQL that somebody wrote by hand, on the real panel: in a month, by month, in a store, in a category."""

from __future__ import annotations

import math
from datetime import date

import duckdb
import pytest

from regulars.insight.engines.contract import Engine
from regulars.insight.metrics import comparison, movers, report, retention, trend
from regulars.insight.metrics.periods import Period, month_of
from regulars.insight.metrics.registry import METRICS
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope
from tests.engines.conftest import PANEL_YEAR

pytestmark = pytest.mark.xdist_group("engines")
EVERYTHING = Scope(stores=None)
NOVEMBER = Period(date(2017, 11, 1), date(2017, 11, 30))

_IN = "FROM receipt WHERE business_date BETWEEN $first AND $last"
_LINES = "FROM receipt_line WHERE business_date BETWEEN $first AND $last"
_DAYS = f"""(SELECT customer_id, business_date AS d {_IN} GROUP BY ALL HAVING sum(net_amount) > 0)"""
_PER = f"(SELECT customer_id, count(*) AS n, min(d) AS a, max(d) AS z FROM {_DAYS} GROUP BY customer_id)"
_FIRSTS = "(SELECT customer_id, min(business_date) AS first_day FROM receipt GROUP BY customer_id)"
BY_HAND = {
    "net_sales": f"SELECT sum(net_amount) {_LINES}",
    "gross_sales": f"SELECT sum(gross_amount) {_LINES}",
    "discounts": f"SELECT sum(discount_amount) {_LINES}",
    "discount_rate": f"SELECT sum(discount_amount) / sum(gross_amount) {_LINES}",
    **{
        f"discount_{kind}": f"SELECT sum({kind}_amount) {_LINES}"
        for kind in ("loyalty_price", "promotion", "coupon", "coupon_match", "points", "employee", "manual")
    },
    "receipts": f"SELECT count(DISTINCT receipt_id) {_LINES}",
    "units": """SELECT sum(quantity_milli) / 1000 FROM receipt_line JOIN product USING (product_id)
                WHERE business_date BETWEEN $first AND $last AND level1 NOT IN ('FUEL', 'MISCELLANEOUS')""",
    "average_basket": f"SELECT sum(net_amount) / count(DISTINCT receipt_id) {_LINES}",
    "visits": f"SELECT count(DISTINCT (customer_id, store_id, business_date)) {_IN}",
    "customers": f"SELECT count(DISTINCT customer_id) {_IN}",
    "new_customers": f"SELECT count(*) FROM {_FIRSTS} WHERE first_day BETWEEN $first AND $last",
    "active_members": f"SELECT count(*) FROM {_PER}",
    "activity_rate": f"SELECT (SELECT count(*) FROM {_PER}) / (SELECT count(*) FROM {_FIRSTS} WHERE first_day <= $last)",
    "return_share": "SELECT 0.0",  # the panel has no returns; the small shop has
    "member_share": "SELECT 1.0",  # the panel knows every buyer
    "scan_rate": "SELECT 1.0",
    "repurchase_rate": f"SELECT count(*) FILTER (n >= 2) / count(*) FROM {_PER}",
    "purchase_frequency": f"SELECT sum(n) / count(*) FROM {_PER}",
    "purchase_interval": f"""SELECT avg(gap) FROM
        (SELECT d - lag(d) OVER (PARTITION BY customer_id ORDER BY d) AS gap FROM {_DAYS}) WHERE gap IS NOT NULL""",
    "recency": f"SELECT avg($last::DATE - z) FROM {_PER}",
}


def by_hand(files: duckdb.DuckDBPyConnection, query: str, period: Period) -> float:
    given = {name: value for name, value in (("first", period.first), ("last", period.last)) if f"${name}" in query}
    ((value,),) = files.execute(query, given).fetchall()
    return float(value)


def test_every_metric_is_checked_by_hand() -> None:
    assert set(BY_HAND) == set(METRICS)


def test_every_metric_equals_hand_written_sql(real: Engine, real_files: duckdb.DuckDBPyConnection) -> None:
    (row,) = report.report(list(METRICS), chosen=Slice(NOVEMBER), scope=EVERYTHING, engine=real).to_pylist()
    for key, query in BY_HAND.items():
        assert math.isclose(row[key], by_hand(real_files, query, NOVEMBER), rel_tol=1e-12), key


def test_each_month_of_the_year_equals_hand_written_sql(real: Engine, real_files: duckdb.DuckDBPyConnection) -> None:
    rows = report.report(list(METRICS), chosen=Slice(PANEL_YEAR), scope=EVERYTHING, by=["month"], engine=real).to_pylist()
    assert len(rows) == 12
    for row in (rows[0], rows[6], rows[11]):
        for key, query in BY_HAND.items():
            expected = by_hand(real_files, query, month_of(row["month"]))
            assert math.isclose(row[key], expected, rel_tol=1e-12), (key, row["month"])


def test_the_golden_totals_of_the_panel(real: Engine) -> None:
    asked = ["net_sales", "discount_loyalty_price", "discount_coupon", "discount_coupon_match", "receipts", "customers"]
    (row,) = report.report(asked, chosen=Slice(PANEL_YEAR), scope=EVERYTHING, engine=real).to_pylist()
    assert list(row.values()) == [459603958, 79165064, 2635990, 454265, 155848, 2469]
    days = report.report(["receipts"], chosen=Slice(PANEL_YEAR), scope=EVERYTHING, by=["day"], engine=real)
    assert len(days) == 364


def test_parts_add_up_to_the_whole(real: Engine) -> None:
    for by in ("store", "category", "week", "brand"):
        table = report.report(["net_sales", "units"], chosen=Slice(PANEL_YEAR), scope=EVERYTHING, by=[by], engine=real)
        assert sum(table["net_sales"].to_pylist()) == 459603958, by


def test_the_sub_categories_of_a_category_equal_hand_written_sql(real: Engine, real_files: duckdb.DuckDBPyConnection) -> None:
    chosen = Slice(NOVEMBER, category="GROCERY")
    asked = ["net_sales", "receipts", "customers", "units"]
    ours = report.report(asked, chosen=chosen, scope=EVERYTHING, by=["category"], engine=real)
    theirs = real_files.execute(
        "SELECT level1 || CASE WHEN level2 = '' THEN '' ELSE ' / ' || level2 END, sum(net_amount),"
        " count(DISTINCT receipt_id), count(DISTINCT customer_id), sum(quantity_milli) / 1000"
        " FROM receipt_line JOIN product USING (product_id)"
        " WHERE level1 = 'GROCERY' AND business_date BETWEEN $1 AND $2 GROUP BY 1 ORDER BY 1",
        [NOVEMBER.first, NOVEMBER.last],
    ).fetchall()
    assert [tuple(row.values()) for row in ours.to_pylist()] == theirs


def test_a_store_s_people_see_their_store_only(real: Engine, real_files: duckdb.DuckDBPyConnection) -> None:
    scope = Scope(stores=frozenset({309}))
    asked = ["net_sales", "customers", "new_customers", "activity_rate"]
    (row,) = report.report(asked, chosen=Slice(NOVEMBER), scope=scope, engine=real).to_pylist()
    ((net, customers, new),) = real_files.execute(
        "SELECT sum(net_amount), count(DISTINCT customer_id),"
        " (SELECT count(*) FROM (SELECT min(business_date) AS d FROM receipt WHERE store_id = 309 GROUP BY customer_id)"
        "  WHERE d BETWEEN $1 AND $2)"
        " FROM receipt WHERE store_id = 309 AND business_date BETWEEN $1 AND $2",
        [NOVEMBER.first, NOVEMBER.last],
    ).fetchall()
    assert (row["net_sales"], row["customers"], row["new_customers"]) == (net, customers, new)
    stores = report.report(["net_sales"], chosen=Slice(NOVEMBER), scope=scope, by=["store"], engine=real)
    assert stores["store"].to_pylist() == [309]


def test_who_may_see_no_store_sees_nothing(real: Engine) -> None:
    nothing = Scope(stores=frozenset())
    (row,) = report.report(["net_sales", "receipts"], chosen=Slice(NOVEMBER), scope=nothing, engine=real).to_pylist()
    assert row == {"net_sales": 0, "receipts": 0}
    assert comparison.covered(scope=nothing, engine=real) is None


def test_small_groups_are_hidden_from_a_masked_role(real: Engine) -> None:
    masked = Scope(stores=None, masked=True)
    table = report.report(["net_sales"], chosen=Slice(NOVEMBER), scope=masked, by=["store"], engine=real).to_pylist()
    counts = report.report(["customers"], chosen=Slice(NOVEMBER), scope=EVERYTHING, by=["store"], engine=real).to_pylist()
    for row, count in zip(table, counts, strict=True):
        assert row["suppressed"] == (count["customers"] < 5)
        assert (row["net_sales"] is None) == row["suppressed"]


def test_retention_equals_hand_written_sql(real: Engine, real_files: duckdb.DuckDBPyConnection) -> None:
    ours = retention.retention(chosen=Slice(PANEL_YEAR), scope=EVERYTHING, engine=real).to_pylist()
    theirs = real_files.execute(
        """
        WITH days AS (SELECT customer_id, business_date AS d FROM receipt GROUP BY ALL HAVING sum(net_amount) > 0),
             months AS (SELECT DISTINCT customer_id, date_trunc('month', d)::DATE AS m FROM days),
             firsts AS (SELECT customer_id, min(m) AS cohort FROM months GROUP BY customer_id)
        SELECT cohort, datediff('month', cohort, m) AS later, count(*),
               (SELECT count(*) FROM firsts f WHERE f.cohort = firsts.cohort)
        FROM months JOIN firsts USING (customer_id) GROUP BY cohort, later ORDER BY cohort, later"""
    ).fetchall()
    assert [(row["cohort"], row["month"], row["customers"], row["size"]) for row in ours] == theirs
    assert all(row["share"] == 1 for row in ours if row["month"] == 0)


def test_a_comparison_says_what_it_compares_with(real: Engine) -> None:
    compared = comparison.compare(["net_sales"], chosen=Slice(NOVEMBER), scope=EVERYTHING, engine=real)
    assert compared.before_period == Period(date(2017, 10, 2), date(2017, 10, 31))
    assert compared.change("net_sales") == pytest.approx(38602721 / 37090199 - 1)
    assert compared.year_before is None  # the panel begins in 2017
    assert compared.change("net_sales", against="year_before") is None


def test_the_top_movers_equal_hand_written_sql(real: Engine, real_files: duckdb.DuckDBPyConnection) -> None:
    moved = movers.movers("category", chosen=Slice(NOVEMBER), scope=EVERYTHING, engine=real)
    theirs = real_files.execute(
        """
        SELECT level1, coalesce(sum(net_amount) FILTER (business_date >= '2017-11-01'), 0)
                       - coalesce(sum(net_amount) FILTER (business_date < '2017-11-01'), 0) AS change
        FROM receipt_line JOIN product USING (product_id) WHERE business_date BETWEEN '2017-10-02' AND '2017-11-30'
        GROUP BY level1 ORDER BY change DESC"""
    ).fetchall()
    assert list(zip(moved.up["key"].to_pylist(), moved.up["change_amount"].to_pylist(), strict=True)) == theirs[:5]
    losses = zip(moved.down["key"].to_pylist(), moved.down["change_amount"].to_pylist(), strict=True)
    assert list(losses) == list(reversed(theirs))[:5]


def test_weeks_that_the_period_cuts_are_marked(real: Engine) -> None:
    weeks = trend.weekly_sales(chosen=Slice(NOVEMBER), scope=EVERYTHING, engine=real).to_pylist()
    assert [week["is_whole"] for week in weeks] == [False, True, True, True, False]
    assert sum(week["net_sales"] for week in weeks) == 38602721
