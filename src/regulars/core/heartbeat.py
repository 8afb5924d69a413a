"""Knows in each web process whether PostgreSQL answers, so that nobody waits for one that stands still (G19).

A thread asks once a second, on a connection of its own. A server that says nothing for some seconds will not answer those
who wait for it already: their connections are hung up, which ends their requests with 503; and whoever comes meanwhile is
told so at once (`ui.requests.DatabaseAway`), so that no thread of the web is used up. A statement that only takes long is
left alone: the server goes on answering the one that asks.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from contextlib import closing
from typing import Any
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper

SILENCE_SECONDS = 4
_PAUSE_SECONDS = 0.25
_log = logging.getLogger("regulars.database")
_away = threading.Event()
_sessions: WeakSet[Session] = WeakSet()
_lock = threading.Lock()


class Session(psycopg.Connection[Any]):
    """A connection of the pool, which can be hung up from outside the thread that waits on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with _lock:
            _sessions.add(self)


def start() -> None:
    """Watch the database for as long as this process lives."""
    threading.Thread(target=_watch, daemon=True, name="heartbeat").start()


def is_away() -> bool:
    """Return whether the database was asked and has not answered since."""
    return _away.is_set()


def hang_up() -> None:
    """Cut the pool's connections: whoever waits on one is told that the server is gone."""
    with _lock:
        sessions = list(_sessions)
    for session in sessions:
        try:
            with socket.socket(fileno=os.dup(session.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        except (psycopg.Error, OSError):
            continue  # closed already


def _watch() -> None:
    was_there = False
    while True:
        try:
            link = psycopg.connect(
                settings.DATABASE_URL, autocommit=True, connect_timeout=SILENCE_SECONDS, application_name="regulars heartbeat"
            )
        except psycopg.OperationalError:
            _leave()
            time.sleep(_PAUSE_SECONDS)
            continue
        if was_there or is_away():
            _return()
        was_there = True
        with closing(link):
            if not _ask_until_lost(link):
                _leave()


def _leave() -> None:
    if _away.is_set():
        return
    _log.warning("the database does not answer; calls are told to come back")
    _away.set()
    _close_pool()  # whoever waits for a connection, or loses one and wants another, is refused at once
    hang_up()


def _return() -> None:
    """Take calls again, with a new pool: the connections of the old one were cut, here or by the server's restart."""
    _close_pool()
    _database().close_pool()  # forgets it; the next call makes a new one
    _away.clear()


def _close_pool() -> None:
    """Close the pool without waiting for those of its threads that are waiting themselves."""
    if pool := _database().pool:
        pool.close(timeout=0)


def _database() -> DatabaseWrapper:
    found = connections[DEFAULT_DB_ALIAS]
    assert isinstance(found, DatabaseWrapper)
    return found


def _ask_until_lost(link: psycopg.Connection[Any]) -> bool:
    """Ask once a second; return True when the server has hung up, False when it is silent."""
    poll = select.poll()
    poll.register(link.fileno(), select.POLLIN)
    try:
        while True:
            link.pgconn.send_query(b"SELECT 1")
            link.pgconn.flush()
            # Second by second: if this whole machine slept meanwhile, only one of them has passed.
            if not any(poll.poll(1000) for _ in range(SILENCE_SECONDS)):
                return False
            link.pgconn.consume_input()
            while link.pgconn.get_result():
                pass
            poll.poll(1000)  # until the next question, or until the server hangs up
    except psycopg.OperationalError:
        return True
