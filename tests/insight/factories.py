"""A small shop, written straight into the tables, so that each test decides which transaction commits when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from regulars.insight.lake import source as sources

NOON = datetime(2026, 9, 10, 16, 0, tzinfo=UTC)  # noon in New York
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


def connect() -> psycopg.Connection[Any]:
    """Return a connection beside Django's, whose transactions the test opens and ends."""
    return psycopg.connect(sources.conninfo())


@contextmanager
def counting_on_from(offset: int) -> Iterator[None]:
    """Let the database count its transactions on from `offset`, as a restored copy does."""
    statement = "CREATE OR REPLACE FUNCTION regulars_xid_offset() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT {}::bigint'"
    with connect() as link:
        link.execute(statement.format(offset))
    try:
        yield
    finally:
        with connect() as link:
            link.execute(statement.format(0))


def shop(link: psycopg.Connection[Any]) -> None:
    """Write two regions' worth of stores, three products in a category tree and three customers."""
    link.execute(
        "INSERT INTO organization_region (id, code, name, parent_id) VALUES (1, 'E', 'East', NULL), (2, 'EN', 'North', 1)"
    )
    link.execute(
        "INSERT INTO organization_store (id, code, name, region_id, format, timezone, day_cutoff_minutes, open_hours,"
        " currency, address, city, source)"
        " SELECT id, id, 'Store ' || id, id, 'other', 'America/New_York', 0, '{}', 'USD', 'Secret Lane 1', '', 'test'"
        " FROM generate_series(1, 2) AS id"
    )
    link.execute(
        "INSERT INTO catalog_category (id, path, name, level, parent_id, counts_units)"
        " VALUES (1, 'FOOD', 'FOOD', 1, NULL, true), (2, 'FOOD / BREAD', 'BREAD', 2, 1, true),"
        " (3, 'FUEL', 'FUEL', 1, NULL, false)"
    )
    link.execute(
        "INSERT INTO catalog_product (id, sku, name, category_id, barcode, package_size, counts_units, is_placeholder,"
        " source, created_at, updated_at)"
        " SELECT id, id, 'Product ' || id, CASE WHEN id = 3 THEN 3 ELSE 2 END, '', '', true, false, 'test', now(), now()"
        " FROM generate_series(1, 3) AS id"
    )
    for customer_id in (1, 2, 3):
        customer(link, customer_id)


_EMPTY_TEXTS = (
    "gender", "age_band", "occupation", "education", "income_band", "marital_status", "household_size",
    "household_structure", "children", "home_ownership", "lifestyle", "preferred_channel", "language", "city",
    "joined_through", "source",
)  # fmt: skip


def customer(link: psycopg.Connection[Any], customer_id: int) -> None:
    texts = ["name", *_EMPTY_TEXTS]
    values = ["Ana Canary"] + [""] * len(_EMPTY_TEXTS)
    link.execute(
        f"INSERT INTO customers_customer (id, kind, {', '.join(texts)}, custom, completeness, created_at, updated_at)"
        f" VALUES (%s, 'person', {', '.join(['%s'] * len(texts))}, '{{\"phone\": \"canary\"}}', 0, now(), now())",
        [customer_id, *values],
    )


def receipt(
    link: psycopg.Connection[Any],
    receipt_id: int,
    *,
    customer_id: int | None = 1,
    store_id: int = 1,
    day: date = date(2026, 9, 10),
    product_id: int = 1,
    gross: int = 1000,
    discount: int = 0,
    kind: str = "sale",
    batch_id: int | None = None,
) -> None:
    """Write one receipt of one line, with its discount and its tender, in the transaction that is open."""
    net, sold_at = gross - discount, NOON + timedelta(days=(day - NOON.date()).days)
    link.execute(
        "INSERT INTO sales_receipt (id, source, external_id, digest, kind, store_id, till, cashier, customer_id, channel,"
        " sold_at, received_at, business_date, clock_off, currency, gross_amount, discount_amount, net_amount, paid_amount,"
        " line_count, batch_id) VALUES (%s, 'test', %s, '', %s, %s, '', 'Cashier Canary', %s, 'store', %s, %s, %s, false,"
        " 'USD', %s, %s, %s, %s, 1, %s)",
        [
            receipt_id,
            str(receipt_id),
            kind,
            store_id,
            customer_id,
            sold_at,
            sold_at,
            day,
            gross,
            discount,
            net,
            net,
            batch_id,
        ],
    )
    link.execute(
        "INSERT INTO sales_receiptline (receipt_id, line_no, product_id, quantity_milli, gross_amount, discount_amount,"
        " net_amount, paid_amount) VALUES (%s, 1, %s, %s, %s, %s, %s, %s)",
        [receipt_id, product_id, 1000 if gross >= 0 else -1000, gross, discount, net, net],
    )
    if discount:
        link.execute(
            "INSERT INTO sales_linediscount (receipt_id, line_no, discount_no, kind, amount, funded_by, reference)"
            " VALUES (%s, 1, 1, 'coupon', %s, 'supplier', '')",
            [receipt_id, discount],
        )
    link.execute(
        "INSERT INTO sales_tender (receipt_id, tender_no, kind, amount, reference) VALUES (%s, 1, 'cash', %s, '')",
        [receipt_id, net],
    )
