"""A database that stands still: whoever waits is hung up, whoever comes is told to come back, and both end soon (G19)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from regulars.core import heartbeat
from regulars.organization.requests import Viewer


@pytest.fixture
def away() -> Iterator[None]:
    heartbeat._away.set()
    yield
    heartbeat._away.clear()


def test_whoever_waits_is_hung_up(db: None) -> None:
    ends: list[str] = []
    started = threading.Event()
    session = heartbeat.Session.connect(settings.DATABASE_URL)

    def wait() -> None:
        started.set()
        try:
            session.execute("SELECT pg_sleep(60)")
        except psycopg.OperationalError as error:
            ends.append(type(error).__name__)

    waiting = threading.Thread(target=wait)
    waiting.start()
    started.wait()
    heartbeat.hang_up()
    waiting.join(10)
    session.close()
    assert ends == ["OperationalError"]


def test_silence_is_told_from_a_line_that_is_down(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(psycopg.connect(settings.DATABASE_URL, autocommit=True)) as link:
        monkeypatch.setattr(heartbeat, "SILENCE_SECONDS", 0)
        assert heartbeat._ask_until_lost(link) is False
    with closing(heartbeat.Session.connect(settings.DATABASE_URL, autocommit=True)) as link:
        monkeypatch.setattr(heartbeat, "SILENCE_SECONDS", 5)
        heartbeat.hang_up()
        assert heartbeat._ask_until_lost(link) is True


@pytest.mark.usefixtures("away")
def test_while_it_is_away_calls_are_told_to_come_back(client: Client, db: None) -> None:
    for path in ("/customers/", "/api/v1/customers", "/api/v1/till/parked"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert client.get("/api/v1/till/parked").json()["code"] == "unavailable"
    assert client.get("/healthz").json()["checks"]["database"] == "unreachable"


def test_a_page_that_loses_the_database_says_come_back_and_not_that_it_broke(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise OperationalError from psycopg.OperationalError("the server closed the connection")

    monkeypatch.setattr(Viewer, "__call__", lost)
    client.raise_request_exception = False
    assert client.get("/customers/").status_code == 503
