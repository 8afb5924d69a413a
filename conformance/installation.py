"""An installation of its own for one run: made in a new folder, served, killed, paused, and started again.

For `crashes` and `goals`. It is what anybody starts with `regulars serve`, with calls uncounted, so that a few keys can make
many.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass(slots=True)
class Installation:
    """An installation that is started again whenever it was killed."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start `regulars serve` and wait until it answers."""
        environment = os.environ | {"REGULARS_LOG_LEVEL": "ERROR", "REGULARS_API_CALLS_PER_MINUTE": "1000000"}
        command = [sys.executable, "-m", "regulars.config.cli", "serve", "--port", str(self.port), "--home", str(self.home)]
        give_up_at = time.monotonic() + 240
        with (self.home.parent / "serve.log").open("ab") as log:
            while time.monotonic() < give_up_at:
                if self.process is None or self.process.poll() is not None:  # as the system's own supervisor would
                    self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
                try:
                    with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):  # noqa: S310 - our own address
                        return
                except OSError:
                    time.sleep(0.5)
        raise RuntimeError("the installation did not start; see serve.log")

    def stop(self) -> None:
        """Stop it politely."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def kill(self, victim: str, dice: random.Random) -> None:
        """Kill one of the processes that this run started, without asking."""
        assert self.process is not None
        if victim == "everything":
            doomed = [psutil.Process(self.process.pid), *self._processes(), *self._sessions(), *self.postmaster()]
        elif victim == "session":
            doomed = self._sessions()[:1]
        else:
            called = {"web": "regulars.config.web", "worker": "regulars.config.cli worker"}[victim]
            found = [it for it in self._processes() if called in " ".join(_command(it))]
            doomed = [dice.choice(found)] if found else []
        for process in doomed:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.kills[victim] += bool(doomed)
        if victim == "everything":
            self.process.wait(30)
            self.start()

    def _processes(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def postmaster(self) -> list[psutil.Process]:
        """Return the server of PostgreSQL, if it lives."""
        try:
            return [psutil.Process(int((self.home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]))]
        except (OSError, ValueError, psutil.NoSuchProcess):
            return []

    def _sessions(self) -> list[psutil.Process]:
        """Return the sessions of the application: PostgreSQL restarts all of them when one is killed."""
        found = [child for server in self.postmaster() for child in server.children()]
        return [child for child in found if "regulars_app" in " ".join(_command(child))]


def choose_home(home: Path) -> None:
    """Let this process work on the database of `home`; before the settings are read."""
    os.environ["REGULARS_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    os.environ.setdefault("REGULARS_LOG_LEVEL", "ERROR")
    os.environ.pop("DATABASE_URL", None)


def hang_up() -> None:
    """Give back the connections to a server that is going to be killed."""
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
