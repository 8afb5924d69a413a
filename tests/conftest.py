"""Starts an embedded PostgreSQL for each process that runs tests, and stops it at the end."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings

from regulars.core import database
from regulars.core.embedded_postgres import EmbeddedPostgres


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


def _runs_tests(config: pytest.Config) -> bool:
    """Return whether this process runs tests itself, instead of handing them to workers."""
    return hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
