"""What Prometheus reads at `/metrics`: the web processes' request times, and how the installation is doing now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import Error
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from regulars.core import sending
from regulars.operations import state


def render() -> bytes:
    """Return all metrics in Prometheus' text format; those of every web process, where there are several."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        requests = generate_latest(registry)
    else:
        requests = generate_latest(REGISTRY)
    live = CollectorRegistry()
    live.register(_Live())
    return requests + generate_latest(live)


class _Live(Collector):
    """Figures that are asked for when they are read."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = datetime.now(UTC)
        yield _gauge("disk_free_bytes", "Free space where the home folder lies", state.disk_free())
        try:
            yield from _of_database(now)
        except Error:
            yield _gauge("database_up", "Whether the database answers", 0)


def _of_database(now: datetime) -> Iterator[GaugeMetricFamily]:
    yield _gauge("database_bytes", "Size of the database", state.database()["size"])
    yield _gauge("database_up", "Whether the database answers", 1)
    beats = [worker.last_heartbeat for worker in state.workers()]
    yield _gauge("worker_heartbeat_age_seconds", "Since the last beat of any worker", _age(max(beats, default=None), now))
    yield _gauge("workers", "Workers alive", sum(worker.is_alive(now) for worker in state.workers()))
    queue = state.queue()
    jobs = GaugeMetricFamily("regulars_jobs", "Jobs by state", labels=["state"])
    for name in ("todo", "doing", "failed"):
        jobs.add_metric([name], getattr(queue, name))
    yield jobs
    yield _gauge("jobs_oldest_seconds", "Age of the oldest job that is due", _age(queue.waits_since, now))
    outbox = state.outbox()
    yield _gauge("outbox_waiting", "Events not yet delivered", outbox.waiting)
    yield _gauge("outbox_given_up", "Events that are no longer tried", outbox.given_up)
    yield _gauge("outbox_oldest_seconds", "Age of the oldest event not yet delivered", _age(outbox.waits_since, now))
    behind = GaugeMetricFamily("regulars_lake_rows_behind", "Rows that the lake still lacks", labels=["table"])
    age = GaugeMetricFamily("regulars_lake_synced_age_seconds", "Since the last sync", labels=["table"])
    for copy in state.lake():
        behind.add_metric([copy.name], copy.behind)
        age.add_metric([copy.name], _age(copy.synced_at, now))
    yield behind
    yield age
    backup = state.last_backup()
    yield _gauge("backup_age_seconds", "Since the last backup", _age(backup.made_at if backup else None, now))
    yield _gauge("sending_paused", "Whether a restored copy waits to be released", float(sending.is_paused()))


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"regulars_{name}", text, value=value)


def _age(at: datetime | None, now: datetime) -> float:
    """Return the seconds since `at`; NaN, which no alert mistakes for zero, where it never was."""
    return float("nan") if at is None else (now - at).total_seconds()
