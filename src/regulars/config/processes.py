"""Run web and worker as children: start them, bring a crashed one back, stop all of them together.

For `regulars serve`. Children live in sessions of their own, so that Ctrl-C reaches only the supervisor, which then
ends them in order; a child whose supervisor was killed notices it within a second and ends itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_BACKOFF_SECONDS_MAX = 30.0
_STEADY_SECONDS = 60.0  # a child that lived this long crashed for a new reason
_STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.25
_PARENT = "REGULARS_SUPERVISOR_PID"


@dataclass(slots=True)
class Child:
    """One kind of process that should always be running."""

    name: str
    module: str
    arguments: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start_at: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, *self.arguments],
            env={**os.environ, **environment, _PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started_at = time.monotonic()

    def crashed(self) -> int | None:
        """Return the exit code of a child that has just ended, having planned when it starts again."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        if time.monotonic() - self.started_at > _STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        self.next_start_at = time.monotonic() + self.pause
        self.process = None
        return code

    @property
    def pause(self) -> float:
        """Return how long the next start waits, in seconds: one, two, four … half a minute."""
        return min(_BACKOFF_SECONDS_MAX, 2.0 ** (self.failures - 1)) if self.failures else 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps `children` running until it is told to stop; `say` tells a person, `look` is run at every round."""

    children: list[Child]
    environment: Mapping[str, str]
    say: Callable[[str], None]
    look: Callable[[], None]
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Start all and stay until SIGTERM, SIGINT or SIGHUP."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        try:
            while not self._stopping.is_set():
                self._round()
                self._stopping.wait(_LOOK_SECONDS)
        finally:
            self._stop()

    def _round(self) -> None:
        for child in self.children:
            if (code := child.crashed()) is not None:
                self.say(f"{child.name} stopped ({_reason(code)}); it starts again in {child.pause:.0f} s")
            if child.process is None and time.monotonic() >= child.next_start_at:
                child.start(self.environment)
        self.look()

    def _stop(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            _signal(process, signal.SIGTERM)
        give_up_at = time.monotonic() + _STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()


def end_with_supervisor() -> None:
    """End this process, politely first, as soon as the supervisor above it is gone."""
    supervisor = int(os.environ.get(_PARENT, "0"))
    if supervisor:
        threading.Thread(target=_watch, args=(supervisor,), daemon=True, name="supervisor-watch").start()


def _watch(supervisor: int) -> None:
    while _is_alive(supervisor):
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os._exit(1)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number) if number == signal.SIGKILL else process.send_signal(number)
    except ProcessLookupError:
        return


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
