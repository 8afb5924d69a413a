"""Short statements that run over and over: bound by the server, read and planned once for each connection.

For what a till waits for. Django's own cursors bind on the client and have PostgreSQL read and plan each statement anew;
these run beside them, on the same connection and in the same transaction. Casts in a statement say the types of its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

Rows = list[tuple[Any, ...]]

# For a transaction of such statements. Planning them for each set of values costs more than running them; and a plan that was
# made while tables were small must not read the whole of one, by itself or to join it, once it has grown: only keys are left.
ONE_PLAN = "set_config('plan_cache_mode', 'force_generic_plan', true), " + ", ".join(
    f"set_config('enable_{way}', 'off', true)" for way in ("seqscan", "hashjoin", "mergejoin")
)


def cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    """Return a cursor of the current transaction whose statements stay prepared on their connection."""
    connection.ensure_connection()
    link: Any = connection.connection
    link.prepare_threshold = link.prepare_threshold or 1  # what Django sends itself has no values to bind and stays unprepared
    return psycopg.Cursor(link)


def fetch(statement: str, values: Mapping[str, Any] | None = None, *, prepare: bool = True) -> Rows:
    """Run a statement and return its rows; `prepare` is False for one whose best plan depends on its values."""
    with _run(statement, values, prepare=prepare) as done:
        return done.fetchall() if done.description else []


def execute(statement: str, values: Mapping[str, Any] | None = None) -> int:
    """Run a statement and return how many rows it touched."""
    with _run(statement, values, prepare=True) as done:
        return int(done.rowcount)


def together(*asked: tuple[str, Mapping[str, Any]]) -> list[Rows]:
    """Send several reads at once and return the rows of each: one wait instead of one for each."""
    link = cursor().connection
    with connection.wrap_database_errors, link.pipeline():
        cursors = [psycopg.Cursor(link).execute(statement, values, prepare=True) for statement, values in asked]
    return [found.fetchall() for found in cursors]


def _run(statement: str, values: Mapping[str, Any] | None, *, prepare: bool) -> psycopg.Cursor[tuple[Any, ...]]:
    open_cursor = cursor()
    if connection.queries_logged:  # this way passes by the cursor that Django would count
        connection.queries_log.append({"sql": statement, "time": "0"})
    with connection.wrap_database_errors:
        return open_cursor.execute(statement, values or {}, prepare=prepare)
