"""How long the two pages take that people look at most, beside the time that their queries alone need.

Ours: Today with every part that it asks for, computed afresh, and the 360 page of a customer with 10,000 receipts. The limit:
what PostgreSQL and the engine took for those very requests; what is above it is ours to save. Queries are counted against
the thirty that no page may exceed.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pyarrow as pa
from django.db import connection
from django.test import Client

from bench.rows import Row
from regulars.config import first_person, static_files
from regulars.customers.models import Identifier
from regulars.demo import company
from regulars.home.business import kept
from regulars.insight.customers.write_back import refresh_figures
from regulars.insight.engines import engine as engines
from regulars.insight.lake import sync
from regulars.organization import access
from regulars.organization.models import Store
from regulars.sales import services as sales

QUERIES_MAX = 30
ENTRIES = 10_000
_RUNS = 7
_CARD = "REGULAR1"
_PARTS = re.compile(r'hx-get="([^"]+)" hx-trigger="load"')


def run(*, scale: int = 1) -> list[Row]:  # noqa: ARG001 - a page shows what it shows, however much lies behind it
    """Measure both pages on the demo company."""
    now = datetime.now(UTC)
    company.build(now=now, progress=lambda *_: None)
    customer_id = _regular(now)
    sync.sync(now=now)
    refresh_figures()
    static_files.collect()
    client = Client(SERVER_NAME="localhost")
    client.force_login(first_person.ensure(now=now), backend="django.contrib.auth.backends.ModelBackend")
    return [
        *_measured("pages.today", lambda: _with_parts(client, "/")),
        *_measured("pages.customer_360", lambda: _with_parts(client, f"/customers/{customer_id}/")),
    ]


class _Clock:
    """Counts the queries of a request, and the seconds that PostgreSQL and the engine take for them."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.queries = 0

    def ask(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.queries += 1
        return self.time(execute, *arguments)

    def time(self, work: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return work(*arguments)
        finally:
            self.seconds += time.perf_counter() - started


def _measured(name: str, look: Callable[[], list[int]]) -> list[Row]:
    """Return the median time beside that of its queries, and the most queries that one request needs."""
    look()  # templates are compiled, files of the lake are opened
    ours, limit, queries = [], [], 0
    for _ in range(_RUNS):
        kept._answers.clear()  # as after a sync: no figure is known yet
        with _timed() as clock:
            started = time.perf_counter()
            queries = max(queries, *look())
            ours.append(time.perf_counter() - started)
        limit.append(clock.seconds)
    return [
        Row(name, statistics.median(ours) * 1000, statistics.median(limit) * 1000, "ms"),
        Row(f"{name}.queries", queries, QUERIES_MAX, "queries"),
    ]


@contextmanager
def _timed() -> Iterator[_Clock]:
    clock, engine = _Clock(), engines.chosen()
    compute = engine.run
    engine.run = lambda expression: clock.time(compute, expression)  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(clock.ask):
            yield clock
    finally:
        engine.run = compute  # type: ignore[method-assign]


def _with_parts(client: Client, address: str) -> list[int]:
    """Open a page and everything that it loads by itself; return the queries of each request."""
    queries, text = _look(client, address)
    return [queries, *(_look(client, unescape(part))[0] for part in _PARTS.findall(text))]


def _look(client: Client, address: str) -> tuple[int, str]:
    """Return how many queries an address needs, and what it answers."""
    clock = _Clock()
    with connection.execute_wrapper(clock.ask):
        answer = client.get(address)
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}")
    return clock.queries, answer.content.decode()


def _regular(now: datetime) -> int:
    """Record a customer who bought ten thousand times in three years, and return the id."""
    store = Store.objects.order_by("pk").values_list("code", flat=True)[0]
    hours = [now - timedelta(hours=3 + 2.6 * number) for number in range(ENTRIES)]
    lines = pa.table(
        {
            "row": pa.array(range(1, ENTRIES + 1), pa.int64()),
            "receipt_id": [f"REGULAR-{number}" for number in range(ENTRIES)],
            "store": [store] * ENTRIES,
            "sold_at": pa.array(hours, pa.timestamp("us", "UTC")),
            "customer_kind": ["card"] * ENTRIES,
            "customer_namespace": ["bench"] * ENTRIES,
            "customer": [_CARD] * ENTRIES,
            "product": ["BENCH-BREAD"] * ENTRIES,
            "gross_amount": pa.array([350 + number % 90 for number in range(ENTRIES)], pa.int64()),
        }
    )
    outcome = sales.record_receipts(lines, source="bench-pages", now=now, viewer=access.system("bench"), historical=True)
    if outcome.problems:
        raise AssertionError(outcome.problems[0])
    return Identifier.objects.get(kind=Identifier.Kind.CARD, namespace="bench", value=_CARD).customer_id
