"""Runs the real command line on a home folder of its own."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ADDRESS = "127.0.0.1"
_CLEAN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REGULARS_HOME", "REGULARS_TEST_HOME", "DJANGO_SETTINGS_MODULE", "REGULARS_URL")

_NEW = "new installation"
_IMPORTS = "import sys; from pathlib import Path; from regulars.config import installation"
_SHOP = "import tests.operations.shop as shop"


def environment(**changes: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _CLEAN} | changes


def regulars(home: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "regulars.config.cli", "--home", str(home), *arguments],
        env=environment(**changes), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def install(home: Path) -> None:
    """Make `home` a new installation: a copy of one that is made once in a run."""
    made = Path(os.environ["REGULARS_TEST_HOME"]) / _NEW
    with made.with_name(f"{_NEW}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            scratch = made.with_name(f"{_NEW}.part")
            done = regulars(scratch, "migrate")
            assert done.returncode == 0, done.stderr
            scratch.rename(made)
    subprocess.run(["cp", "-a", str(made), str(home)], check=True)


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a command that stays, its output in `home.out`."""
    with home.with_suffix(".out").open("a") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "regulars.config.cli", "--home", str(home), *arguments],
            env=environment(), stdout=out, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip


def python(home: Path, code: str) -> str:
    """Run a few lines in an installation that is open."""
    body = textwrap.indent(textwrap.dedent(code), "    ")
    program = f"{_IMPORTS}\nwith installation.opened() as home:\n    {_SHOP}\n{body}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(REGULARS_HOME=str(home), DJANGO_SETTINGS_MODULE="regulars.config.settings"),
        capture_output=True, text=True, timeout=180, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], object], *, seconds: float = 180) -> object:
    """Return what `what` returns as soon as it is true."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s for {what}")


def health(port: int) -> str:
    """Return what /healthz says, or nothing while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{ADDRESS}:{port}/healthz", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""
