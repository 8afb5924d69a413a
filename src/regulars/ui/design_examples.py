"""Example data of `/design/`: figures, rows, forms and charts made up for showing the components, and for nothing else."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import altair as alt
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ui import charts, formatting, lists
from regulars.ui.forms import Form

PARTS = {
    "foundations": gettext_lazy("Foundations"),
    "forms": gettext_lazy("Forms"),
    "tables": gettext_lazy("Tables"),
    "charts": gettext_lazy("Charts"),
    "content": gettext_lazy("Content"),
    "feedback": gettext_lazy("Feedback"),
}
COLORS = ("canvas", "surface", "surface-sunken", "line", "ink-faint", "ink-muted", "ink",
          "accent", "accent-soft", "good", "warn", "bad")
_WEEKS = 26


def context(request: HttpRequest, *, part: str) -> dict[str, Any]:
    """Return what the templates of one part need."""
    match part:
        case "foundations":
            return {"tiles": tiles(), "colors": COLORS, "names": ["Ana Lopez", "Ben Okafor", "Chiara Rossi", "张敏", "欧阳修远", "Li"]}
        case "forms":
            return {"form": example_form(), "options": options()}
        case "tables":
            return {"list": table(request), "changes": changes(), "exports": True}
        case "charts":
            return {"charts": [weeks(), channels(), cohorts(), shares()]}
    return {}


def tiles() -> list[dict[str, Any]]:
    """Return figures with their change, meaning and the last half year."""
    return [
        {
            "id": "net-sales", "label": _("Net sales"), "figure": formatting.money(9641200, "USD"),
            "change": formatting.change(0.041), "direction": "good", "words": _("than the 4 weeks before"),
            "values": _wave(60, 14, 0.9), "definition": _("Receipts minus returns, after discounts, without tax."),
            "formula": _("gross − discounts − returns − tax"),
        },
        {
            "id": "buyers", "label": _("Active customers"), "figure": formatting.number(1203), "change": "+31",
            "direction": "good", "words": _("than the 4 weeks before"), "values": _wave(40, 6, 0.6),
            "definition": _("People with at least one receipt in the period."), "formula": "",
        },
        {
            "id": "repurchase", "label": _("Repurchase rate, 90 days"), "figure": formatting.percent(0.618),
            "change": formatting.MINUS + "0.4", "direction": "bad", "words": _("points than a year ago"),
            "values": _wave(62, 3, -0.1), "definition": _("Buyers who bought again within 90 days of a purchase."),
            "formula": _("buyers with another receipt ÷ all buyers"),
        },
        {
            "id": "basket", "label": _("Average basket"), "figure": formatting.money(2949, "USD"),
            "change": formatting.change(0.008), "direction": "good", "words": _("than the 4 weeks before"),
            "values": _wave(29, 2, 0.08), "definition": _("Net sales by receipt."), "formula": "",
        },
        {
            "id": "at-risk", "label": _("At risk"), "figure": formatting.number(141), "change": "",
            "direction": "", "words": _("usually come every 21 days"), "values": [],
            "definition": _("Regulars who are later than twice their own rhythm."), "formula": "",
        },
    ]


def options() -> list[tuple[str, str]]:
    return [("north", _("North region")), ("south", _("South region")), ("harbor", _("Harbor Street")),
            ("market", _("Market Square")), ("station", _("Central Station"))]


class ExampleForm(Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("E-mail"), help_text=gettext_lazy("Used for receipts only."))
    store = forms.ChoiceField(label=gettext_lazy("Store"), choices=[("harbor", "Harbor Street"), ("market", "Market Square")])
    since = forms.DateField(label=gettext_lazy("Since"), required=False, widget=forms.DateInput)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label=gettext_lazy("May be written to"), required=False)


def example_form() -> ExampleForm:
    """Return the form as it looks after a wrong answer."""
    form = ExampleForm({"name": "Ana Lopez", "email": "ana@", "store": "market"})
    form.is_valid()
    return form


@dataclass(frozen=True)
class Person:
    """A row of the example table."""

    pk: int
    name: str
    state: str
    last: dt.date
    receipts: int
    amount: int


_TONES = {"active": "good", "new": "accent", "declining": "warn", "lost": "bad"}
_NAMES = ("Ana Lopez", "Ben Okafor", "Chiara Rossi", "张敏", "Dora Novak", "Emil Larsen", "王芳", "Farah Haddad",
          "Greta Vogel", "Hugo Martin", "李娜", "Ines Carvalho", "Jonas Weber", "赵磊")


def _people() -> list[Person]:
    states = tuple(_TONES)
    return [
        Person(index + 1, name, states[index * 5 % 4], dt.date(2026, 11, 20) - dt.timedelta(days=index * index),
               3 + index * 37 % 61, 4210 + index * 104_729 % 482_000)
        for index, name in enumerate(_NAMES)
    ]


def table(request: HttpRequest) -> lists.Page:
    """Return a list page without a database: its rows are sorted and filtered in memory."""
    words = {"active": _("Active"), "new": _("New"), "declining": _("Declining"), "lost": _("Lost")}
    listing = lists.Listing(
        id="people", sort="name", selectable=True, search=lambda rows, _words: rows, search_label=_("Search by name"),
        columns=[
            lists.Column(key="name", label=_("Name"), value=lambda row: row.name, sort="name", lead=True,
                         href=lambda row: "#person-%d" % row.pk),
            lists.Column(key="state", label=_("State"), value=lambda row: words[row.state],
                         show=lambda row: lists.status(words[row.state], tone=_TONES[row.state])),
            lists.Column(key="last", label=_("Last seen"), value=lambda row: row.last, sort="last",
                         show=lambda row: formatting.date(row.last)),
            lists.Column(key="receipts", label=_("Receipts"), value=lambda row: row.receipts, sort="receipts", numeric=True),
            lists.Column(key="amount", label=_("12 months"), value=lambda row: row.amount, sort="amount", numeric=True,
                         show=lambda row: formatting.money(row.amount, "USD")),
        ],
        filters=[lists.Filter(key="state", label=_("State"), apply=lambda rows, _value: rows,
                              options=list(words.items()))],
    )
    sort, asked = request.GET.get("sort", "name"), request.GET.get("q", "").lower()
    key = sort.lstrip("-") if sort.lstrip("-") in {"name", "last", "receipts", "amount"} else "name"
    people = [row for row in _people() if asked in row.name.lower() and request.GET.get("state", "") in {"", row.state}]
    people.sort(key=lambda row: getattr(row, key), reverse=sort.startswith("-"))
    return lists.Page(listing=listing, params=request.GET, path=request.path, columns=listing.chosen(request), sort=sort,
                      rows=people, previous="", next="", total=len(people))


def changes() -> list[tuple[str, str, str]]:
    return [(_("Name"), "Ana Lopes", "Ana Lopez"), (_("Store"), "Harbor Street", "Market Square")]


def weeks() -> charts.Chart:
    """Return a line against the year before in grey."""
    start, now, before = dt.date(2026, 5, 25), _wave(82, 9, 0.7), _wave(80, 7, 0.2)
    rows = [(start + dt.timedelta(weeks=week), now[week], before[week]) for week in range(_WEEKS)]
    data = alt.Data(values=[{"week": day.isoformat(), "now": this, "before": that, "newest": day == rows[-1][0]}
                            for day, this, that in rows])
    axis = alt.X("week:T", title=None, axis=alt.Axis(format="%b %-d" if formatting.locale().language == "en" else "%-m月%-d日"))
    value = alt.Y("now:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format="$,.0f", tickCount=4))
    tips = [alt.Tooltip("week:T", title=_("Week of")), alt.Tooltip("now:Q", title=_("This year"), format=",.1f"),
            alt.Tooltip("before:Q", title=_("Last year"), format=",.1f")]
    base = alt.Chart(data).encode(x=axis)
    grey = base.mark_line(style="comparison").encode(y=alt.Y("before:Q", title=None))
    line = base.mark_line().encode(y=value, tooltip=tips)
    hover = base.mark_point(opacity=0, size=300).encode(y=value, tooltip=tips)
    last = base.transform_filter("datum.newest")
    ends = last.mark_text(align="left", dx=8, fontWeight=600, text=_("This year")).encode(y=value)
    grey_end = last.mark_text(align="left", dx=8, style="muted", text=_("Last year")).encode(y=alt.Y("before:Q"))
    return charts.chart(
        grey + line + hover + ends + grey_end, id="weeks", title=_("Weekly sales have stayed above last year since June"),
        source=_("Net sales in thousand dollars, by business week; made-up data."),
        columns=[_("Week of"), _("This year"), _("Last year")],
        rows=[(formatting.date(day), formatting.number(this, decimals=1), formatting.number(that, decimals=1)) for day, this, that in rows],
    )


def channels() -> charts.Chart:
    """Return bars with direct labels."""
    names = [_("E-mail"), _("Text message"), _("App"), _("Letter"), _("Control group")]
    shares = [0.142, 0.118, 0.097, 0.061, 0.048]
    data = alt.Data(values=[{"name": name, "share": share, "control": name == names[-1]} for name, share in zip(names, shares, strict=True)])
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=140)),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 0.16])),
    )
    bars = base.transform_filter("!datum.control").mark_bar(size=20)
    grey = base.transform_filter("datum.control").mark_bar(size=20, style="comparison")
    text = base.mark_text(align="left", dx=6).encode(text=alt.Text("share:Q", format=".1%"))
    return charts.chart(
        bars + grey + text, id="channels", title=_("E-mail brought back three times as many as no message at all"),
        source=_("Share who bought within 14 days; made-up data."), height=220,
        columns=[_("Channel"), _("Share")],
        rows=[(name, formatting.percent(share)) for name, share in zip(names, shares, strict=True)],
    )


def cohorts() -> charts.Chart:
    """Return a heat map of who came back in which month."""
    months = [formatting.month(dt.date(2026, month, 1)) for month in range(1, 9)]
    cells = [
        {"joined": months[row], "month": age, "share": round(0.52 * math.exp(-0.16 * age) + 0.03 * ((row * 7 + age) % 3), 3)}
        for row in range(8) for age in range(1, 9 - row)
    ]
    base = alt.Chart(alt.Data(values=cells)).encode(
        x=alt.X("month:O", title=_("months since the first purchase"), axis=alt.Axis(labelAngle=0, domain=False, ticks=False)),
        y=alt.Y("joined:O", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    heat = base.mark_rect(cornerRadius=3).encode(
        color=alt.Color("share:Q", legend=None, scale=alt.Scale(domain=[0, 1])),
        tooltip=[alt.Tooltip("joined:N", title=_("Joined")), alt.Tooltip("share:Q", title=_("Came back"), format=".0%")],
    )
    text = base.mark_text(fontSize=11).encode(text=alt.Text("share:Q", format=".0%"))
    return charts.chart(
        heat + text, id="cohorts", title=_("Four in ten come back in the third month"), height=300,
        source=_("Share of each month's new customers who bought again; made-up data."),
        columns=[_("Joined"), _("Months since"), _("Came back")],
        rows=[(cell["joined"], cell["month"], formatting.percent(float(str(cell["share"])), decimals=0)) for cell in cells],
    )


def shares() -> charts.Chart:
    """Return stacked shares in the six colors."""
    names = [_("Grocery"), _("Drugs"), _("Produce"), _("Meat"), _("Bakery"), _("Other")]
    values = [
        {"quarter": f"Q{quarter}", "name": name, "order": index, "value": 30 - 4 * index + (quarter * (index + 2)) % 5}
        for quarter in range(1, 5) for index, name in enumerate(names)
    ]
    drawing = alt.Chart(alt.Data(values=values)).mark_bar(size=44, cornerRadiusEnd=0).encode(
        x=alt.X("quarter:O", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=None, stack="normalize", axis=alt.Axis(format=".0%", tickCount=4)),
        color=alt.Color("name:N", sort=names, title=None),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("name:N", title=_("Department")), alt.Tooltip("value:Q", title=_("Sales"))],
    )
    return charts.chart(drawing, id="shares", title=_("Grocery keeps a quarter of sales all year"), height=300,
                        source=_("Share of net sales by department; made-up data."))


def _wave(level: float, swing: float, slope: float) -> list[float]:
    """Return half a year of weekly numbers that look lived-in yet never change."""
    return [
        round(level + slope * week + swing * (math.sin(week / 2.6) * 0.6 + math.sin(week * 1.7) * 0.4), 1)
        for week in range(_WEEKS)
    ]
