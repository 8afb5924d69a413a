"""Share one embedded PostgreSQL between processes: the first one in starts it, the last one out stops it.

For the command line. Each user holds a shared lock of the kernel on one file, which a kill -9 releases too, so no count
can go stale: a server that a killed process left behind is simply used on, and stopped by whoever comes last.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.core.embedded_postgres import EmbeddedPostgres


@contextmanager
def running(server: EmbeddedPostgres) -> Iterator[None]:
    """Keep `server` running while at least one process is inside."""
    folder = server.data.parent
    with _opened(folder / ".database-users") as users:
        with _gate(folder):
            server.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with _gate(folder):
                if _is_last(users):
                    server.stop()


def revive(server: EmbeddedPostgres) -> bool:
    """Start a server that stopped while it was in use; return whether it had to be."""
    with _gate(server.data.parent):
        return not server.is_running() and server.start()


@contextmanager
def _gate(folder: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server, so that nobody joins a server that is going down."""
    with _opened(folder / ".database-gate") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
