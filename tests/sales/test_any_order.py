"""The same messages in any order, repeated any number of times, cut into any calls, end in the same state (P45)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.core.business_time import BUSINESS_DATE_SQL, TradingDay
from tests.sales.factories import NOW, line, sell, state

pytestmark = pytest.mark.django_db

MESSAGES: list[list[dict[str, Any]]] = [
    [line("1", line_no=1, discount_coupon=50), line("1", line_no=2, product="BREAD")],
    [line("2", customer="88", customer_kind="card", gross_amount=700)],
    [line("R1", kind="return", original_receipt_id="1", original_line_no=2, product="BREAD")],
    [line("R2", kind="return", original_receipt_id="2", customer="88", customer_kind="card", gross_amount=700)],
    [line("R3", kind="return", original_receipt_id="never sent")],
    [line("3", store="S1", sold_at=NOW - timedelta(days=2), customer="88", customer_kind="card")],
]
_calls = st.lists(st.sampled_from(range(len(MESSAGES))), max_size=10).flatmap(
    lambda repeats: st.permutations([*range(len(MESSAGES)), *repeats])
)
_sizes = st.lists(st.integers(1, 4), min_size=1, max_size=8)


class _UndoError(Exception):
    pass


def replayed(calls: list[list[int]]) -> dict[str, Any]:
    """Return the state after these calls, and forget it."""
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            for call in calls:
                sell(*(row for message in dict.fromkeys(call) for row in MESSAGES[message]))
            found = state()
            raise _UndoError
    except _UndoError:
        return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=_calls, sizes=_sizes)
def test_order_repeats_and_cuts_do_not_matter(company: object, order: list[int], sizes: list[int]) -> None:
    calls, place = [], 0
    while place < len(order):
        size = sizes[len(calls) % len(sizes)]
        calls.append(order[place : place + size])
        place += size
    assert replayed(calls) == replayed([list(range(len(MESSAGES)))])


@pytest.fixture(scope="module")
def zones(django_db_setup: None, django_db_blocker: Any) -> list[str]:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        known = {row[0] for row in cursor.fetchall()}
    return sorted(known & available_timezones() - {"Factory", "localtime"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    cutoff=st.integers(0, 1439),
)
def test_the_database_and_python_agree_on_the_business_date(zones: list[str], data: Any, at: datetime, cutoff: int) -> None:
    zone = data.draw(st.sampled_from(zones))
    rule = BUSINESS_DATE_SQL.format(at="%s::timestamptz", zone="%s", cutoff="%s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {rule}", [at, zone, cutoff])
        (found,) = cursor.fetchone()
    assert found == TradingDay(zone, cutoff).date_of(at), ZoneInfo(zone)
