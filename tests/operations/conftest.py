"""A home folder for a whole installation, whose PostgreSQL is stopped afterwards however the test ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.core.embedded_postgres import EmbeddedPostgres


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    EmbeddedPostgres(folder / "postgres").stop()
