"""The retention heat map: of the customers who first bought in a month, how many came back so many months later (F65).

For Today (the last cohorts) and the retention page (all). A month that is still running is left out: it would look like a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from regulars.home.business import kept
from regulars.home.business.choices import Choice
from regulars.insight.metrics import periods
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.retention import retention
from regulars.ui import charts, formatting
from regulars.ui.charts import Chart

COHORTS = 12
Cell = dict[str, Any]  # a row of `retention`


def chart(choice: Choice, *, cohorts: int = COHORTS, id: str = "retention") -> Chart:
    """Return the heat map of the newest cohorts."""
    found = cells(choice)
    first = sorted({cell["cohort"] for cell in found})[-cohorts:]
    shown = [cell for cell in found if cell["cohort"] in first]
    return charts.chart(
        _drawing(shown),
        id=id,
        title=title(shown),
        note=_("Share of each month's new customers who bought again in the months after."),
        source=_source(choice, first),
        height=min(480, 60 + 28 * max(len(first), 4)),
        columns=[_("First bought"), _("Months later"), _("Customers"), _("Cohort size"), _("Share")],
        rows=[
            (
                formatting.month(cell["cohort"]), cell["month"], formatting.number(cell["customers"]),
                formatting.number(cell["size"]), formatting.percent(cell["share"]),
            )
            for cell in shown
        ],
    )  # fmt: skip


def _source(choice: Choice, cohorts: Sequence[date]) -> str:
    text = _("By business month, after returns. A month that is not over yet is left out.")
    if choice.covered and cohorts and cohorts[0] <= choice.covered.first:
        text += " " + _("Sales are on record since %(day)s: the first cohorts hold customers who had bought before.") % {
            "day": formatting.date(choice.covered.first)
        }
    return text


def cells(choice: Choice) -> list[Cell]:
    """Return the triangle up to the last whole month: cohort, months later, customers, size and share."""
    span = choice.covered
    if span is None:
        return []
    last = min(choice.period.last, span.last)
    end = periods.month_of(last).last
    whole = last if last == end else periods.month_of(last).first - timedelta(days=1)
    if whole < span.first:
        return []
    chosen = choice.slice.during(Period(span.first, whole))
    return kept.once(
        ("retention", chosen, choice.scope), lambda: list(retention(chosen=chosen, scope=choice.scope).to_pylist())
    )


@dataclass(frozen=True, slots=True)
class Cohort:
    """One row of the triangle as a table."""

    month: str
    size: str
    shares: list[str]


def table(cells: list[Cell]) -> list[Cohort]:
    """Return the triangle as a table, the newest cohort first."""
    by_cohort: dict[Any, dict[int, Cell]] = {}
    for cell in cells:
        by_cohort.setdefault(cell["cohort"], {})[cell["month"]] = cell
    last = max(cell["month"] for cell in cells)
    return [
        Cohort(
            formatting.month(cohort),
            formatting.number(next(iter(row.values()))["size"]),
            [formatting.percent(row[month]["share"], decimals=0) if month in row else "" for month in range(1, last + 1)],
        )
        for cohort, row in sorted(by_cohort.items(), reverse=True)
    ]


def title(cells: list[Cell]) -> str:
    """Return the sentence for the newest cohort that has had a month to come back."""
    after_one = [cell for cell in cells if cell["month"] == 1]
    if not after_one:
        return _("Who came back")
    newest = max(after_one, key=lambda cell: cell["cohort"])
    return _("%(share)s of the customers who first bought in %(month)s came back the month after") % {
        "share": formatting.percent(newest["share"], decimals=0),
        "month": formatting.month(newest["cohort"]),
    }


def _drawing(cells: list[Cell]) -> Any:
    values = [
        {
            "cohort": formatting.month(cell["cohort"]),
            "order": cell["cohort"].isoformat(),
            "month": cell["month"],
            "share": cell["share"],
            "customers": cell["customers"],
            "size": cell["size"],
        }
        for cell in cells
        if cell["month"] > 0
    ]
    order = list(dict.fromkeys(value["cohort"] for value in sorted(values, key=lambda value: value["order"])))
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("month:O", title=_("Months after the first purchase"), axis=alt.Axis(labelAngle=0, domain=False, ticks=False)),
        y=alt.Y("cohort:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    tips = [
        alt.Tooltip("cohort:N", title=_("First bought")),
        alt.Tooltip("month:O", title=_("Months later")),
        alt.Tooltip("share:Q", title=_("Came back"), format=".1%"),
        alt.Tooltip("customers:Q", title=_("Customers"), format=",d"),
        alt.Tooltip("size:Q", title=_("Cohort size"), format=",d"),
    ]
    shade = alt.Color("share:Q", legend=None, scale=alt.Scale(range="heatmap", domainMin=0))
    squares = base.mark_rect(cornerRadius=3).encode(color=shade, tooltip=tips)
    strong = max((value["share"] for value in values), default=1) * 0.55
    words = alt.Text("share:Q", format=".0%")
    # On a phone the squares are too small for words; a tap tells them.
    seen = alt.ExprRef("width < 420 ? 0 : 1")
    pale = base.transform_filter(f"datum.share < {strong}").mark_text(fontSize=11, opacity=seen).encode(text=words)
    full = base.transform_filter(f"datum.share >= {strong}")
    full = full.mark_text(fontSize=11, opacity=seen, style="on-strong").encode(text=words)
    return squares + pale + full
