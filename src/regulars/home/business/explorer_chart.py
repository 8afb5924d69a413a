"""The answer of the explorer as a chart: a line over time, bars for everything else."""

from __future__ import annotations

from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from regulars.core import money
from regulars.home.business.explorer_table import Line, Table
from regulars.home.business.questions import Question
from regulars.insight.metrics.registry import Unit
from regulars.ui import charts, formatting
from regulars.ui.charts import Chart

BARS_MAX = 15
BAR_HEIGHT = 26


def drawn(question: Question, table: Table) -> Chart | None:
    """Return the chart of the first metric; none where there is only one figure or nothing at all."""
    lines = [line for line in table.rows if line.values[0] is not None]
    if not question.by or len(lines) < 2:
        return None
    lines = lines if question.is_over_time or question.by in ("weekday", "hour") else lines[:BARS_MAX]
    values = [_value(line, question) for line in lines]
    drawing = _over_time(values, question) if question.is_over_time else _bars(values, question)
    return charts.chart(
        drawing,
        id="answer",
        title=title(question, lines),
        source=_("%(metric)s, %(dates)s.") % {"metric": question.metrics[0].name, "dates": question.choice.words},
        note=str(question.metrics[0].formula),
        height=280 if question.is_over_time else min(480, 40 + BAR_HEIGHT * len(lines)),
    )


def title(question: Question, lines: list[Line]) -> str:
    """Return the sentence that names the largest."""
    metric = question.metrics[0]
    best = max(lines, key=lambda line: line.values[0] or 0)
    words = {"metric": metric.name, "name": best.name, "figure": best.cells[0].text}
    if question.is_over_time:
        return _("%(metric)s was highest in %(name)s: %(figure)s") % words
    return _("%(name)s leads in %(metric)s with %(figure)s") % words


def _value(line: Line, question: Question) -> dict[str, Any]:
    metric, value = question.metrics[0], line.values[0] or 0
    if metric.unit is Unit.MONEY:
        value = value / 10 ** money.minor_digits(question.choice.currency)
    at = line.key.isoformat() if question.is_over_time else line.name
    return {"at": at, "name": line.name, "value": value, "text": line.cells[0].text}


def _axis_format(question: Question) -> str:
    return ".0%" if question.metrics[0].unit is Unit.SHARE else "~s"


def _tips(question: Question) -> list[alt.Tooltip]:
    return [alt.Tooltip("name:N", title=" "), alt.Tooltip("text:N", title=str(question.metrics[0].name))]


def _over_time(values: list[dict[str, Any]], question: Question) -> Any:
    english = formatting.locale().language == "en"
    axis = alt.X("at:T", title=None, axis=alt.Axis(format="%b %-d" if english else "%-m月%-d日", tickCount=8))
    scale = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format=_axis_format(question), tickCount=4))
    base = alt.Chart(alt.InlineData(values=values)).encode(x=axis, y=scale)
    return alt.layer(
        base.mark_area(line=False), base.mark_line(), base.mark_point(opacity=0, size=400).encode(tooltip=_tips(question))
    )


def _bars(values: list[dict[str, Any]], question: Question) -> Any:
    largest = max((abs(value["value"]) for value in values), default=1) or 1
    smallest = min((value["value"] for value in values), default=0)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("at:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=180)),
        x=alt.X(
            "value:Q", title=None, axis=None,
            scale=alt.Scale(domain=[min(0, smallest), largest * 1.3]),
        ),
        tooltip=_tips(question),
    )  # fmt: skip
    return base.mark_bar(size=16) + base.mark_text(align="left", dx=6).encode(text="text:N")
