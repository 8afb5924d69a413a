"""When points can be used and when they go, and where months and member years end (F21, F22, P22).

Every date is a business date of the program; instants are the ends of such days, so that nothing depends on UTC.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from regulars.loyalty.program.rules.body import Inactivity, LotExpiry, Never, YearEnd
from regulars.loyalty.program.rules.book import Book


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later; where that month is shorter, its last day.

    An anniversary is always counted from the first date, so that it returns to 29 February:

    >>> born = date(2024, 2, 29)
    >>> [add_months(born, 12 * years).isoformat() for years in (1, 4)]
    ['2025-02-28', '2028-02-29']
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(day: date, end: str) -> date:
    """Return the last day of the `month` or `year` that `day` lies in; the day itself for `day`."""
    match end:
        case "month":
            return day.replace(day=monthrange(day.year, day.month)[1])
        case "year":
            return date(day.year, 12, 31)
    return day


def last_use(day: date, book: Book) -> date | None:
    """Return the last business date on which points earned on `day` can be used; None if no date is set."""
    match book.body.expiry:
        case LotExpiry(months=months, end=end):
            return last_day(add_months(day, months), end)
        case YearEnd(years=years):
            return date(day.year + years, 12, 31)
        case Inactivity() | Never():
            return None


def expires_at(day: date, book: Book) -> datetime | None:
    """Return the first instant at which points earned on `day` are gone; None if no date is set."""
    last = last_use(day, book)
    return None if last is None else book.zone.end_of(last)


def available_from(day: date, book: Book) -> datetime | None:
    """Return when points earned on `day` can be used first; None for at once."""
    waits = book.body.pending_days
    return book.zone.end_of(day + timedelta(days=waits)) if waits else None


def period_of(day: date, *, joined_on: date, months: int, anchor: str) -> tuple[date, date]:
    """Return the first day of the tier period that `day` lies in, and the first day after it.

    >>> [end.isoformat() for end in period_of(date(2026, 3, 5), joined_on=date(2025, 3, 31), months=12, anchor="member")]
    ['2025-03-31', '2026-03-31']
    """
    origin = date(min(joined_on, day).year, 1, 1) if anchor == "calendar" else min(joined_on, day)
    number = ((day.year - origin.year) * 12 + day.month - origin.month) // months
    while add_months(origin, number * months) > day:
        number -= 1
    return add_months(origin, number * months), add_months(origin, (number + 1) * months)
