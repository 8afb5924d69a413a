"""Each test imports into a company of its own and a home folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regulars.core.home_folder import HomeFolder
from tests import retailer


@pytest.fixture(autouse=True)
def company(db: None) -> None:
    retailer.open_company()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> HomeFolder:
    settings.REGULARS_HOME = HomeFolder(tmp_path / "home")
    settings.REGULARS_HOME.imports.mkdir(parents=True)
    return settings.REGULARS_HOME
