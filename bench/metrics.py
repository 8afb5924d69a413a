"""How long the metric registry's questions take, beside SQL that somebody wrote by hand for the same files.

Both run in DuckDB with 2 GB, one after the other, and must give the same answer. Ours is the whole way of a page that asks a
question again: from the names of the metrics to the finished table. What ours takes of memory is read from a process that asks
nothing but these questions.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bench import panel
from bench.rows import Row, median_pair
from regulars.insight.customers import rfm
from regulars.insight.customers.purchases import Purchases
from regulars.insight.engines.duckdb_engine import DuckDbEngine
from regulars.insight.lake.storage import Lake
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.report import report
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope

_MEMORY = "2GB"
_MEMORY_MAX_MB = 2048
_CHECKOUT = Path(__file__).parents[1]
_YEAR = Period(date(2017, 1, 1), date(2017, 12, 31))
_EVERYTHING = Scope(stores=None)
_TABLES = ("receipt", "receipt_line", "product", "store", "customer")

_REPORTS: dict[str, tuple[list[str], list[str], str]] = {
    "kpi_by_month": (
        ["net_sales", "receipts", "average_basket", "customers", "units"],
        ["month"],
        """
        WITH sales AS (
            SELECT date_trunc('month', business_date)::DATE AS month, sum(net_amount)::BIGINT AS net_sales,
                   count(*) FILTER (receipt.kind = 'sale') AS receipts,
                   count(DISTINCT CASE WHEN receipt.kind = 'sale' THEN coalesce(resolved_id, customer_id) END) AS customers
            FROM receipt LEFT JOIN customer USING (customer_id)
            WHERE business_date BETWEEN '2017-01-01' AND '2017-12-31' GROUP BY 1),
        units AS (
            SELECT date_trunc('month', business_date)::DATE AS month, sum(quantity_milli) / 1000 AS units
            FROM receipt_line JOIN product USING (product_id)
            WHERE counts_units AND business_date BETWEEN '2017-01-01' AND '2017-12-31' GROUP BY 1)
        SELECT month, net_sales, receipts, net_sales / receipts AS average_basket, customers, units
        FROM sales JOIN units USING (month) ORDER BY month""",
    ),
    "kpi_by_category": (
        ["net_sales", "discounts", "receipts"],
        ["category"],
        """
        SELECT level1 AS category, sum(net_amount)::BIGINT AS net_sales, sum(discount_amount)::BIGINT AS discounts,
               count(DISTINCT receipt_id) FILTER (kind = 'sale') AS receipts
        FROM receipt_line JOIN product USING (product_id)
        WHERE business_date BETWEEN '2017-01-01' AND '2017-12-31' GROUP BY 1 ORDER BY 1""",
    ),
    "kpi_of_customers": (
        ["repurchase_rate", "purchase_frequency", "purchase_interval"],
        [],
        """
        WITH days AS (
            SELECT coalesce(resolved_id, customer_id) AS customer, business_date AS day
            FROM receipt LEFT JOIN customer USING (customer_id)
            WHERE customer_id IS NOT NULL AND business_date BETWEEN '2017-01-01' AND '2017-12-31'
            GROUP BY ALL HAVING sum(net_amount) > 0),
        buyers AS (SELECT customer, count(*) AS n, max(day) - min(day) AS span FROM days GROUP BY customer)
        SELECT count(*) FILTER (n > 1) / count(*) AS repurchase_rate, sum(n) / count(*) AS purchase_frequency,
               sum(span) / sum(n - 1) AS purchase_interval FROM buyers""",
    ),
}  # fmt: skip

_RFM = """
    WITH daily AS (
        SELECT coalesce(resolved_id, customer_id) AS customer_id, business_date AS day, sum(net_amount) AS net
        FROM receipt LEFT JOIN customer USING (customer_id)
        WHERE customer_id IS NOT NULL AND business_date <= '2017-12-31' GROUP BY ALL),
    measured AS (
        SELECT customer_id, DATE '2017-12-31' - max(day) FILTER (net > 0) AS r,
               count(*) FILTER (net > 0 AND day >= '2017-01-01') AS f,
               coalesce(sum(net) FILTER (day >= '2017-01-01'), 0)::BIGINT AS m
        FROM daily GROUP BY customer_id HAVING r IS NOT NULL),
    cut AS (
        SELECT quantile_cont(r, [.2, .4, .6, .8]) AS r, quantile_cont(f, [.2, .4, .6, .8]) AS f,
               quantile_cont(m, [.2, .4, .6, .8]) AS m FROM measured)
    SELECT customer_id,
           5 - len(list_filter(cut.r, lambda c: measured.r > c)) AS recency_score,
           1 + len(list_filter(cut.f, lambda c: measured.f > c)) AS frequency_score,
           1 + len(list_filter(cut.m, lambda c: measured.m > c)) AS monetary_score
    FROM measured, cut"""


def run(*, scale: int = 1) -> list[Row]:
    """Measure the reports and the RFM scoring on the panel, `scale` times over."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-bench-metrics-"))
    try:
        lake = Lake(str(folder))
        with panel.open_panel(times=scale, memory=_MEMORY) as source:
            source.execute(f"SET temp_directory = '{folder / 'scratch'}'")
            panel.write_lake(source, lake)
        with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(folder / "scratch")}) as by_hand:
            for name in _TABLES:
                files = [str(file) for file in (folder / name).rglob("*.parquet")]
                by_hand.execute(f"CREATE VIEW {name} AS FROM read_parquet({files!r}, hive_partitioning = true)")
            rows = _measured(DuckDbEngine(lake, memory=_MEMORY), by_hand, scale)
        return [*rows, Row(_named("memory", scale), _peak_megabytes(folder), _MEMORY_MAX_MB, "MB")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ask_alone(folder: str) -> None:
    """Ask every question once and print the most memory that this process held, in megabytes.

    Read from Linux's account of this program: `getrusage` would count what the parent held when it forked.
    """
    import django

    django.setup()
    engine = DuckDbEngine(Lake(folder), memory=_MEMORY)
    for ours, _ in _questions(engine).values():
        ours()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    print(int(peak.split()[1]) // 1024)  # noqa: T201 - the answer to the process that asks


def _measured(engine: DuckDbEngine, by_hand: duckdb.DuckDBPyConnection, scale: int) -> list[Row]:
    runs = 15 if scale == 1 else 3
    rows = []
    for name, (ours, query) in _questions(engine).items():
        _same(name, ours(), by_hand.sql(query).to_arrow_table())
        mine, theirs = median_pair(ours, lambda query=query: by_hand.sql(query).to_arrow_table(), runs=runs)  # type: ignore[misc]
        rows.append(Row(_named(name, scale), mine * 1000, theirs * 1000, "ms"))
    return rows


def _questions(engine: DuckDbEngine) -> dict[str, tuple[Callable[[], pa.Table], str]]:
    """Return each question by name: how ours is asked, and the SQL by hand."""
    reports = {name: (_asking(engine, metrics, by), query) for name, (metrics, by, query) in _REPORTS.items()}
    return {**reports, "rfm": (_scoring(engine), _RFM)}


def _peak_megabytes(folder: Path) -> int:
    asked = f"from bench.metrics import ask_alone; ask_alone({str(folder)!r})"
    done = subprocess.run([sys.executable, "-c", asked], cwd=_CHECKOUT, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def _named(name: str, scale: int) -> str:
    return f"metrics.{name}" + (f".x{scale}" if scale > 1 else "")


def _asking(engine: DuckDbEngine, metrics: list[str], by: list[str]) -> Callable[[], pa.Table]:
    return lambda: report(metrics, chosen=Slice(_YEAR), scope=_EVERYTHING, by=by, engine=engine)


def _scoring(engine: DuckDbEngine) -> Callable[[], pa.Table]:
    columns = ("customer_id", "recency_score", "frequency_score", "monetary_score")
    question = rfm.scored(rfm.measured(Purchases(engine, _YEAR.last))).select(*columns)
    return lambda: engine.run(question)


def _same(name: str, ours: pa.Table, theirs: pa.Table) -> None:
    """Refuse to compare the times of two different answers."""

    def rounded(table: pa.Table) -> list[tuple[Any, ...]]:
        rows = (
            tuple(round(value, 6) if isinstance(value, float) else value for value in row.values()) for row in table.to_pylist()
        )
        return sorted(rows, key=str)

    if rounded(ours) != rounded(theirs):
        raise AssertionError(f"{name}: the registry and the hand-written SQL disagree")
