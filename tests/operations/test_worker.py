"""What a worker delivers, and what it leaves while a restored copy has not been released (G28)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from procrastinate.contrib.django import app

from regulars.config import worker
from regulars.core import outbox, sending
from regulars.core.models import OutboxDelivery

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class BellRang:
    name: ClassVar[str] = "tests.bell_rang"
    times: int


@pytest.fixture
def heard() -> Iterator[list[int]]:
    times: list[int] = []
    outbox.on(BellRang.name)(lambda payload, _now: times.append(payload["times"]))
    yield times
    outbox._subscribers.pop(BellRang.name)


@pytest.mark.django_db(transaction=True)
def test_events_wait_until_a_restored_copy_is_released(heard: list[int]) -> None:
    outbox.publish(BellRang(3), now=NOW)
    sending.pause("Restored", now=NOW)
    worker._deliver(threading.Event())
    assert heard == []
    assert OutboxDelivery.objects.filter(done_at=None).count() == 1
    assert sending.release() is True
    worker._deliver(threading.Event())
    assert heard == [3]
    assert OutboxDelivery.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_a_second_pause_keeps_the_first_reason() -> None:
    sending.pause("Restored from Monday", now=NOW)
    sending.pause("Restored from Tuesday", now=NOW)
    pause = sending.find_pause()
    assert pause is not None
    assert pause.reason == "Restored from Monday"
    assert sending.release() is True
    assert sending.release() is False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("paused", "queues"), [(True, [sending.INSIDE]), (False, None)])
def test_a_paused_worker_runs_only_what_stays_inside(monkeypatch: pytest.MonkeyPatch, paused: bool, queues: Any) -> None:
    asked: dict[str, Any] = {}

    class Recorder:
        def __enter__(self) -> Recorder:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def run_worker(self, **options: Any) -> None:
            asked.update(options)

    monkeypatch.setattr(type(app.connector), "get_worker_connector", lambda _: None)
    monkeypatch.setattr(app, "replace_connector", lambda _: Recorder(), raising=False)
    assert worker._run_jobs(paused=paused) is False
    assert asked["queues"] == queues


def test_what_the_house_does_for_itself_runs_on_the_inside_queue() -> None:
    """Lake, figures and seals go on in a restored copy; whatever else there is must wait."""
    inside = {name for name, task in app.tasks.items() if task.queue == sending.INSIDE}
    assert inside >= {"insight.sync_lake", "insight.refresh_figures", "insight.compact_lake", "organization.seal_audit"}
