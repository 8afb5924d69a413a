"""Tills sell while the server is killed: each acknowledged sale is there once, and everything adds up (G14, small)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.commands import free_port

ROOT = Path(__file__).parents[3]


@pytest.mark.xdist_group("installations")
def test_nothing_is_lost_or_doubled_when_everything_is_killed() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REGULARS_", "DATABASE_"))}
    command = [sys.executable, "-m", "conformance.crashes", "--checkouts", "96", "--kills", "4", "--pause", "0.7"]
    done = subprocess.run(
        [*command, "--port", str(free_port())], cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "regulars.config.settings"},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout
    report = json.loads(done.stdout)
    assert report["checkouts"] == 96
