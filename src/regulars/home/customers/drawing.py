"""The two charts of the 360 page: what was spent by month, and the rhythm of the last year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from regulars.core import money
from regulars.home.customers.purchases import Purchases
from regulars.ui import charts, formatting

MONTHS = 24
_COMPARED = 3


def spending(bought: Purchases, *, in_own_stores: bool) -> charts.Chart | None:
    """Return the months as bars, or nothing where nothing was bought."""
    months = bought.by_month(months=MONTHS)
    if not bought.days:
        return None
    values = [
        {"month": month.isoformat(), "net": float(money.to_decimal(net, bought.currency)), "receipts": count,
         "text": formatting.money(net, bought.currency)}
        for month, net, count in months
    ]  # fmt: skip
    pattern = "%b %y" if formatting.locale().language == "en" else "%y年%-m月"
    axis = alt.Axis(format=pattern, tickCount=min(len(values), 12), grid=False, labelOverlap=True)
    drawing = (
        alt.Chart(_data(values))
        .mark_bar(width={"band": 0.72})
        .encode(
            x=alt.X("yearmonth(month):T", title=None, axis=axis),
            y=alt.Y("net:Q", title=None, axis=charts.amounts_axis(tickCount=4)),
            tooltip=[
                alt.Tooltip("month:T", title=_("Month"), format=pattern),
                alt.Tooltip("text:N", title=_("Net sales")),
                alt.Tooltip("receipts:Q", title=_("Receipts")),
            ],
        )
    )
    return charts.chart(
        drawing,
        id="spending",
        title=_spending_title(months, bought.currency),
        source=_("Receipts minus returns in your stores.") if in_own_stores else _("Receipts minus returns, by month."),
        height=200,
        columns=[_("Month"), _("Net sales"), _("Receipts")],
        rows=[
            (formatting.month(month), formatting.money(net, bought.currency), formatting.number(count))
            for month, net, count in reversed(months)
        ],
    )


def rhythm(bought: Purchases, *, title: str, due: date | None) -> charts.Chart | None:
    """Return the purchase days of the last year as ticks, with the day on which the next one is due."""
    start = bought.as_of - timedelta(days=365)
    days = [day for day in bought.purchase_days if day >= start]
    if not days:
        return None
    pattern = "%b" if formatting.locale().language == "en" else "%-m月"
    window = [start.isoformat(), max(bought.as_of, due or bought.as_of).isoformat()]
    when: dict[str, Any] = {"title": None, "scale": alt.Scale(domain=window)}
    x = alt.X("day:T", axis=alt.Axis(format=pattern, grid=False, tickCount=12, labelOverlap=True), **when)
    ticks = (
        alt.Chart(_days(days))
        .mark_tick(thickness=2, height=34)
        .encode(x=x, tooltip=[alt.Tooltip("text:N", title=_("Bought on"))])
    )
    layers = ticks
    if due is not None:
        mark = alt.Chart(_days([due])).encode(x=x)
        rule = mark.mark_rule(strokeDash=[3, 3], strokeWidth=2, style="comparison").encode(
            tooltip=[alt.Tooltip("text:N", title=_("Due"))]
        )
        near_end = due > bought.as_of - timedelta(days=60)
        text = mark.mark_text(
            align="right" if near_end else "left", dx=-5 if near_end else 5, dy=-26, fontWeight=600, text=_("due")
        )
        layers = ticks + rule + text
    return charts.chart(
        layers,
        id="rhythm",
        title=title,
        height=120,
        columns=[_("Bought on"), _("Days since the purchase before")],
        rows=_pauses(bought.purchase_days),
    )


def _data(values: list[dict[str, Any]]) -> alt.Data:
    return alt.Data(values=values)  # type: ignore[no-untyped-call]  # Altair says nothing of its constructors


def _days(days: list[date]) -> alt.Data:
    return _data([{"day": day.isoformat(), "text": formatting.date(day)} for day in days])


def _pauses(days: list[date]) -> list[tuple[str, str]]:
    newest = days[-60:]
    before: list[date | None] = [days[-61] if len(days) > 60 else None, *newest[:-1]]
    return [
        (formatting.date(day), formatting.number((day - earlier).days) if earlier else "–")
        for day, earlier in zip(reversed(newest), reversed(before), strict=True)
    ]


def _spending_title(months: list[tuple[date, int, int]], currency: str) -> str:
    """Say how the last three whole months compare with the three before; without those, the best month."""
    whole = months[:-1]
    if len(whole) >= 2 * _COMPARED:
        now = sum(net for _month, net, _count in whole[-_COMPARED:]) // _COMPARED
        before = sum(net for _month, net, _count in whole[-2 * _COMPARED : -_COMPARED]) // _COMPARED
        facts = {"now": formatting.money(now, currency), "before": formatting.money(before, currency)}
        if before > 0 and now > before * 1.1:
            return _("Spends more: %(now)s a month lately, %(before)s in the three months before") % facts
        if before > 0 and now < before * 0.9:
            return _("Spends less: %(now)s a month lately, %(before)s in the three months before") % facts
        if before > 0:
            return _("Spends about the same as before: %(now)s a month") % facts
    best = max(months, key=lambda each: each[1])
    return _("Spent most in %(month)s: %(amount)s") % {
        "month": formatting.month(best[0]), "amount": formatting.money(best[1], currency),
    }  # fmt: skip
