"""What a page is about, read from its address: which dates, compared with which, in which part of the company.

For every page with figures. The dates are always written out (P52). "The last 28 days" end with the newest business day on
record where that is older than today, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import dates
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.home.business import places
from regulars.home.business.places import Place
from regulars.insight.engines.contract import LakeEmptyError
from regulars.insight.metrics import comparison, periods
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope
from regulars.organization.company import get_company
from regulars.ui import formatting

Against = Literal["before", "year_before"]
USUAL = "28d"
CUSTOM = "custom"
STALE_DAYS = 2  # yesterday's figures are fresh: today's sales have only begun


@dataclass(frozen=True, slots=True)
class Preset:
    """A period with a name; `make` takes the last day that has figures."""

    key: str
    label: str | Promise
    make: Callable[[date], Period]


def _last_month(day: date) -> Period:
    return periods.month_of(periods.month_of(day).shifted(-1).first)


PRESETS: Mapping[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset("7d", _("Last 7 days"), lambda day: periods.last_days(7, until=day)),
        Preset(USUAL, _("Last 28 days"), lambda day: periods.last_days(28, until=day)),
        Preset("90d", _("Last 90 days"), lambda day: periods.last_days(90, until=day)),
        Preset("month", _("This month"), periods.month_to_date),
        Preset("last_month", _("Last month"), _last_month),
        Preset("year", _("This year"), periods.year_to_date),
        Preset("52w", _("Last 52 weeks"), lambda day: periods.last_days(364, until=day)),
    )
}
AGAINST: Mapping[Against, str | Promise] = {"before": _("Period before"), "year_before": _("Year before")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a page is about. `covered` are the dates with sales in the viewer's scope; None before the first one."""

    period: Period
    preset: str
    against: Against
    place: Place | None
    scope: Scope
    covered: Period | None
    today: date
    currency: str

    @property
    def slice(self) -> Slice:
        if self.place is None:
            return Slice(self.period)
        if self.place.kind == "store":
            return Slice(self.period, stores=frozenset({self.place.id}))
        return Slice(self.period, region_id=self.place.id)

    @property
    def narrowed(self) -> Scope:
        """Return the viewer's scope cut down to the chosen place, for questions that take no slice."""
        if self.place is None:
            return self.scope
        stores = self.place.stores
        return replace(self.scope, stores=stores if self.scope.stores is None else stores & self.scope.stores)

    def at(self, place: Place) -> Choice:
        """Return the same choice about another place."""
        return replace(self, place=place, currency=place.currency or self.currency)

    @property
    def is_stale(self) -> bool:
        return self.covered is not None and (self.today - self.covered.last).days >= STALE_DAYS

    @property
    def newest(self) -> date:
        return last_day(self.covered, today=self.today)

    @property
    def compared(self) -> Period:
        return self.period.before() if self.against == "before" else self.period.year_before()

    @property
    def words(self) -> str:
        return dates_in_words(self.period)

    @property
    def compared_words(self) -> str:
        return dates_in_words(self.compared)

    @property
    def against_words(self) -> str:
        """Return what a change is against: "on the 28 days before"."""
        if self.against == "year_before":
            return gettext("on the year before")
        if self.period.days == 1:
            return gettext("on the day before")
        return gettext("on the %(days)s days before") % {"days": self.period.days}

    @property
    def preset_label(self) -> str:
        return str(PRESETS[self.preset].label) if self.preset in PRESETS else gettext("Chosen dates")

    @property
    def parameters(self) -> dict[str, str]:
        """Return what the address of another page needs to be about the same; the usual choices stay out of it."""
        chosen: dict[str, str] = {}
        if self.preset == CUSTOM:
            chosen |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        elif self.preset != USUAL:
            chosen["period"] = self.preset
        if self.against != "before":
            chosen["compare"] = self.against
        if self.place:
            chosen["place"] = self.place.key
        return chosen

    @property
    def query(self) -> str:
        return urlencode(self.parameters)

    def link(self, address: str, **more: str) -> str:
        """Return the address of a page about the same dates and place; an empty value takes a parameter away."""
        query = urlencode({key: value for key, value in {**self.parameters, **more}.items() if value})
        return f"{address}?{query}" if query else address


def read(request: HttpRequest, *, scope: Scope) -> Choice:
    """Return the choice in the address; what is missing or no date falls back to the usual."""
    asked = request.GET
    place = places.read(asked.get("place", ""), scope=scope)
    span = covered(scope)
    company = get_company()
    today = timezone.now().astimezone(ZoneInfo(company.timezone)).date()
    preset, period = _period(asked, until=last_day(span, today=today))
    return Choice(
        period=period,
        preset=preset,
        against="year_before" if asked.get("compare") == "year_before" else "before",
        place=place,
        scope=scope,
        covered=span,
        today=today,
        currency=(place.currency if place else "") or company.currency,
    )


def covered(scope: Scope) -> Period | None:
    """Return the dates with sales in the lake, or None while it is empty."""
    try:
        return comparison.covered(scope=scope)
    except LakeEmptyError:
        return None


def last_day(span: Period | None, *, today: date) -> date:
    """Return the newest day with figures, never one that is still to come."""
    return min(today, span.last) if span else today


def dates_in_words(period: Period) -> str:
    """Return a period with its dates written out: "Oct 19 – Nov 15, 2026", "2026年10月19日至11月15日"."""
    if period.first == period.last:
        return formatting.date(period.first)
    return str(dates.format_interval(period.first, period.last, skeleton="yMMMd", locale=formatting.locale()))


def _period(asked: Mapping[str, str], *, until: date) -> tuple[str, Period]:
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if first and last:
        return CUSTOM, Period(min(first, last), max(first, last))
    preset = PRESETS.get(asked.get("period", ""), PRESETS[USUAL])
    return preset.key, preset.make(until)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # well written, but no date: February 30
        return None
