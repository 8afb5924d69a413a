"""Arrow tables into temporary tables of the current transaction, by COPY.

For services that write many rows at once: stage the input here, then judge and insert it with a few statements.
"""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection
from psycopg import sql

_TYPES: list[tuple[Any, str]] = [
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int64, "bigint"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "double precision"),
    (pa.types.is_decimal, "numeric"),
    (pa.types.is_date, "date"),
]
_LARGE = 10_000  # rows from which the planner should know what it joins, and sort in memory
_WRITE = pa_csv.WriteOptions(include_header=False, quoting_style="needed")  # texts quoted, so that '' differs from null


def stage(name: str, table: pa.Table) -> None:
    """Fill the temporary table `name` (made anew, gone with the transaction) with the rows of `table`."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(_postgres_type(field.type))) for field in table.schema
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(sql.Identifier(name), columns))
        with cursor.copy(sql.SQL("COPY {} FROM STDIN WITH (FORMAT csv)").format(sql.Identifier(name))) as copy:
            for batch in table.to_batches(max_chunksize=50_000):
                buffer = io.BytesIO()
                pa_csv.write_csv(pa.Table.from_batches([batch]), buffer, _WRITE)
                copy.write(buffer.getvalue())
    if table.num_rows >= _LARGE:
        plan_for_many(name)


def plan_for_many(name: str) -> None:
    """Tell the planner about a large temporary table, and let this transaction sort and hash in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL default_statistics_target = 5")  # a glance is enough for it
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier("pg_temp", name)))


def complete(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with exactly the columns of `schema`; missing ones are null."""
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def fetch(query: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or {})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def execute(query: str, parameters: dict[str, Any] | None = None) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or {})
        return int(cursor.rowcount)


def _postgres_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return next((name for matches, name in _TYPES if matches(kind)), "text")
