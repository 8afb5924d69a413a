"""Turn flat receipt lines into receipts, lines, discounts and tenders that add up; name what does not.

Between the border and `services.record_receipts`: no database, no clock. Works on whole tables in DuckDB, so that one
receipt from a till and a million lines from a file take the same path.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from regulars.core import bulk
from regulars.core.errors import Problem
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
_HEADER = (
    "kind", "store", "sold_at", "sold_at_local", "till", "cashier", "channel",
    "customer_kind", "customer_namespace", "customer", "currency",
)  # fmt: skip
_AMOUNT_MAX = 2**53


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
    duck = duckdb.connect(config={"threads": 1})
    duck.register("given", bulk.complete(lines, LINES))
    duck.register("given_discounts", _discounts(duck, lines, discounts))
    duck.register("given_tenders", bulk.complete(tenders or TENDERS.empty_table(), TENDERS))
    duck.execute(_NUMBERED)
    duck.execute(_DISCOUNTED)
    duck.execute(_PRICED)
    problems = [Problem(*found) for found in duck.execute(_PROBLEMS).fetchall()]
    duck.execute(
        "CREATE TEMP TABLE good AS SELECT DISTINCT receipt_id FROM priced WHERE receipt_id NOT IN "
        '(SELECT p.receipt_id FROM priced p JOIN (SELECT DISTINCT "row" FROM faults) f USING ("row"))'
    )
    return Normalized(
        receipts=duck.sql(_RECEIPTS).to_arrow_table(),
        lines=duck.sql(_LINES).to_arrow_table(),
        discounts=duck.sql(_DISCOUNT_ROWS).to_arrow_table(),
        tenders=duck.sql(_TENDERS).to_arrow_table(),
        problems=problems,
    )


def _discounts(duck: duckdb.DuckDBPyConnection, lines: pa.Table, discounts: pa.Table | None) -> pa.Table:
    """Return every discount in long form; those of `discount_<kind>` columns point at their line by `row`."""
    parts = ['SELECT NULL::BIGINT AS "row", * FROM said']
    for kind, funding in DEFAULT_FUNDING.items():
        if f"discount_{kind}" in lines.column_names:
            parts.append(
                f"SELECT \"row\", receipt_id, NULL::INTEGER, '{kind}', discount_{kind}, '{funding}', '' "
                f"FROM wide WHERE discount_{kind} <> 0"
            )
    duck.register("wide", lines)
    duck.register("said", bulk.complete(discounts or DISCOUNTS.empty_table(), DISCOUNTS))
    return duck.sql(" UNION ALL ".join(parts)).to_arrow_table()


_NUMBERED = f"""
CREATE TEMP TABLE numbered AS
SELECT * REPLACE (
    coalesce(line_no, row_number() OVER (PARTITION BY receipt_id ORDER BY "row"))::INTEGER AS line_no,
    coalesce(kind, 'sale') AS kind,
    coalesce(channel, 'store') AS channel,
    coalesce(till, '') AS till,
    coalesce(cashier, '') AS cashier,
    coalesce(quantity_milli, 1000) AS quantity_milli
), hash({", ".join(_HEADER)}) AS header FROM given
"""

_DISCOUNTED = """
CREATE TEMP TABLE discounted AS
SELECT d.receipt_id, n.line_no, d.kind, coalesce(nullif(d.funded_by, ''), 'retailer') AS funded_by,
       coalesce(d.reference, '') AS reference, n."row",
       d.amount AS said_amount, CASE n.kind WHEN 'return' THEN -abs(d.amount) ELSE d.amount END AS amount
FROM given_discounts d
JOIN numbered n ON n.receipt_id = d.receipt_id AND (n."row" = d."row" OR (d."row" IS NULL AND n.line_no = d.line_no))
"""

_PRICED = """
CREATE TEMP TABLE priced AS
WITH taken AS (
    SELECT "row", sum(amount)::BIGINT AS discount,
        coalesce(sum(amount) FILTER (funded_by <> 'retailer'), 0)::BIGINT AS refunded
    FROM discounted GROUP BY "row"
), signed AS (
    SELECT n.* REPLACE (
        CASE n.kind WHEN 'return' THEN -abs(quantity_milli) ELSE quantity_milli END AS quantity_milli,
        CASE n.kind WHEN 'return' THEN -abs(gross_amount) ELSE gross_amount END AS gross_amount,
        CASE n.kind WHEN 'return' THEN -abs(net_amount) ELSE net_amount END AS net_amount,
        CASE n.kind WHEN 'return' THEN -abs(paid_amount) ELSE paid_amount END AS paid_amount
    ), coalesce(discount, 0) AS discount, coalesce(refunded, 0) AS refunded
    FROM numbered n LEFT JOIN taken USING ("row")
)
SELECT *,
    coalesce(gross_amount, net_amount - refunded + discount, paid_amount + discount) AS gross,
    coalesce(net_amount, gross_amount - discount + refunded, paid_amount + refunded) AS net,
    coalesce(paid_amount, gross_amount - discount, net_amount - refunded) AS paid
FROM signed
"""

_KINDS = ", ".join(f"'{kind}'" for kind in DEFAULT_FUNDING)
_PROBLEMS = f"""
CREATE TEMP TABLE faults AS
SELECT "row", 'receipt_id' AS "column", 'required' AS code, 'The receipt has no number.' AS message
FROM numbered WHERE coalesce(receipt_id, '') = ''
UNION ALL
SELECT "row", 'receipt_id', 'text.too_long', 'The receipt number is longer than 120 characters.'
FROM numbered WHERE length(receipt_id) > 120
UNION ALL
SELECT "row", 'till', 'text.too_long', 'Till (40) or cashier (80) is too long.'
FROM numbered WHERE length(till) > 40 OR length(cashier) > 80
UNION ALL
SELECT "row", 'store', 'required', 'The store is missing.' FROM numbered WHERE coalesce(store, '') = ''
UNION ALL
SELECT "row", 'product', 'required', 'The product is missing.' FROM numbered WHERE coalesce(product, '') = ''
UNION ALL
SELECT "row", 'sold_at', 'required', 'The time of the sale is missing.'
FROM numbered WHERE sold_at IS NULL AND sold_at_local IS NULL
UNION ALL
SELECT "row", 'kind', 'choice.unknown', 'kind is sale or return.' FROM numbered WHERE kind NOT IN ('sale', 'return')
UNION ALL
SELECT "row", 'channel', 'choice.unknown', 'channel is store, online, app, marketplace or phone.'
FROM numbered WHERE channel NOT IN ('store', 'online', 'app', 'marketplace', 'phone')
UNION ALL
SELECT "row", 'gross_amount', 'amount.missing', 'Give gross_amount, net_amount or paid_amount.'
FROM priced WHERE paid IS NULL
UNION ALL
SELECT "row", 'paid_amount', 'amount.mismatch', 'Gross less discounts is not what was paid; mend the amounts or the discounts.'
FROM priced WHERE gross - discount <> paid OR paid + refunded <> net
UNION ALL
SELECT "row", 'gross_amount', 'amount.range', 'The amount or quantity is larger than can be kept.'
FROM priced WHERE greatest(abs(gross), abs(net), abs(paid), abs(quantity_milli)) > {_AMOUNT_MAX}
UNION ALL
SELECT "row", 'discount', 'amount.sign', 'Write discounts as positive amounts.'
FROM discounted WHERE said_amount < 0 AND "row" IN (SELECT "row" FROM numbered WHERE kind = 'sale')
UNION ALL
SELECT "row", 'discount', 'choice.unknown', 'This kind of discount is not known.'
FROM discounted WHERE kind NOT IN ({_KINDS}) OR funded_by NOT IN ('retailer', 'supplier', 'partner')
UNION ALL
SELECT max("row"), 'line_no', 'line.duplicate', 'The receipt has this line number twice.'
FROM numbered GROUP BY receipt_id, line_no HAVING count(*) > 1
UNION ALL
SELECT max("row"), 'receipt_id', 'receipt.inconsistent',
       'The lines of this receipt disagree about its store, time, customer or another part of its head.'
FROM numbered GROUP BY receipt_id HAVING min(header) <> max(header)
UNION ALL
SELECT first_row, 'tender', 'tender.mismatch', 'The tenders do not add up to what was paid.'
FROM (SELECT receipt_id, min("row") AS first_row, sum(paid) AS paid, any_value(kind) AS kind FROM priced GROUP BY ALL)
JOIN (SELECT receipt_id, sum(amount) AS tendered FROM given_tenders GROUP BY ALL) USING (receipt_id)
WHERE paid <> CASE kind WHEN 'return' THEN -abs(tendered) ELSE tendered END;
SELECT * FROM faults ORDER BY 1, 2
"""

_RECEIPTS = """
WITH line_texts AS (
    SELECT p.*, coalesce(d.text, '') AS discounts FROM priced p
    LEFT JOIN (
        SELECT "row",
            string_agg(concat_ws(':', kind, amount, funded_by, reference), ',' ORDER BY kind, amount, reference) AS text
        FROM discounted GROUP BY "row"
    ) d USING ("row")
    WHERE receipt_id IN (SELECT receipt_id FROM good)
), tender_texts AS (
    SELECT receipt_id, string_agg(concat_ws(':', kind, amount, reference), ',' ORDER BY kind, amount) AS text
    FROM given_tenders GROUP BY receipt_id
)
SELECT receipt_id, min("row") AS "row", any_value(kind) AS kind, any_value(store) AS store,
    any_value(sold_at) AS sold_at, any_value(sold_at_local) AS sold_at_local,
    any_value(till) AS till, any_value(cashier) AS cashier, any_value(channel) AS channel,
    any_value(customer_kind) AS customer_kind, coalesce(any_value(customer_namespace), '') AS customer_namespace,
    any_value(customer) AS customer, any_value(currency) AS currency,
    sum(gross)::BIGINT AS gross_amount, sum(discount)::BIGINT AS discount_amount, sum(net)::BIGINT AS net_amount,
    sum(paid)::BIGINT AS paid_amount, count(*)::INTEGER AS line_count,
    md5(concat_ws('|', any_value(kind), any_value(store), any_value(sold_at), any_value(sold_at_local),
        any_value(till), any_value(cashier), any_value(channel), any_value(customer_kind),
        any_value(customer_namespace), any_value(customer), any_value(currency), any_value(tender),
        any_value(t.text),
        string_agg(concat_ws(':', line_no, product, quantity_milli, gross, net, paid, discounts,
            original_receipt_id, original_line_no), ';' ORDER BY line_no))) AS digest
FROM line_texts LEFT JOIN tender_texts t USING (receipt_id)
GROUP BY receipt_id ORDER BY min("row")
"""

_LINES = """
SELECT receipt_id, "row", line_no, product, quantity_milli, gross AS gross_amount, discount AS discount_amount,
    net AS net_amount, paid AS paid_amount, original_receipt_id, original_line_no
FROM priced WHERE receipt_id IN (SELECT receipt_id FROM good)
"""

_DISCOUNT_ROWS = """
SELECT receipt_id, line_no,
    row_number() OVER (PARTITION BY "row" ORDER BY kind, amount, reference)::SMALLINT AS discount_no,
    kind, amount, funded_by, reference
FROM discounted WHERE amount <> 0 AND receipt_id IN (SELECT receipt_id FROM good)
"""

_TENDERS = """
WITH said AS (
    SELECT t.receipt_id, t.kind, CASE r.kind WHEN 'return' THEN -abs(amount) ELSE amount END AS amount,
        coalesce(reference, '') AS reference
    FROM given_tenders t
    JOIN (SELECT receipt_id, any_value(kind) AS kind FROM numbered GROUP BY receipt_id) r USING (receipt_id)
), whole AS (
    SELECT receipt_id, coalesce(any_value(tender), 'unspecified') AS kind, sum(paid)::BIGINT AS amount, '' AS reference
    FROM priced WHERE receipt_id NOT IN (SELECT receipt_id FROM said) GROUP BY receipt_id
)
SELECT receipt_id, row_number() OVER (PARTITION BY receipt_id ORDER BY kind, amount, reference)::SMALLINT AS tender_no,
    kind, amount, reference
FROM (FROM said UNION ALL FROM whole)
WHERE amount <> 0 AND receipt_id IN (SELECT receipt_id FROM good)
"""
