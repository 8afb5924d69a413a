"""Business dates: which trading day of a store an instant belongs to (D4, P47).

For sales at ingest, for jobs and reports. The same rule stands in SQL (`BUSINESS_DATE_SQL`) for set-based loads; a test
holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# `{at}`: timestamptz, `{zone}`: IANA name, `{cutoff}`: minutes after local midnight at which the trading day begins.
BUSINESS_DATE_SQL = "((({at} AT TIME ZONE {zone}) - make_interval(mins => {cutoff}))::date)"

# A till whose clock is further off than this is believed for nothing: the server's time counts (P46).
CLOCK_SKEW_MAX = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class TradingDay:
    """A store's day: its zone and the minutes after local midnight at which a new day begins."""

    timezone: str
    cutoff_minutes: int = 0

    def date_of(self, at: datetime) -> date:
        """Return the business date of the instant `at` (aware); intervals are half-open, so the cut-off begins the new day.

        >>> day = TradingDay("Asia/Shanghai", cutoff_minutes=240)
        >>> day.date_of(datetime.fromisoformat("2026-09-10T01:30+08:00")).isoformat()
        '2026-09-09'
        >>> day.date_of(datetime.fromisoformat("2026-09-10T04:00+08:00")).isoformat()
        '2026-09-10'
        """
        local = at.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)
        return (local - timedelta(minutes=self.cutoff_minutes)).date()

    def start_of(self, day: date) -> datetime:
        """Return the first instant of `day`; where the clock skips that minute, the first one after it."""
        wall = datetime.combine(day, time()) + timedelta(minutes=self.cutoff_minutes)
        # zoneinfo maps a skipped wall time with the offset before the gap, which lands behind it: exactly what is wanted.
        return wall.replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the first instant that no longer belongs to `day`."""
        return self.start_of(day + timedelta(days=1))
