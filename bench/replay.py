"""How many receipts a second are rated again under given rules, beside the same arithmetic as one statement of DuckDB.

Ours: `rules.columns` over the panel's year as columns, per line and with per-rule points, carries and all. The limit: the same
rules written by hand as one statement over the same lines, which gives the same points line by line (checked here).
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from bench.panel import open_panel
from bench.rows import Row, median_pair
from regulars.loyalty.basket import Article, Place
from regulars.loyalty.program.rules import Body, Book
from regulars.loyalty.program.rules.columns import ColumnState, Prepared
from regulars.loyalty.program.rules.table import Columns

_BODY = Body.model_validate({"earning": [
    {"kind": "per_amount", "code": "base", "points": 1, "amount": 100},
    {"kind": "multiply", "code": "produce", "factor_milli": 2000, "when": {"categories": ["PRODUCE"]}},
    {"kind": "multiply", "code": "weekend", "factor_milli": 1500, "when": {"weekdays": [5, 6]}},
    {"kind": "bonus", "code": "big-basket", "from_amount": 10_000, "points": 50},
]})  # fmt: skip

# Whole points of the base rule, then of each multiplier with what the rule before has left, carried along the receipt.
_STATEMENT = """
CREATE OR REPLACE TABLE rated AS
WITH parts AS (
    SELECT receipt, line_no, paid * 1000 AS base,
        CASE WHEN produce THEN paid * 1000 ELSE 0 END AS produce,
        CASE WHEN NOT produce AND weekend THEN paid * 500 ELSE 0 END AS weekend, paid
    FROM lines
), sums AS (
    SELECT receipt, line_no, sum(base) OVER up AS b, sum(produce) OVER up AS p, sum(weekend) OVER up AS w,
        sum(base) OVER whole AS tb, sum(produce) OVER whole AS tp, sum(paid) OVER whole AS total
    FROM parts
    WINDOW up AS (PARTITION BY receipt ORDER BY line_no ROWS UNBOUNDED PRECEDING), whole AS (PARTITION BY receipt)
), whole AS (
    SELECT receipt, line_no, b // 100000 AS b, (tb % 100000 + p) // 100000 AS p,
        ((tb % 100000 + tp) % 100000 + w) // 100000 AS w, total
    FROM sums
)
SELECT receipt, line_no,
    b + p + w - coalesce(lag(b + p + w) OVER (PARTITION BY receipt ORDER BY line_no), 0) AS points,
    CASE WHEN total >= 10000 THEN 50 ELSE 0 END AS bonus
FROM whole
"""


def run(*, scale: int = 1) -> list[Row]:
    """Measure the panel's year, `scale` times over."""
    with open_panel(times=scale) as panel:
        columns, lines = _load(panel)
    duck = duckdb.connect()
    duck.register("given", lines)
    duck.execute("CREATE TABLE lines AS FROM given")
    book = Book(_BODY)

    def ours() -> None:
        state = ColumnState.nothing(0, book)
        found.append(Prepared(columns, book).rate([""] * len(columns), state, slice(0, len(columns))))
        del found[:-1]

    found: list = []
    mine, theirs = median_pair(ours, lambda: duck.execute(_STATEMENT))
    points = duck.sql("SELECT points FROM rated ORDER BY receipt, line_no").fetchnumpy()["points"]
    if not np.array_equal(points, found[0].line_points):
        raise AssertionError("the statement and the rules do not agree")
    return [Row("replay.receipts", len(columns) / mine, len(columns) / theirs, "receipts/s")]


def _load(panel: duckdb.DuckDBPyConnection) -> tuple[Columns, pa.Table]:
    rows = panel.sql("""
        SELECT dense_rank() OVER (ORDER BY r.business_date, r.id) - 1 AS receipt, l.line_no, l.product_id, l.quantity_milli,
            greatest(l.paid_amount, 0) AS paid, l.discount_amount <> 0 AS discounted, r.business_date, r.customer_id
        FROM sales_receiptline l JOIN sales_receipt r ON r.id = l.receipt_id ORDER BY 1, 2""").fetchnumpy()
    products, article = np.unique(rows["product_id"], return_inverse=True)
    paths = dict(
        panel.sql("""
        SELECT p.id, coalesce(c.path, '') FROM catalog_product p LEFT JOIN catalog_category c ON c.id = p.category_id
        """).fetchall()
    )
    articles = [Article(int(product), str(product), tuple(paths.get(int(product), "").split(" / "))) for product in products]
    receipt = rows["receipt"].astype(np.int64)
    first = np.searchsorted(receipt, np.arange(receipt[-1] + 2))
    _, member = np.unique(rows["customer_id"][first[:-1]], return_inverse=True)
    day = rows["business_date"][first[:-1]].astype("datetime64[D]").astype(np.int64) + date(1970, 1, 1).toordinal()
    nothing, per_receipt = np.zeros(0, np.int64), np.zeros(len(first) - 1, np.int64)
    columns = Columns(
        receipt_id=np.arange(len(first) - 1), member=member, day=day, second=per_receipt, place=per_receipt, plan=per_receipt,
        paid=per_receipt, first=first, line_no=rows["line_no"].astype(np.int64), article=article,
        quantity_milli=rows["quantity_milli"].astype(np.int64), line_paid=rows["paid"].astype(np.int64),
        discounted=rows["discounted"], tender_receipt=nothing, tender_kind=nothing, tender_amount=nothing, articles=articles,
        places=[Place(1, "1")], plans=[""], tender_kinds=("points",),
    )  # fmt: skip
    produce = np.array([one.category[:1] == ("PRODUCE",) for one in articles])
    weekend = np.array([date.fromordinal(int(one)).weekday() in {5, 6} for one in np.unique(day)])
    lines = pa.table({
        "receipt": receipt, "line_no": columns.line_no, "paid": columns.line_paid, "produce": produce[article],
        "weekend": weekend[np.searchsorted(np.unique(day), day)][receipt],
    })  # fmt: skip
    return columns, lines
