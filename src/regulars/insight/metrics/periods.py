"""Periods of business dates, always written out: which dates "the last 30 days" means now (P52).

For pages, the API and exports. Both ends are included; the comparison periods say how they were chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

# 52 whole weeks: the same weekdays face each other, which a retailer's days must.
YEAR_DAYS = 364


@dataclass(frozen=True, slots=True)
class Period:
    """The business dates from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends on or after the day it begins")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """Return the period of the same length that ends the day before.

        >>> Period(date(2026, 9, 8), date(2026, 9, 14)).before()
        Period(first=datetime.date(2026, 9, 1), last=datetime.date(2026, 9, 7))
        """
        return self.shifted(-self.days)

    def year_before(self) -> Period:
        """Return the period 52 weeks (364 days) earlier, so that a Saturday faces a Saturday.

        >>> Period(date(2026, 9, 14), date(2026, 9, 20)).year_before().first.isoformat()
        '2025-09-15'
        """
        return self.shifted(-YEAR_DAYS)

    def shifted(self, days: int) -> Period:
        return Period(self.first + timedelta(days=days), self.last + timedelta(days=days))

    def described(self) -> str:
        """Return the dates in words of the reader's language: "Sept. 1, 2026 – Sept. 30, 2026 (30 days)"."""
        count = ngettext("%(days)d day", "%(days)d days", self.days) % {"days": self.days}
        if self.days == 1:
            return date_format(self.first)
        return gettext("%(first)s – %(last)s (%(count)s)") % {
            "first": date_format(self.first),
            "last": date_format(self.last),
            "count": count,
        }


def last_days(days: int, *, until: date) -> Period:
    """Return the `days` days that end with `until`, that day included."""
    return Period(until - timedelta(days=days - 1), until)


def month_of(day: date) -> Period:
    """Return the whole calendar month of `day`.

    >>> month_of(date(2028, 2, 10)).last.isoformat()
    '2028-02-29'
    """
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(first, following - timedelta(days=1))


def month_to_date(day: date) -> Period:
    """Return the calendar month of `day` up to that day."""
    return Period(day.replace(day=1), day)


def year_to_date(day: date) -> Period:
    """Return the calendar year of `day` up to that day."""
    return Period(day.replace(month=1, day=1), day)
