"""Which trading day an instant belongs to: in Python, in SQL, and through every change of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.core.business_time import BUSINESS_DATE_SQL, TradingDay

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Paris", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
         "Pacific/Kiritimati", "Pacific/Honolulu", "UTC"]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-09-10T01:30+08:00", "2026-09-09"),
        ("2026-09-10T03:59:59+08:00", "2026-09-09"),
        ("2026-09-10T04:00+08:00", "2026-09-10"),
    ],
)
def test_the_cutoff_begins_the_new_day(at: str, expected: str) -> None:
    assert TradingDay("Asia/Shanghai", cutoff_minutes=240).date_of(datetime.fromisoformat(at)).isoformat() == expected


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2027-03-14", 23),
        ("America/New_York", "2027-11-07", 25),
        ("America/Santiago", "2027-09-05", 23),  # midnight itself is skipped
        ("Asia/Beirut", "2027-03-28", 23),
        ("Australia/Lord_Howe", "2027-10-03", 23.5),
        ("Asia/Shanghai", "2027-03-14", 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_makes_it(zone: str, day: str, hours: float) -> None:
    trading = TradingDay(zone)
    start, end = trading.start_of(date.fromisoformat(day)), trading.end_of(date.fromisoformat(day))
    assert end - start == timedelta(hours=hours)
    assert trading.date_of(start).isoformat() == day
    assert trading.date_of(end - timedelta(microseconds=1)).isoformat() == day
    assert trading.date_of(start - timedelta(microseconds=1)).isoformat() < day


@pytest.mark.django_db
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds it
    zone=st.sampled_from(ZONES),
    cutoff=st.integers(0, 1439),
)
def test_sql_and_python_agree(at: datetime, zone: str, cutoff: int) -> None:
    query = BUSINESS_DATE_SQL.format(at="%(at)s::timestamptz", zone="%(zone)s", cutoff="%(cutoff)s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {query}", {"at": at, "zone": zone, "cutoff": cutoff})
        assert cursor.fetchone()[0] == TradingDay(zone, cutoff).date_of(at)


def test_the_sum_of_days_is_the_whole() -> None:
    trading = TradingDay("America/New_York", cutoff_minutes=240)
    days = [date(2027, 1, 1) + timedelta(days=offset) for offset in range(365)]
    assert all(trading.end_of(day) == trading.start_of(day + timedelta(days=1)) for day in days)
    local = trading.start_of(days[0]).astimezone(ZoneInfo("America/New_York"))
    assert (local.hour, local.minute) == (4, 0)
