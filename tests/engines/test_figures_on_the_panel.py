"""The figures of all customers agree with the rules for one, and with SQL that somebody wrote by hand."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import duckdb
import pytest

from regulars.insight.customers import figures, rfm, rhythm, rules
from regulars.insight.customers.purchases import Purchases
from regulars.insight.customers.rfm import CutPoints, CutPointsError
from regulars.insight.customers.rules import Rhythm
from regulars.insight.engines.contract import Engine

pytestmark = pytest.mark.xdist_group("engines")
AS_OF = date(2017, 12, 31)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def customers(real: Engine) -> Rows:
    return list(real.run(figures.expression(Purchases(real, AS_OF))).to_pylist())


def test_every_buyer_has_figures(customers: Rows) -> None:
    assert len(customers) == len({row["customer_id"] for row in customers}) == 2469


def test_the_stage_of_all_is_the_stage_of_each(customers: Rows) -> None:
    for row in customers:
        known = (AS_OF - row["first_purchase_date"]).days
        asked = Rhythm(row["recency_days"], known, row["usual_days"], row["long_days"], row["recent_days"], row["earlier_days"])
        assert row["stage"] == rules.stage_of(asked), row


def test_the_usual_pause_is_drawn_to_the_others_as_the_rule_says(real: Engine, customers: Rows) -> None:
    own = sorted(row["interval_days"] for row in customers if row["interval_days"] is not None)
    middle = len(own) // 2
    prior = own[middle] if len(own) % 2 else (own[middle - 1] + own[middle]) / 2
    for row in customers:
        pauses = row["purchase_days"] - 1
        expected = rules.drawn_to_prior(row["interval_days"], pauses=pauses, prior=prior)
        assert math.isclose(row["usual_days"], expected, rel_tol=1e-12)


def test_scores_classes_and_places_follow_the_rules(real: Engine, customers: Rows) -> None:
    inputs = {"recency": "recency_days", "frequency": "purchase_days_12m", "monetary": "net_amount_12m"}
    cuts = {name: _quintiles([row[column] for row in customers]) for name, column in inputs.items()}
    for row in customers:
        scores = {
            name: rules.score(row[column], cuts[name], less_is_better=name == "recency") for name, column in inputs.items()
        }
        assert {name: row[f"{name}_score"] for name in inputs} == scores
        assert row["rfm_class"] == rules.rfm_class_of(**scores)
        assert row["pyramid"] == rules.place_of(row["value_percentile"])


def test_the_classes_are_disjoint_and_complete() -> None:
    scores = range(1, 6)
    found = {
        rules.rfm_class_of(recency=recency, frequency=frequency, monetary=monetary)
        for recency in scores
        for frequency in scores
        for monetary in scores
    }
    assert found == set(rules.RfmClass)


def test_absolute_cut_points_give_a_score_its_own_meaning(real: Engine, customers: Rows) -> None:
    absolute = CutPoints(recency=(7, 14, 30, 90), frequency=(2, 5, 12, 26), monetary=(10_000, 50_000, 100_000, 300_000))
    rows = real.run(figures.expression(Purchases(real, AS_OF), absolute)).to_pylist()
    for row in rows:
        assert row["monetary_score"] == rules.score(row["net_amount_12m"], absolute.monetary)
        assert row["recency_score"] == rules.score(row["recency_days"], absolute.recency, less_is_better=True)


@pytest.mark.parametrize("wrong", [{}, {"recency": [7, 14, 30], "frequency": [1, 2, 3, 4], "monetary": [4, 3, 2, 1]}])
def test_cut_points_that_do_not_rise_are_refused(wrong: dict[str, list[float]]) -> None:
    with pytest.raises(CutPointsError):
        CutPoints.parse(wrong)


def test_value_and_rhythm_equal_hand_written_sql(real_files: duckdb.DuckDBPyConnection, customers: Rows) -> None:
    theirs = real_files.execute(
        """
        WITH days AS (SELECT customer_id, business_date AS d FROM receipt GROUP BY ALL HAVING sum(net_amount) > 0),
             gaps AS (SELECT customer_id, d, d - lag(d) OVER (PARTITION BY customer_id ORDER BY d) AS gap FROM days),
             rhythm AS (SELECT customer_id, count(*) AS n, max(d) AS z, quantile_cont(gap, 0.5) AS usual FROM gaps GROUP BY 1),
             total AS (SELECT customer_id, sum(net_amount) AS net, count(*) AS receipts FROM receipt GROUP BY 1)
        SELECT customer_id, n, z, usual, net, receipts FROM rhythm JOIN total USING (customer_id) ORDER BY customer_id"""
    ).fetchall()
    names = ("customer_id", "purchase_days", "last_purchase_date", "interval_days", "net_amount", "receipts")
    ours = sorted(tuple(row[name] for name in names) for row in customers)
    assert ours == theirs


def test_likes_and_discounts_equal_hand_written_sql(real_files: duckdb.DuckDBPyConnection, customers: Rows) -> None:
    theirs = {
        customer: (store, category, share)
        for customer, store, category, share in real_files.execute(
            """
            WITH stores AS (SELECT customer_id, store_id, count(*) AS n FROM receipt GROUP BY ALL),
                 store AS (SELECT customer_id, first(store_id ORDER BY n DESC, store_id) AS store FROM stores GROUP BY 1),
                 goods AS (SELECT customer_id, category2 AS c, sum(net_amount) AS n FROM receipt_line JOIN product
                           USING (product_id) WHERE category2 <> '' GROUP BY ALL HAVING n > 0),
                 category AS (SELECT customer_id, first(c ORDER BY n DESC, c) AS category FROM goods GROUP BY 1),
                 share AS (SELECT customer_id, sum(gross_amount) FILTER (discount_amount > 0) / sum(gross_amount) AS share
                           FROM receipt_line WHERE gross_amount > 0 GROUP BY 1)
            FROM store LEFT JOIN category USING (customer_id) LEFT JOIN share USING (customer_id)"""
        ).fetchall()
    }
    for row in customers:
        store, category, share = theirs[row["customer_id"]]
        assert (row["store_id"], row["category"]) == (store, category or "")
        assert math.isclose(row["discount_share"], share or 0, rel_tol=1e-9)
        assert row["discount_share_low"] <= row["discount_share"] <= row["discount_share_high"]


def test_figures_as_of_an_earlier_day_know_nothing_of_later_ones(real: Engine) -> None:
    day = date(2017, 6, 30)
    rows = real.run(rhythm.staged(Purchases(real, day))).to_pylist()
    assert max(row["last_purchase_date"] for row in rows) <= day
    assert min(row["recency_days"] for row in rows) >= 0


def _quintiles(values: list[float]) -> list[float]:
    ordered = sorted(values)
    cuts = []
    for share in rfm.SHARES:
        place = share * (len(ordered) - 1)
        below = math.floor(place)
        cuts.append(ordered[below] + (place - below) * (ordered[min(below + 1, len(ordered) - 1)] - ordered[below]))
    return cuts
