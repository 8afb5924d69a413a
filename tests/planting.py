"""Plants a bug in a copy of the sources and sees whether the test that is named with it turns red (G41).

For the `planted_bugs` of the rooms, which are run by hand; nothing of it is collected by pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PARTS = ("src", "tests", "clients", "conformance", "bench")


@dataclass(frozen=True)
class Bug:
    """What is right in the one file that `path` (a glob) means, what is wrong instead, and the test that has to notice."""

    name: str
    path: str
    right: str
    wrong: str
    test: str


def is_noticed(bug: Bug) -> bool:
    """Return whether the test named with the bug fails on a copy that has it."""
    with tempfile.TemporaryDirectory(prefix="regulars-planted-") as folder:
        copy = Path(folder)
        for part in PARTS:
            shutil.copytree(CHECKOUT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(CHECKOUT / "pyproject.toml", copy)
        found = [path for path in copy.glob(bug.path) if bug.right in path.read_text("utf-8")]
        assert len(found) == 1, f"{bug.name}: the line has changed; plant the bug anew"
        found[0].write_text(found[0].read_text("utf-8").replace(bug.right, bug.wrong), "utf-8")
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", bug.test, "-q", "-n0", "-x"], cwd=copy,
            env={**os.environ, "PYTHONPATH": f"{copy}/src:{copy}"}, capture_output=True, check=False,
        )  # fmt: skip
        return ended.returncode == 1


def run(bugs: Sequence[Bug], words: Sequence[str]) -> int:
    """Plant the bugs whose names hold one of `words`, or all; print a line for each and return 1 if one goes unnoticed."""
    missed = 0
    for bug in bugs:
        if not words or any(word in bug.name for word in words):
            noticed = is_noticed(bug)
            missed += not noticed
            sys.stdout.write(f"{'red' if noticed else 'GREEN'} {bug.name}: {bug.test}\n")
            sys.stdout.flush()
    return 1 if missed else 0
