"""How fast a sync fills the lake, beside the bare reading of the same rows into Parquet files.

The limit is what the same machine does at most with the same tools: read each PostgreSQL table whole through ADBC and write
what comes as it comes. A sync also joins receipts, lines and discounts, sorts them, parts them by month and commits.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pyarrow.parquet as pq
from django.conf import settings

from bench import panel
from bench.rows import Row, median_pair
from regulars.insight.lake import source as sources
from regulars.insight.lake import sync
from regulars.insight.lake.storage import Lake
from regulars.insight.lake.tables import SPECS

_SCHEMA = "bench_lake"
_TABLES = (
    "organization_region", "organization_store", "catalog_category", "catalog_brand", "catalog_supplier", "catalog_product",
    "customers_customer", "customers_tag", "customers_customertag", "sales_receipt", "sales_receiptline",
    "sales_linediscount", "sales_tender", "sales_undonebatch",
)  # fmt: skip
# The panel's lines carry the discounts as columns too; the table does not.
_QUERIES = {
    "sales_receiptline": "SELECT receipt_id, line_no, product_id, quantity_milli, gross_amount, discount_amount, net_amount,"
    " paid_amount FROM sales_receiptline"
}


def run(*, scale: int = 1) -> list[Row]:
    """Measure a sync of the whole panel, `scale` times over, into an empty lake."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-bench-lake-"))
    try:
        with _filled(scale) as (database, rows):
            ours, limit = median_pair(_sync(database, folder / "lake"), _read_and_write(database, folder / "raw.parquet"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [Row("lake.sync", rows / ours, rows / limit, "rows/s")]


def _sync(database: str, folder: Path) -> Callable[[], None]:
    def fill() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        with sources.open_snapshot(database) as snapshot:
            for spec in SPECS.values():
                sync.copy_table(spec, snapshot, Lake(str(folder)), since=0)

    return fill


def _read_and_write(database: str, file: Path) -> Callable[[], None]:
    def read_and_write() -> None:
        with sources.open_snapshot(database) as snapshot:
            for table in _TABLES:
                with (
                    snapshot.read(f"SELECT * FROM {table}", since=0) as rows,
                    pq.ParquetWriter(file, rows.schema, compression="zstd") as writer,
                ):
                    for batch in rows:
                        writer.write_batch(batch)

    return read_and_write


@contextmanager
def _filled(scale: int) -> Iterator[tuple[str, int]]:
    """Fill copies of the tables in a schema of their own; give how to reach them and how many rows there are."""
    database = settings.DATABASE_OWNER_URL
    inside = f"{database}{'&' if '?' in database else '?'}options=-csearch_path%3D{_SCHEMA}%2Cpublic"
    _execute(database, f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE", f"CREATE SCHEMA {_SCHEMA}")
    copies = (f"CREATE TABLE {_SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)" for table in _TABLES)
    _execute(database, *copies)
    try:
        yield inside, _fill(inside, scale)
    finally:
        _execute(database, f"DROP SCHEMA {_SCHEMA} CASCADE")


def _fill(database: str, scale: int) -> int:
    rows = 0
    with panel.open_panel(times=scale) as source, adbc.connect(database) as link:
        made = {name for (name,) in source.execute("SELECT table_name FROM information_schema.tables").fetchall()}
        for table in _TABLES:
            if table in made:
                reader = source.sql(_QUERIES.get(table, f"FROM {table}")).to_arrow_reader(100_000)
                with link.cursor() as cursor:
                    rows += cursor.adbc_ingest(table, reader, mode="append")
        link.commit()
    _execute(database, *(f"VACUUM ANALYZE {_SCHEMA}.{table}" for table in _TABLES))
    return rows


def _execute(database: str, *statements: str) -> None:
    with adbc.connect(database, autocommit=True) as link:
        for statement in statements:
            with link.cursor() as cursor:
                cursor.execute(statement)
