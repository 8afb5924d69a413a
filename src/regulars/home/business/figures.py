"""Figures in words: a metric's value by its unit, and how it changed, with a sign and whether that is good news.

For every page of this folder. The definition and formula beside a figure are the registry's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.core import money
from regulars.insight.metrics.registry import Better, Metric, Unit
from regulars.ui import formatting
from regulars.ui.templatetags.ui import MISSING

Value = float | int | None
WHOLE_FROM, SHORT_FROM = 1_000, 10_000_000  # main units of the currency
DECIMALS_BELOW = 100  # a count with a fraction (purchases a customer) needs its digits only while it is small


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure changed: `text` carries the sign; `direction` says good, bad or nothing."""

    text: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """What `<c-tile>` shows."""

    id: str
    label: str | Promise
    figure: str
    definition: str | Promise
    formula: str | Promise = ""
    href: str = ""
    change: str = ""
    direction: str = ""
    words: str = ""
    values: Sequence[float] = ()


def show(metric: Metric, value: Value, *, currency: str, short: bool = False) -> str:
    """Return a metric's value as a person reads it."""
    if value is None:
        return MISSING
    match metric.unit:
        case Unit.MONEY:
            return _money_short(round(value), currency) if short else formatting.money(round(value), currency)
        case Unit.SHARE:
            return formatting.percent(value)
        case Unit.DAYS:
            return _("%(days)s days") % {"days": formatting.number(value, decimals=1)}
        case Unit.COUNT:
            fraction = value != round(value) and abs(value) < DECIMALS_BELOW
            return formatting.number(value, decimals=2 if fraction else 0)


def plain(metric: Metric, value: Value, *, currency: str) -> object:
    """Return a metric's value for a file: amounts as decimals of the currency, everything else as it is."""
    if value is None or metric.unit is not Unit.MONEY:
        return value
    return money.to_decimal(round(value), currency)


def change(metric: Metric, now: Value, then: Value) -> Change | None:
    """Return how a metric changed: shares in points, all others in percent; nothing where there is nothing to compare."""
    if now is None or then is None or (not then and metric.unit is not Unit.SHARE):
        return None
    difference = now - then
    if metric.unit is Unit.SHARE:
        text = _("%(points)s pt") % {"points": _signed(difference * 100)}
    else:
        text = formatting.change(difference / abs(then))
    if text.startswith("±"):
        return Change(text, "")
    return Change(text, _direction(metric.better, rose=difference > 0))


def tile(
    metric: Metric,
    *,
    now: Value,
    then: Value,
    currency: str,
    words: str,
    href: str = "",
    values: Sequence[float] = (),
    label: str | Promise = "",
) -> Tile:
    """Return the tile of one metric: figure, change against `words`, and its definition."""
    changed = change(metric, now, then)
    return Tile(
        id=f"tile-{metric.key}",
        label=label or metric.name,
        figure=show(metric, now, currency=currency, short=True),
        definition=metric.formula,
        formula="",
        href=href,
        change=changed.text if changed else "",
        direction=changed.direction if changed else "",
        words=words if changed else _("nothing to compare with"),
        values=values,
    )


def _money_short(amount: int, currency: str) -> str:
    """Return an amount as short as one glance needs: cents only where they matter, millions with one decimal."""
    size = abs(money.to_decimal(amount, currency))
    if size < WHOLE_FROM:
        return formatting.money(amount, currency)
    return formatting.money_whole(amount, currency) if size < SHORT_FROM else formatting.money_compact(amount, currency)


def _direction(better: Better, *, rose: bool) -> str:
    match better:
        case Better.UP:
            return "good" if rose else "bad"
        case Better.DOWN:
            return "bad" if rose else "good"
        case Better.NEITHER:
            return ""


def _signed(points: float) -> str:
    text = formatting.number(points, decimals=1)
    if not any(digit in text for digit in "123456789"):
        return "±0.0"
    return text if text.startswith(formatting.MINUS) else f"+{text}"
