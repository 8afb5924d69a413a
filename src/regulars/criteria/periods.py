"""Relative dates: which days «the last 30 days» or «last month» mean on a given day.

For conditions on dates. A period is two days, both of which belong to it.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator


class Unit(StrEnum):
    """What a period is counted in; the calendar units are whole ones."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    CALENDAR_WEEK = "calendar_week"  # Monday to Sunday
    CALENDAR_MONTH = "calendar_month"
    CALENDAR_YEAR = "calendar_year"


Count = Annotated[StrictInt, Field(ge=1, le=10_000)]


class _Relative(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    unit: Unit


class Period(_Relative):
    """The last or next so many units; a rolling one ends or begins with today, a calendar one leaves the current unit out.

    >>> Period(last=7, unit="day").days(date(2026, 11, 22))
    (datetime.date(2026, 11, 16), datetime.date(2026, 11, 22))
    >>> Period(last=1, unit="calendar_month").days(date(2026, 11, 22))
    (datetime.date(2026, 10, 1), datetime.date(2026, 10, 31))
    """

    last: Count | None = None
    next: Count | None = None

    @model_validator(mode="after")
    def _one_direction(self) -> Period:
        if (self.last is None) == (self.next is None):
            raise ValueError("a period has either «last» or «next»")
        return self

    def days(self, today: date) -> tuple[date, date]:
        """Return the first and the last day that the period means on `today`."""
        if not self.unit.value.startswith("calendar_"):
            if self.last is not None:
                return shift(today, self.unit, -self.last) + timedelta(days=1), today
            return today, shift(today, self.unit, self.next or 0) - timedelta(days=1)
        start = _start_of(today, self.unit)
        if self.last is not None:
            return shift(start, self.unit, -self.last), start - timedelta(days=1)
        following = shift(start, self.unit, 1)
        return following, shift(following, self.unit, self.next or 0) - timedelta(days=1)


class Moment(_Relative):
    """The day so many units before today.

    >>> Moment(ago=1, unit="month").day(date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    """

    ago: Annotated[StrictInt, Field(ge=0, le=10_000)]

    def day(self, today: date) -> date:
        """Return the day that is meant on `today`."""
        return shift(today, self.unit, -self.ago)


def shift(day: date, unit: Unit, count: int) -> date:
    """Return the day `count` units later; the end of a short month stands in for days that it lacks."""
    match unit:
        case Unit.DAY:
            return day + timedelta(days=count)
        case Unit.WEEK | Unit.CALENDAR_WEEK:
            return day + timedelta(weeks=count)
        case Unit.MONTH | Unit.CALENDAR_MONTH:
            months = day.year * 12 + day.month - 1 + count
        case Unit.YEAR | Unit.CALENDAR_YEAR:
            months = (day.year + count) * 12 + day.month - 1
    year, month = divmod(months, 12)
    year = min(max(year, date.min.year), date.max.year)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _start_of(day: date, unit: Unit) -> date:
    if unit is Unit.CALENDAR_WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.CALENDAR_MONTH else day.replace(month=1, day=1)
