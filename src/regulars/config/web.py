"""The web child of `regulars serve`: granian with as many processes as the machine has cores, threads inside each."""

from __future__ import annotations

import argparse
import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from regulars.config import processes
from regulars.core import logs


def main() -> None:
    """Serve until told to stop."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--host", required=True)
    arguments.add_argument("--port", type=int, required=True)
    options = arguments.parse_args()
    processes.end_with_supervisor()
    workers = int(os.environ.get("REGULARS_WEB_PROCESSES") or min(4, os.cpu_count() or 1))
    # A thread more than the pool has connections would only wait there, and time out under load.
    threads = int(os.environ.get("REGULARS_POOL_SIZE") or 8)
    Granian(
        "regulars.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=2048,
        respawn_failed_workers=True,
        respawn_interval=2,
        workers_kill_timeout=10,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,  # each request is logged by core.requests
        log_dictconfig=logs.configuration(file=os.environ.get("REGULARS_LOG_FILE", ""), level="INFO"),
    ).serve()


if __name__ == "__main__":
    main()
