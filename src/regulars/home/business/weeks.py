"""Net sales week by week, with the year before in grey: the chart of Today, of a store and of a product.

Only whole weeks are drawn, so that the last point is not a fall that is none.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import altair as alt
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import money
from regulars.home.business import asking, names
from regulars.home.business.choices import Choice
from regulars.insight.metrics import periods
from regulars.insight.metrics.periods import YEAR_DAYS, Period
from regulars.insight.metrics.slices import Slice
from regulars.ui import charts, formatting
from regulars.ui.charts import Chart

WEEKS = 26
COMPARED_MIN = 4  # fewer weeks beside last year's are no comparison
HEIGHT = 300
Weekly = dict[date, int]


def chart(choice: Choice, *, chosen: Slice | None = None) -> Chart:
    """Return the chart of net sales for the weeks up to the end of the period, of all or of a slice of it."""
    window = weeks_until(choice.period.last, span=choice.covered)
    now = _weekly(choice, chosen, window)
    before = {
        monday + timedelta(days=YEAR_DAYS): amount
        for monday, amount in _weekly(choice, chosen, window.year_before()).items()
        if choice.covered and monday >= choice.covered.first  # a week that had not begun with the first sale is no week
    }
    return drawn(now, before, currency=choice.currency, id="weeks")


def weeks_until(last: date, *, span: Period | None) -> Period:
    """Return the whole weeks (Monday to Sunday) up to `last`, not reaching back before the first sale."""
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    window = periods.last_days(7 * WEEKS, until=sunday)
    if span is None or span.first <= window.first:
        return window
    monday = span.first + timedelta(days=-span.first.weekday() % 7)
    return Period(min(monday, sunday - timedelta(days=6)), sunday)


def drawn(now: Weekly, before: Weekly, *, currency: str, id: str) -> Chart:
    """Return net sales by week as a chart whose title says what is seen."""
    both = [monday for monday in now if monday in before]
    digits = money.minor_digits(currency)
    rows = [
        {
            "week": monday.isoformat(),
            "words": names.week_in_words(monday),
            "now": amount / 10**digits,
            "before": before[monday] / 10**digits if monday in before else None,
            "newest": monday == max(now),
        }
        for monday, amount in sorted(now.items())
    ]
    return charts.chart(
        _layers(rows, with_before=len(both) >= COMPARED_MIN),
        id=id,
        title=title(now, before),
        height=HEIGHT,
        source=_("Net sales by business week, Monday to Sunday, in %(currency)s.") % {"currency": currency},
        columns=[_("Week"), _("Net sales"), _("Year before")],
        rows=[
            (
                row["words"],
                formatting.money(now[date.fromisoformat(row["week"])], currency),
                formatting.money(before[date.fromisoformat(row["week"])], currency) if row["before"] is not None else "–",
            )
            for row in rows
        ],
    )


def title(now: Weekly, before: Weekly) -> str:
    """Return the sentence that says what the chart shows."""
    both = [monday for monday in now if monday in before]
    if len(both) >= COMPARED_MIN:
        share = sum(now[monday] for monday in both) / (sum(before[monday] for monday in both) or 1) - 1
        words = {"share": formatting.percent(abs(share)), "weeks": len(both)}
        if share >= 0:
            return _("Net sales of these %(weeks)s weeks are %(share)s above the year before") % words
        return _("Net sales of these %(weeks)s weeks are %(share)s below the year before") % words
    if len(now) < 2:
        return _("Net sales by week")
    *earlier, newest = sorted(now)
    usual = sum(now[monday] for monday in earlier) / len(earlier)
    if not usual:
        return _("Net sales by week")
    words = {
        "share": formatting.percent(abs(now[newest] / usual - 1)),
        "weeks": ngettext("%(count)s week", "%(count)s weeks", len(earlier)) % {"count": len(earlier)},
    }
    if now[newest] >= usual:
        return _("The last week was %(share)s above the average of the %(weeks)s before") % words
    return _("The last week was %(share)s below the average of the %(weeks)s before") % words


def _weekly(choice: Choice, chosen: Slice | None, window: Period) -> Weekly:
    rows = asking.rows(["net_sales"], choice=choice, chosen=(chosen or choice.slice).during(window), by=["week"])
    return {row["week"]: row["net_sales"] for row in rows if row["net_sales"] is not None}


def _layers(rows: list[dict[str, Any]], *, with_before: bool) -> Any:
    english = formatting.locale().language == "en"
    axis = alt.X("week:T", title=None, axis=alt.Axis(format="%b %-d" if english else "%-m月%-d日", tickCount=7))
    scale = alt.Y("now:Q", title=None, scale=alt.Scale(zero=True), axis=charts.amounts_axis(tickCount=4))
    tips = [alt.Tooltip("words:N", title=_("Week")), alt.Tooltip("now:Q", title=_("Net sales"), format=",.2f")]
    if with_before:
        tips.append(alt.Tooltip("before:Q", title=_("Year before"), format=",.2f"))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=axis)
    newest = base.transform_filter("datum.newest")
    layers = [
        base.mark_area(line=False).encode(y=scale),
        base.mark_line().encode(y=scale),
        base.mark_point(opacity=0, size=400).encode(y=scale, tooltip=tips),
        newest.mark_point(size=50).encode(y=scale),
    ]
    if with_before:
        grey = alt.Y("before:Q", title=None)
        layers.insert(1, base.mark_line(style="comparison").encode(y=grey))
        layers.append(newest.mark_text(align="left", dx=8, fontWeight=600, text=_("Now")).encode(y=scale))
        layers.append(newest.mark_text(align="left", dx=8, style="muted", text=_("Year before")).encode(y=grey))
    return alt.layer(*layers)
