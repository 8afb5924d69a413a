"""Example charts of `/design/`: a line against last year, bars with labels, a heat map, shares. Made-up numbers."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import altair as alt
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regulars.ui import charts, formatting

WEEKS = 26


def every_chart() -> list[charts.Chart]:
    """Return the charts in the order in which the page shows them."""
    return [weeks(), channels(), cohorts(), shares()]


def weeks() -> charts.Chart:
    """Return a line against the year before in grey."""
    start, now, before = dt.date(2026, 5, 25), wave(82, 9, 0.7), wave(80, 7, 0.2)
    rows = [(start + dt.timedelta(weeks=week), now[week], before[week]) for week in range(WEEKS)]
    data = _data(
        [{"week": day.isoformat(), "now": this, "before": that, "newest": day == rows[-1][0]} for day, this, that in rows]
    )
    axis = alt.X("week:T", title=None, axis=alt.Axis(format="%b %-d" if formatting.locale().language == "en" else "%-m月%-d日"))
    value = alt.Y("now:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format="$,.0f", tickCount=4))
    tips = [
        alt.Tooltip("week:T", title=_("Week of")),
        alt.Tooltip("now:Q", title=_("This year"), format=",.1f"),
        alt.Tooltip("before:Q", title=_("Last year"), format=",.1f"),
    ]
    base = alt.Chart(data).encode(x=axis)
    grey = base.mark_line(style="comparison").encode(y=alt.Y("before:Q", title=None))
    line = base.mark_line().encode(y=value, tooltip=tips)
    hover = base.mark_point(opacity=0, size=300).encode(y=value, tooltip=tips)
    last = base.transform_filter("datum.newest")
    ends = last.mark_text(align="left", dx=8, fontWeight=600, text=_("This year")).encode(y=value)
    grey_end = last.mark_text(align="left", dx=8, style="muted", text=_("Last year")).encode(y=alt.Y("before:Q"))
    return charts.chart(
        grey + line + hover + ends + grey_end,
        id="weeks",
        title=_("Weekly sales have stayed above last year since June"),
        source=_("Net sales in thousand dollars, by business week; made-up data."),
        columns=[_("Week of"), _("This year"), _("Last year")],
        rows=[
            (formatting.date(day), formatting.number(this, decimals=1), formatting.number(that, decimals=1))
            for day, this, that in rows
        ],
    )


def channels() -> charts.Chart:
    """Return bars with direct labels."""
    names = [pgettext("channel", "E-mail"), _("Text message"), _("App"), _("Letter"), _("Control group")]
    shares = [0.142, 0.118, 0.097, 0.061, 0.048]
    data = _data(
        [{"name": name, "share": share, "control": name == names[-1]} for name, share in zip(names, shares, strict=True)]
    )
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=140)),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 0.18])),
    )
    bars = base.transform_filter("!datum.control").mark_bar(size=20)
    grey = base.transform_filter("datum.control").mark_bar(size=20, style="comparison")
    text = base.mark_text(align="left", dx=6).encode(text=alt.Text("share:Q", format=".1%"))
    return charts.chart(
        bars + grey + text,
        id="channels",
        title=_("E-mail brought back three times as many as no message at all"),
        source=_("Share who bought within 14 days; made-up data."),
        height=220,
        columns=[_("Channel"), _("Share")],
        rows=[(name, formatting.percent(share)) for name, share in zip(names, shares, strict=True)],
    )


def cohorts() -> charts.Chart:
    """Return a heat map of who came back in which month."""
    months = [formatting.month(dt.date(2026, month, 1)) for month in range(1, 9)]
    cells = [
        {
            "joined": months[row],
            "month": age,
            "share": round(0.52 * math.exp(-0.16 * age) + 0.03 * ((row * 7 + age) % 3), 3),
        }
        for row in range(8)
        for age in range(1, 9 - row)
    ]
    base = alt.Chart(_data(cells)).encode(
        x=alt.X(
            "month:O",
            title=_("months since the first purchase"),
            axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
        ),
        y=alt.Y("joined:O", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    heat = base.mark_rect(cornerRadius=3).encode(
        color=alt.Color("share:Q", legend=None, scale=alt.Scale(domain=[0, 1])),
        tooltip=[
            alt.Tooltip("joined:N", title=_("Joined")),
            alt.Tooltip("share:Q", title=_("Came back"), format=".0%"),
        ],
    )
    text = base.mark_text(fontSize=11).encode(text=alt.Text("share:Q", format=".0%"))
    return charts.chart(
        heat + text,
        id="cohorts",
        title=_("Four in ten come back in the third month"),
        height=300,
        source=_("Share of each month's new customers who bought again; made-up data."),
        columns=[_("Joined"), _("Months since"), _("Came back")],
        rows=[(cell["joined"], cell["month"], formatting.percent(float(str(cell["share"])), decimals=0)) for cell in cells],
    )


def shares() -> charts.Chart:
    """Return stacked shares in the six colors."""
    names = [_("Grocery"), _("Drugs"), _("Produce"), _("Meat"), _("Bakery"), _("Other")]
    values = [
        {"quarter": f"Q{quarter}", "name": name, "order": index, "value": 30 - 4 * index + (quarter * (index + 2)) % 5}
        for quarter in range(1, 5)
        for index, name in enumerate(names)
    ]
    drawing = (
        alt.Chart(_data(values))
        .mark_bar(size=44, cornerRadiusEnd=0)
        .encode(
            x=alt.X("quarter:O", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=None, stack="normalize", axis=alt.Axis(format=".0%", tickCount=4)),
            color=alt.Color("name:N", sort=names, title=None),
            order=alt.Order("order:Q"),
            tooltip=[alt.Tooltip("name:N", title=_("Department")), alt.Tooltip("value:Q", title=_("Sales"))],
        )
    )
    return charts.chart(
        drawing,
        id="shares",
        title=_("Grocery keeps a quarter of sales all year"),
        height=300,
        source=_("Share of net sales by department; made-up data."),
    )


def wave(level: float, swing: float, slope: float) -> list[float]:
    """Return half a year of weekly numbers that look lived-in yet never change."""
    return [
        round(level + slope * week + swing * (math.sin(week / 2.6) * 0.6 + math.sin(week * 1.7) * 0.4), 1)
        for week in range(WEEKS)
    ]


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=values)
