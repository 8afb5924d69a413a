"""Publish events in the service's own transaction; run each subscriber once per event after the commit (D10).

For services (`publish`), for `subscribers.py` files (`on`) and for the worker (`deliver_waiting`). Rooms below never import
rooms above: they publish, and whoever is interested subscribes by the wire name. What happens hundreds of times a second is
not published each time: its room adds it up and publishes the sum before each round (`before_delivery`).
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.db import connection, transaction

from regulars.core.models import OutboxDelivery, OutboxEvent

ATTEMPTS_MAX = 8
_log = logging.getLogger("regulars.outbox")


class Event(Protocol):
    """A frozen dataclass with a wire name."""

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


Subscriber = Callable[[dict[str, Any], datetime], None]
Collector = Callable[[datetime], None]
_subscribers: dict[str, dict[str, Subscriber]] = {}
_collectors: list[Collector] = []


def on(name: str) -> Callable[[Subscriber], Subscriber]:
    """Subscribe a function to the events called `name`; it gets the payload and the time it is run."""

    def subscribe(subscriber: Subscriber) -> Subscriber:
        _subscribers.setdefault(name, {})[f"{subscriber.__module__}.{subscriber.__qualname__}"] = subscriber
        return subscriber

    return subscribe


def before_delivery(collector: Collector) -> Collector:
    """Let a function publish what its room has added up, in a transaction of its own before each round of deliveries."""
    _collectors.append(collector)
    return collector


def publish(event: Event, *, now: datetime) -> None:
    """Write `event` into the outbox; it exists if, and only if, the surrounding transaction commits."""
    subscribers = _subscribers.get(event.name, {})
    if not subscribers:
        return
    row = OutboxEvent.objects.create(name=event.name, payload=dataclasses.asdict(event), occurred_at=now)
    OutboxDelivery.objects.bulk_create([OutboxDelivery(event=row, subscriber=key) for key in subscribers])
    # Channel in PostgreSQL: the worker wakes at commit, not at its next round.
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY regulars_outbox")


def deliver_waiting(*, now: datetime, limit: int = 100) -> int:
    """Run up to `limit` waiting deliveries, each in its own transaction; return how many were done."""
    done = 0
    for collect in _collectors:
        with transaction.atomic():
            collect(now)
    for _ in range(limit):
        with transaction.atomic():
            delivery = (
                OutboxDelivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(done_at=None, attempts__lt=ATTEMPTS_MAX)
                .order_by("attempts", "id")
                .first()
            )
            if delivery is None:
                return done
            done += _deliver(delivery, now)
    return done


def _deliver(delivery: OutboxDelivery, now: datetime) -> bool:
    subscriber = _subscribers.get(delivery.event.name, {}).get(delivery.subscriber)
    try:
        if subscriber is None:
            raise LookupError(f"no subscriber {delivery.subscriber} in this release")
        with transaction.atomic():
            subscriber(delivery.event.payload, now)
    except Exception as error:  # noqa: BLE001 - the worker's boundary: one failing subscriber must not stop the others
        _log.warning("subscriber failed", exc_info=True, extra={"job": delivery.subscriber})
        delivery.attempts += 1
        delivery.last_error = type(error).__name__
        delivery.save(update_fields=["attempts", "last_error"])
        return False
    delivery.done_at = now
    delivery.save(update_fields=["done_at"])
    return True
