"""What must always be true of the lake: up to its mark it is PostgreSQL, table by table and day by day (D6)."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from django.db import connection

from regulars.core.invariants import EXAMPLES_MAX, Outcome, holds
from regulars.insight.lake.storage import chosen_lake, find_mark
from regulars.insight.lake.tables import get_spec
from regulars.insight.models import LakeTable

_Days = dict[Any, tuple[int, ...]]

# What is counted and summed on each side of a fact table, by business date.
_FACTS = {
    "receipt": (
        ("line_count", "gross_amount", "discount_amount", "net_amount", "paid_amount"),
        "sales_receipt f",
        "f.business_date",
    ),
    "receipt_line": (
        ("quantity_milli", "gross_amount", "discount_amount", "net_amount", "paid_amount"),
        "sales_receiptline f JOIN sales_receipt r ON r.id = f.receipt_id",
        "r.business_date",
    ),
    "tender": (("amount",), "sales_tender f JOIN sales_receipt r ON r.id = f.receipt_id", "r.business_date"),
}
_DIMENSIONS = {
    "store": ("store_id", "organization_store"),
    "product": ("product_id", "catalog_product"),
    "customer": ("customer_id", "customers_customer"),
}


@holds("lake.facts", "The lake has the receipts, lines and tenders of PostgreSQL, in number and sum, day by day.")
def facts_are_copied() -> Outcome:
    different: list[str] = []
    for name, (columns, source, day) in _FACTS.items():
        table, xid = _copy_of(name)
        if table is None:
            continue
        ours = _by_day(f"SELECT {day}, count(*), {_sums(columns, 'f.')} FROM {source} WHERE f.written_xid < %s GROUP BY 1", xid)
        theirs = _in_lake(table, _sums(columns))
        different += [f"{name} on {day}" for day in sorted(ours.keys() | theirs.keys()) if ours.get(day) != theirs.get(day)]
    return _told(different)


@holds("lake.dimensions", "The lake has every store, product and customer of PostgreSQL.")
def dimensions_are_copied() -> Outcome:
    missing: list[str] = []
    for name, (key, source) in _DIMENSIONS.items():
        table, xid = _copy_of(name)
        if table is None:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {source} WHERE written_xid < %s", [xid])
            ids = pa.table({key: pa.array([row[0] for row in cursor.fetchall()], pa.int64())})
        with duckdb.connect() as duck:
            duck.register("ours", ids)
            duck.register("copied", table.to_pyarrow_table(columns=[key]))
            missing += [f"{name} {row[0]}" for row in duck.execute(f"FROM ours ANTI JOIN copied USING ({key})").fetchall()]
    return _told(missing)


def _copy_of(name: str) -> tuple[DeltaTable | None, int]:
    """Return the lake's table and the transaction number up to which it should be whole; None if never copied."""
    known = LakeTable.objects.filter(pk=name).first()
    table = chosen_lake().find(name) if known else None
    mark = find_mark(table, f"{known.cluster}/{get_spec(name).layout}") if known else None
    return (table, mark.xid) if mark else (None, 0)


def _sums(columns: tuple[str, ...], prefix: str = "") -> str:
    return ", ".join(f"sum({prefix}{column})::bigint" for column in columns)


def _by_day(query: str, xid: int) -> _Days:
    with connection.cursor() as cursor:
        cursor.execute(query, [xid])
        return {day: tuple(figures) for day, *figures in cursor.fetchall()}


def _in_lake(table: DeltaTable, sums: str) -> _Days:
    files = table.file_uris()
    if not files:
        return {}
    query = f"SELECT business_date, count(*), {sums} FROM read_parquet($files, hive_partitioning = true) GROUP BY 1"
    with duckdb.connect() as duck:
        return {day: tuple(figures) for day, *figures in duck.execute(query, {"files": files}).fetchall()}


def _told(different: list[str]) -> Outcome:
    if not LakeTable.objects.exists():
        return Outcome(note="nothing was copied yet")
    return Outcome(len(different), tuple(different[:EXAMPLES_MAX]))
