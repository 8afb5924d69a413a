"""Prepare the database: roles, tables, and the rights that make facts unchangeable; refuse one that could lose money.

For `regulars migrate`, `demo`, `serve` and the tests. Two roles: the owner migrates; the application reads and writes,
but may not change or delete a `Fact` (G7, G39) and cannot grant itself that right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from regulars.core import embedded_postgres, env
from regulars.core.errors import DomainError

VERSION_MIN = 160000
_UTC = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu"}
_MIGRATION_LOCK = 7_235_498_101
_SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class DatabaseAwayError(DomainError):
    """No server answers at the address of the database."""

    code = "database.away"


class UnsafeDatabaseError(DomainError):
    """The database is too old, or set so that it may lose what it has acknowledged (G13)."""

    code = "database.unsafe"


class OutdatedDatabaseError(DomainError):
    """The tables are those of an older release."""

    code = "database.outdated"


def create_roles(data: Path) -> None:
    """Make the roles and the database of an embedded server, once."""
    with psycopg.connect(embedded_postgres.url(data, "postgres", "postgres"), autocommit=True) as server:
        for role in (embedded_postgres.OWNER, embedded_postgres.APP):
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        database = embedded_postgres.DATABASE
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(embedded_postgres.OWNER))
            )


def migrate() -> None:
    """Bring the tables up to this release as the owner, then give the application's role its rights."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])  # two processes may start at once
        call_command("migrate", interactive=False, verbosity=0)
        _set_utc()
        grant_rights(settings.DATABASES["default"]["USER"])


def _set_utc() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'")
        if cursor.fetchone()[0] not in _UTC:
            database = sql.Identifier(str(connection.settings_dict["NAME"]))
            cursor.execute(sql.SQL("ALTER DATABASE {} SET TimeZone = 'UTC'").format(database))


def pending_migrations() -> list[str]:
    """Return the names of the migrations that this release has and the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def refuse_outdated() -> None:
    """Refuse to run on tables of an older release."""
    if pending := pending_migrations():
        raise OutdatedDatabaseError(
            f"The database lacks {len(pending)} migrations of this release; run «regulars migrate» first."
        )


@contextmanager
def as_owner() -> Iterator[None]:
    """Let Django's connection be the owner's for a while; only for commands that run alone in their process."""
    application = connection.settings_dict
    _disconnect()
    connection.settings_dict = application | {
        key: value for key, value in env.postgres(settings.DATABASE_OWNER_URL).items() if key != "OPTIONS"
    }
    try:
        yield
    finally:
        _disconnect()
        connection.settings_dict = application


def _disconnect() -> None:
    """Give up the connection and its pool, which would hand out the other role's connections."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.close()
    if isinstance(wrapper, DatabaseWrapper):
        wrapper.close_pool()


def grant_rights(role: str) -> None:
    """Let `role` read and write every table, but only add to facts, and change of counted rows only what counts."""
    owner = connection.settings_dict["USER"]
    if role == owner:
        return  # one role for both: `doctor` says what that costs
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(name))
        for table in [*fact_tables(), *changeable_columns()]:
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name))
        for table, columns in changeable_columns().items():
            named = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.execute(sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(named, sql.Identifier(table), name))


def fact_tables() -> list[str]:
    """Return the tables whose rows are only ever added."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


def changeable_columns() -> dict[str, tuple[str, ...]]:
    """Return the tables whose rows stay for ever and of which only the named columns may change (`Model.changeable`)."""
    return {model._meta.db_table: model.changeable for model in apps.get_models() if hasattr(model, "changeable")}


def is_missing(error: BaseException | None) -> bool:
    """Return whether an error says that the database is away or gave up, and not that we have asked it nonsense."""
    cause = error.__cause__ if isinstance(error, DatabaseError) and error.__cause__ else error
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError | InterfaceError | OperationalError)


def refuse_unreachable() -> None:
    """Refuse at once where no server answers: the pool of connections would go on trying for ten seconds."""
    try:
        psycopg.connect(settings.DATABASE_URL, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise DatabaseAwayError(f"The database cannot be reached. Is its server running? ({str(error).strip()})") from error


def refuse_unsafe() -> None:
    """Refuse to run on a server that is too old or would lose acknowledged writes; the message says how to mend it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, CASE name WHEN 'TimeZone' THEN reset_val ELSE setting END FROM pg_settings WHERE name = ANY(%s)",
            [[*_SAFE, "server_version_num", "data_checksums", "TimeZone"]],
        )
        found = dict(cursor.fetchall())
    for name, safe in _SAFE.items():
        # remote_write and local wait for this server's disk too; only `off` acknowledges before the write is safe.
        if found[name] == "off":
            raise UnsafeDatabaseError(
                f"PostgreSQL runs with {name} = off and could lose sales it has confirmed. "
                f"Set {name} = {safe} (ALTER SYSTEM SET {name} = {safe}; then reload) and start again."
            )
    if int(found["server_version_num"]) < VERSION_MIN:
        raise UnsafeDatabaseError("PostgreSQL 16 or newer is needed; upgrade the server that DATABASE_URL names.")
    if found["data_checksums"] == "off" and not settings.ALLOW_NO_CHECKSUMS:
        raise UnsafeDatabaseError(
            "PostgreSQL runs without data checksums and would not notice a damaged page. Stop it, run "
            "«pg_checksums --enable», start it again; or accept the risk with REGULARS_ALLOW_NO_CHECKSUMS=yes."
        )
    if found["TimeZone"] not in _UTC:
        raise UnsafeDatabaseError(
            f"The database's time zone is {found['TimeZone']}; it must be UTC. «regulars migrate» sets it."
        )


def owns_tables() -> bool:
    """Return whether the role of this connection owns the tables, and so could change what should be unchangeable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, tableowner, 'MEMBER') FROM pg_tables WHERE tablename = 'core_outboxevent'"
        )
        found = cursor.fetchone()
    return bool(found and found[0])
