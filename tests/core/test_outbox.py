"""An event reaches each subscriber once, if and only if its transaction commits."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from django.db import transaction

from regulars.core import outbox
from regulars.core.models import OutboxDelivery, OutboxEvent

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Rang:
    name: ClassVar[str] = "bell.rang"
    times: int


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    monkeypatch.setattr(outbox, "_subscribers", {})

    @outbox.on("bell.rang")
    def listen(payload: dict[str, Any], now: datetime) -> None:
        calls.append(payload["times"])
        if payload["times"] < 0:
            raise ValueError("broken bell")

    return calls


@pytest.mark.django_db
def test_a_subscriber_runs_once_per_event(heard: list[int]) -> None:
    outbox.publish(Rang(3), now=NOW)
    assert outbox.deliver_waiting(now=NOW) == 1
    assert outbox.deliver_waiting(now=NOW) == 0
    assert heard == [3]


@pytest.mark.django_db
def test_what_is_rolled_back_never_happened(heard: list[int]) -> None:
    with transaction.atomic():
        outbox.publish(Rang(1), now=NOW)
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == 0
    assert outbox.deliver_waiting(now=NOW) == 0


@pytest.mark.django_db
def test_a_failing_subscriber_is_tried_again_and_then_left_in_sight(heard: list[int]) -> None:
    outbox.publish(Rang(-1), now=NOW)
    for _ in range(3):
        outbox.deliver_waiting(now=NOW)
    delivery = OutboxDelivery.objects.get()
    assert delivery.attempts == outbox.ATTEMPTS_MAX
    assert (delivery.last_error, delivery.done_at) == ("ValueError", None)
    assert len(heard) == outbox.ATTEMPTS_MAX
