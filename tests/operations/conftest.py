"""Places for whole installations, whose PostgreSQL is stopped afterwards however the test ends."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.core.embedded_postgres import EmbeddedPostgres
from tests.operations import commands


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the database's own user can reach: pytest closes its own to everybody, at any time."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-place-"))
    yield folder
    for home in folder.glob("*/postgres"):
        EmbeddedPostgres(home).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(place: Path) -> Path:
    """Where an installation may come; nothing is there."""
    return place / "home"


@pytest.fixture
def installed(home: Path) -> Path:
    """A new installation."""
    commands.install(home)
    return home
