"""`regulars serve` with real processes: they come up, come back, and all go together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from regulars.core.embedded_postgres import EmbeddedPostgres
from tests.operations import commands
from tests.operations.commands import wait_for


@pytest.fixture
def served(installed: Path) -> Iterator[tuple[Path, int, subprocess.Popen[str]]]:
    port = commands.free_port()
    process = commands.start(installed, "serve", "--port", str(port))
    try:
        wait_for(lambda: '"worker": "ok"' in commands.health(port))
        yield installed, port, process
    finally:
        _end_all(process)


def test_serving_comes_up_whole_survives_crashes_and_stops_together(served: tuple[Path, int, subprocess.Popen[str]]) -> None:
    home, port, process = served
    assert json.loads(commands.health(port)) == {
        "status": "ok", "checks": {"disk": "ok", "database": "ok", "worker": "ok"},
    }  # fmt: skip
    out = home.with_suffix(".out")
    wait_for(lambda: f"http://127.0.0.1:{port}/sign-in/" in out.read_text())

    # Another command uses the same database and leaves it running.
    link = commands.regulars(home, "link", "owner@localhost")
    assert link.stdout.startswith(f"http://127.0.0.1:{port}/sign-in/")
    assert '"database": "ok"' in commands.health(port)

    second = commands.regulars(home, "serve", "--port", str(commands.free_port()))
    assert second.returncode == 2
    assert f"is served at http://127.0.0.1:{port}" in second.stderr

    # A web process, the worker and the database are killed: each comes back.
    killed = [child for child in psutil.Process(process.pid).children() if child.status() != psutil.STATUS_ZOMBIE]
    for child in killed:
        child.kill()
    wait_for(lambda: "web stopped" in out.read_text() and "worker stopped" in out.read_text())
    _kill_postmaster(home)
    wait_for(EmbeddedPostgres(home / "postgres").is_running)
    wait_for(lambda: '"worker": "ok"' in commands.health(port))

    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not EmbeddedPostgres(home / "postgres").is_running()
    assert commands.health(port) == ""


def test_after_a_kill_of_everything_the_same_command_goes_on(served: tuple[Path, int, subprocess.Popen[str]]) -> None:
    home, port, process = served
    for victim in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        victim.kill()
    _kill_postmaster(home)
    process.wait(10)
    again = commands.start(home, "serve", "--port", str(port))
    try:
        wait_for(lambda: '"worker": "ok"' in commands.health(port))
        children = psutil.Process(again.pid).children(recursive=True)
        os.kill(again.pid, signal.SIGKILL)
        again.wait(10)
        _, alive = psutil.wait_procs(children, timeout=45)
        assert alive == []  # children end with a supervisor that was killed
        assert not EmbeddedPostgres(home / "postgres").is_running()  # the worker, the last to use it, stopped it
        assert commands.health(port) == ""
    finally:
        _end_all(again)


def _kill_postmaster(home: Path) -> None:
    os.kill(int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)


def _end_all(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            for child in [*children, psutil.Process(process.pid)]:
                child.kill()
