"""The worker: jobs and schedules from the queue in PostgreSQL, and the events of the outbox.

Jobs run in procrastinate's threads; events in a thread of their own, woken by NOTIFY at each commit that published one.
A restored copy that has not been released runs only what stays inside the house (`core.sending`).
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import OperationalError, connection, connections

from regulars.config import processes
from regulars.core import outbox, sending

_log = logging.getLogger("regulars.worker")
_POLL_SECONDS = 5.0
_JOBS_AT_ONCE = 4


def run() -> None:
    """Run jobs and events until SIGTERM or SIGINT; jobs under way get half a minute to finish."""
    processes.end_with_supervisor()
    stopping = threading.Event()
    events = threading.Thread(target=deliver_events, args=(stopping,), name="outbox")
    events.start()
    try:
        while _run_jobs(paused=sending.is_paused()):
            _log.info("sending was paused or released: the queues are chosen anew")
    finally:
        stopping.set()
        events.join(timeout=30)
        connections.close_all()


def _run_jobs(*, paused: bool) -> bool:
    """Run the queue until a signal; return True if that signal was our own, because sending was paused or released."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    ended = threading.Event()
    changed = threading.Event()
    threading.Thread(target=_watch_pause, args=(ended, changed), kwargs={"paused": paused}, name="pause-watch").start()
    try:
        with app.replace_connector(DjangoConnector().get_worker_connector()) as worker_app:
            worker_app.run_worker(
                queues=[sending.INSIDE] if paused else None,
                name="regulars",
                concurrency=_JOBS_AT_ONCE,
                shutdown_graceful_timeout=30,
                delete_jobs="successful",
            )
    finally:
        ended.set()
    return changed.is_set()


def _watch_pause(ended: threading.Event, changed: threading.Event, *, paused: bool) -> None:
    while not ended.wait(_POLL_SECONDS):
        try:
            now_paused = sending.is_paused()
        except OperationalError:
            continue  # the database restarts; the queue waits for it by itself
        finally:
            connection.close()
        if now_paused != paused:
            changed.set()
            os.kill(os.getpid(), signal.SIGTERM)
            return


def deliver_events(stopping: threading.Event) -> None:
    """Deliver the outbox whenever a commit notifies, and every few seconds for what had to be tried again."""
    while not stopping.is_set():
        try:
            with psycopg.connect(**_parameters(), autocommit=True) as listener:
                listener.execute("LISTEN regulars_outbox")
                while not stopping.is_set():
                    _deliver(stopping)
                    for _ in listener.notifies(timeout=_POLL_SECONDS, stop_after=1):
                        pass
        except (psycopg.OperationalError, OperationalError) as error:
            _log.warning("the outbox waits for the database: %s", type(error).__name__)
            stopping.wait(2)
        finally:
            connection.close()


def _deliver(stopping: threading.Event) -> None:
    if not sending.is_paused():
        while not stopping.is_set() and outbox.deliver_waiting(now=datetime.now(UTC)):
            pass
    connection.close()


def _parameters() -> dict[str, Any]:
    from procrastinate.contrib.django.utils import connector_params

    return connector_params()
