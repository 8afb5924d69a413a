"""Metrics over the API: the registry's definitions, within the caller's scope."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulars.insight.lake import sync
from regulars.insight.metrics import registry
from tests.gateway.api.conftest import NOW, add_store, results, sale

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:fetch_arrow_table"),  # Ibis 12 still calls DuckDB 2 by the old name
]
WEEK = {"date_from": "2026-11-16", "date_to": "2026-11-22"}


@pytest.fixture
def sold(client_of, north, settings, tmp_path: Path):
    """Two receipts of 8.20 in NORTH, one in SOUTH, all in the lake."""
    settings.LAKE_URL = str(tmp_path / "lake")
    add_store("SOUTH")
    till = client_of("pos")
    results(till.lines("/receipts/bulk", sale("N-1"), sale("N-2"), sale("S-1", store="SOUTH")))
    sync.sync(now=NOW)


def test_every_metric_is_listed_with_its_formula(client_of):
    listed = client_of("analyst").get("/metrics").json()
    assert [it["key"] for it in listed["metrics"]] == list(registry.METRICS)
    assert all(it["formula"] and it["name"] for it in listed["metrics"])


def test_a_report_is_broken_down_and_names_stores_by_code(client_of, sold):
    answer = client_of("finance").get("/metrics/report", metrics="net_sales,receipts,average_basket", by="store", **WEEK)
    assert answer.status_code == 200, answer.content
    assert sorted(answer.json()["rows"], key=lambda row: row["store"]) == [
        {"store": "NORTH", "net_sales": 1640, "receipts": 2, "average_basket": 820},
        {"store": "SOUTH", "net_sales": 820, "receipts": 1, "average_basket": 820},
    ]


def test_a_store_manager_counts_one_store(client_of, sold, north):
    manager = client_of("store_manager", store=north)
    assert manager.get("/metrics/report", metrics="net_sales", **WEEK).json()["rows"] == [{"net_sales": 1640}]
    foreign = manager.get("/metrics/report", metrics="net_sales", stores="NORTH,SOUTH", **WEEK)
    missing = manager.get("/metrics/report", metrics="net_sales", stores="NORTH,NOWHERE", **WEEK)
    assert (foreign.status_code, foreign.content) == (404, missing.content)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"metrics": "net_sales,happiness"}, "metrics"),
        ({"by": "mood"}, "by"),
        ({"by": "day,day"}, "by"),
        ({"date_to": "2026-11-01"}, "date_to"),
        ({"member": "maybe"}, "member"),
    ],
)
def test_a_report_that_cannot_be_names_its_field(client_of, asked, field):
    answer = client_of("finance").get("/metrics/report", **({"metrics": "net_sales"} | WEEK | asked))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_before_the_first_sync_there_are_no_figures(client_of, settings, tmp_path: Path):
    settings.LAKE_URL = str(tmp_path / "empty")
    answer = client_of("finance").get("/metrics/report", metrics="net_sales", **WEEK)
    assert (answer.status_code, answer.json()["code"]) == (409, "lake.empty")
