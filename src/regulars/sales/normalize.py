"""Turn flat receipt lines into receipts, lines, discounts and tenders that add up; name what does not.

Between the border and `services.record_receipts`: no database, no clock. Works on whole tables in DuckDB, so that one
receipt from a till and a million lines from a file take the same path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import duckdb
import pyarrow as pa

from regulars.core import bulk
from regulars.core.errors import Problem
from regulars.sales import normal_statements as statements
from regulars.sales.models import Funding, LineDiscount

# Who bears a discount where the source does not say: a manufacturer's coupon is refunded, everything else is our own.
DEFAULT_FUNDING = {kind.value: Funding.RETAILER.value for kind in LineDiscount.Kind} | {
    LineDiscount.Kind.COUPON.value: Funding.SUPPLIER.value
}

LINES = pa.schema(
    [
        ("row", pa.int64()),
        ("receipt_id", pa.string()),
        ("kind", pa.string()),
        ("store", pa.string()),
        ("sold_at", pa.timestamp("us", "UTC")),
        ("sold_at_local", pa.timestamp("us")),
        ("till", pa.string()),
        ("cashier", pa.string()),
        ("channel", pa.string()),
        ("customer_kind", pa.string()),
        ("customer_namespace", pa.string()),
        ("customer", pa.string()),
        ("currency", pa.string()),
        ("line_no", pa.int32()),
        ("product", pa.string()),
        ("quantity_milli", pa.int64()),
        ("gross_amount", pa.int64()),
        ("net_amount", pa.int64()),
        ("paid_amount", pa.int64()),
        ("tender", pa.string()),
        ("original_receipt_id", pa.string()),
        ("original_line_no", pa.int32()),
    ]
)
DISCOUNTS = pa.schema(
    [
        ("receipt_id", pa.string()),
        ("line_no", pa.int32()),
        ("kind", pa.string()),
        ("amount", pa.int64()),
        ("funded_by", pa.string()),
        ("reference", pa.string()),
    ]
)
TENDERS = pa.schema([("receipt_id", pa.string()), ("kind", pa.string()), ("amount", pa.int64()), ("reference", pa.string())])


@dataclass(frozen=True, slots=True)
class Normalized:
    """Four tables keyed by `receipt_id`, and the faults; a receipt with any fault is in none of the tables."""

    receipts: pa.Table
    lines: pa.Table
    discounts: pa.Table
    tenders: pa.Table
    problems: list[Problem]


def normalize(lines: pa.Table, *, discounts: pa.Table | None = None, tenders: pa.Table | None = None) -> Normalized:
    """Return the receipts that `lines` make up.

    `lines` has the columns of `LINES` (missing ones are null) and may have `discount_<kind>` columns; `discounts` and
    `tenders` say the same in full. Amounts are minor units. Of gross, net and paid at least one is needed; the others
    follow. The lines and discounts of a return are made negative.
    """
    duck = _engine().cursor()
    duck.register("given", bulk.complete(lines, LINES))
    duck.register("given_discounts", _discounts(duck, lines, discounts))
    duck.register("given_tenders", bulk.complete(tenders or TENDERS.empty_table(), TENDERS))
    for statement in statements.PREPARE:
        duck.execute(statement)
    problems = [Problem(*found) for found in duck.execute(statements.FOUND).fetchall()]
    duck.execute(statements.GOOD)
    return Normalized(
        receipts=duck.sql(statements.RECEIPTS).to_arrow_table(),
        lines=duck.sql(statements.LINES).to_arrow_table(),
        discounts=duck.sql(statements.DISCOUNTS).to_arrow_table(),
        tenders=duck.sql(statements.TENDERS).to_arrow_table(),
        problems=problems,
    )


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Return this process's DuckDB; each call works on a cursor of it, which has temporary tables of its own."""
    return duckdb.connect(config={"threads": 1})


def _discounts(duck: duckdb.DuckDBPyConnection, lines: pa.Table, discounts: pa.Table | None) -> pa.Table:
    """Return every discount in long form with who bears it; those of `discount_<kind>` columns point at their line by `row`."""
    usual = " ".join(f"WHEN '{kind}' THEN '{funding}'" for kind, funding in DEFAULT_FUNDING.items())
    funded = f"coalesce(nullif(funded_by, ''), CASE kind {usual} ELSE 'retailer' END) AS funded_by"
    parts = [f'SELECT NULL::BIGINT AS "row", receipt_id, line_no, kind, amount, {funded}, reference FROM said']
    for kind, funding in DEFAULT_FUNDING.items():
        if f"discount_{kind}" in lines.column_names:
            parts.append(
                f"SELECT \"row\", receipt_id, NULL::INTEGER, '{kind}', discount_{kind}, '{funding}', '' "
                f"FROM wide WHERE discount_{kind} <> 0"
            )
    duck.register("wide", lines)
    duck.register("said", bulk.complete(discounts or DISCOUNTS.empty_table(), DISCOUNTS))
    return duck.sql(" UNION ALL ".join(parts)).to_arrow_table()
