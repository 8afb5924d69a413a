"""Starts one embedded PostgreSQL for the whole run, shared by all its workers, and stops it at the end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from regulars.core import database
from regulars.core.embedded_postgres import EmbeddedPostgres


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return  # the first process has done it
    data = settings.REGULARS_HOME.postgres
    settings.REGULARS_HOME.prepare()
    EmbeddedPostgres(data).start()
    database.create_roles(data)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    EmbeddedPostgres(settings.REGULARS_HOME.postgres).stop()
    shutil.rmtree(Path(settings.REGULARS_HOME.root), ignore_errors=True)
