"""When a place sells: net sales by weekday and hour, as a heat map.

For the store page. The hour is the store's own clock, the weekday that of the business day.
"""

from __future__ import annotations

from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from regulars.core import money
from regulars.home.business import asking, names
from regulars.home.business.choices import Choice
from regulars.insight.metrics.registry import get_metric
from regulars.ui import charts, formatting
from regulars.ui.charts import Chart

METRIC = "net_sales"


def chart(choice: Choice) -> Chart:
    """Return the heat map of the chosen dates and place."""
    found = [row for row in asking.rows([METRIC], choice=choice, by=["weekday", "hour"]) if row[METRIC] is not None]
    scale = 10 ** money.minor_digits(choice.currency)
    values = [{**row, "day": names.weekday(row["weekday"], wide=False), "amount": row[METRIC] / scale} for row in found]
    return charts.chart(
        _drawing(values),
        id="hours",
        title=title(found),
        source=_source(choice),
        height=220,
        columns=[_("Weekday"), _("Hour"), str(get_metric(METRIC).name)],
        rows=[
            (names.weekday(row["weekday"]), f"{row['hour']}:00", formatting.money(row[METRIC], choice.currency))
            for row in found
        ],
    )


def _source(choice: Choice) -> str:
    text = _("Net sales by weekday and hour of the store’s clock.")
    if choice.scope.masked:
        text += " " + _("Hours of fewer than five customers stay blank.")
    return text


def title(found: list[asking.Row]) -> str:
    """Return the sentence that names the best hour."""
    if not found:
        return _("When customers buy")
    best = max(found, key=lambda row: row[METRIC])
    return _("The strongest hour is %(day)s from %(hour)s:00") % {
        "day": names.weekday(best["weekday"]), "hour": best["hour"],
    }  # fmt: skip


def _drawing(values: list[dict[str, Any]]) -> Any:
    order = [names.weekday(number, wide=False) for number in range(1, 8)]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("hour:O", title=None, axis=alt.Axis(labelAngle=0, domain=False, ticks=False)),
        y=alt.Y("day:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    return base.mark_rect(cornerRadius=3).encode(
        color=alt.Color("amount:Q", legend=None, scale=alt.Scale(range="heatmap", domainMin=0)),
        tooltip=[
            alt.Tooltip("day:N", title=_("Weekday")),
            alt.Tooltip("hour:O", title=_("Hour")),
            alt.Tooltip("amount:Q", title=_("Net sales"), format=",.2f"),
        ],
    )
