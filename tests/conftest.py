"""Starts an embedded PostgreSQL for each process that runs tests, and stops it at the end."""

from __future__ import annotations

import gc
import os
import shutil

import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from regulars.core import database
from regulars.core.embedded_postgres import EmbeddedPostgres

_MADE_BY_MIGRATE = {"django_content_type", "auth_permission", "django_site"}


def pytest_configure(config: pytest.Config) -> None:
    if _runs_tests(config):
        settings.REGULARS_HOME.prepare()
        EmbeddedPostgres(settings.REGULARS_HOME.postgres).start()
        database.create_roles(settings.REGULARS_HOME.postgres)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _runs_tests(config):
        EmbeddedPostgres(settings.REGULARS_HOME.postgres).stop()
        shutil.rmtree(settings.REGULARS_HOME.root, ignore_errors=True)
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["REGULARS_TEST_HOME"], ignore_errors=True)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what all tests share stays: no collection walks through it again
    gc.set_threshold(50_000, 20, 20)


def pytest_sessionstart() -> None:
    DatabaseOperations.sql_flush = _empty  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = lambda *_, **__: None  # what it would write again is not emptied


def _empty(self: DatabaseOperations, style: object, tables: list[str], **_: object) -> list[str]:
    """Empty the few tables that a test has filled: to truncate all of them takes as long as the test itself."""
    tables = [table for table in tables if table not in _MADE_BY_MIGRATE]
    if not tables:
        return []
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {self.quote_name(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
    unguarded = "SET LOCAL session_replication_role = replica"  # no keys and no guards of facts: all rows go
    return [unguarded, *(f"DELETE FROM {self.quote_name(table)}" for table in filled)] if filled else []


def _runs_tests(config: pytest.Config) -> bool:
    """Return whether this process runs tests itself, instead of handing them to workers."""
    return hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
