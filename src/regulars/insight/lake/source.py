"""One snapshot of PostgreSQL, read as Arrow: every table of a sync sees the same moment.

For `sync`. The horizon is the oldest transaction that was still open when the snapshot was taken: every row below it is final,
so whoever commits late is simply copied by a later sync.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from django.db import connection
from psycopg.conninfo import make_conninfo

from regulars.core.errors import DomainError

# Any number will do, as long as nobody else uses it: two syncs must not write the lake at once.
_WRITER_LOCK = 4_823_017
_CONNECTION_KEYS = ("host", "port", "user", "password", "dbname")


class CountedAnewError(DomainError):
    """The database holds rows of transactions that it has not reached: a copy that was restored by other means."""

    code = "lake.counted_anew"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open repeatable-read transaction: which database it is, and below which transaction number everything is final."""

    connection: Any
    cluster: str
    horizon: int
    offset: int  # what a restored copy adds to its transaction numbers, so that they go on growing

    @contextmanager
    def read(self, query: str, *, since: int) -> Iterator[pa.RecordBatchReader]:
        """Give the rows of `query` written from `since` up to the horizon, streamed by COPY."""
        with self.connection.cursor() as cursor:
            cursor.execute(query.format(since=since, horizon=self.horizon))
            yield cursor.fetch_record_batch()

    def undone_batches(self, *, since: int) -> list[int]:
        """Return the imports that were taken back from `since` on; their rows are gone from this snapshot."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT batch_id FROM sales_undonebatch WHERE written_xid >= {since:d}")
            return [batch_id for (batch_id,) in cursor.fetchall()]


def conninfo() -> str:
    """Return how to reach the database that Django uses."""
    given = connection.get_connection_params()
    return make_conninfo("", **{key: given[key] for key in _CONNECTION_KEYS if given.get(key)})


@contextmanager
def open_snapshot(database: str) -> Iterator[Snapshot]:
    """Wait until no other process writes the lake, then take the snapshot."""
    with adbc.connect(database, autocommit=True) as link:
        _run(link, f"SELECT pg_advisory_lock({_WRITER_LOCK})::text")
        cluster = _cluster(link)
        _run(link, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        horizon, offset = _run(link, "SELECT regulars_xid_horizon(), regulars_xid_offset()")
        _refuse_counted_anew(link)
        yield Snapshot(link, cluster, int(horizon), int(offset))


@contextmanager
def alone(database: str) -> Iterator[None]:
    """Keep every other writer of the lake out."""
    with adbc.connect(database, autocommit=True) as link:
        _run(link, f"SELECT pg_advisory_lock({_WRITER_LOCK})::text")
        yield


def _refuse_counted_anew(link: Any) -> None:
    """Refuse rows from transactions that are still to come: they would be missed now and copied at some odd time."""
    (has_future,) = _run(
        link,
        "SELECT EXISTS (SELECT FROM sales_receipt WHERE written_xid >="
        " pg_snapshot_xmax(pg_current_snapshot())::text::bigint + regulars_xid_offset())",
    )
    if has_future:
        raise CountedAnewError(
            "This database counts its transactions anew: it was restored without `regulars restore`. "
            "Restore it with that command, or run `regulars doctor`."
        )


def _cluster(link: Any) -> str:
    """Return what tells this database from every other: its cluster's identifier, where one may ask, and its own number."""
    (oid,) = _run(link, "SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
    (may,) = _run(link, "SELECT has_function_privilege('pg_control_system()', 'execute')")
    if not may:
        return f"/{oid}"
    (identifier,) = _run(link, "SELECT system_identifier::text FROM pg_control_system()")
    return f"{identifier}/{oid}"


def _run(link: Any, statement: str) -> tuple[Any, ...]:
    with link.cursor() as cursor:
        cursor.execute(statement)
        return (cursor.fetchone() if cursor.description else None) or ()
