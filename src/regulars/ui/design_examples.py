"""Example data of `/design/`: figures, rows and a form made up for showing the components, and for nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ui import design_charts, formatting, lists
from regulars.ui.forms import Form

PARTS = {
    "foundations": gettext_lazy("Foundations"),
    "forms": gettext_lazy("Forms"),
    "tables": gettext_lazy("Tables"),
    "charts": gettext_lazy("Charts"),
    "content": gettext_lazy("Content"),
    "feedback": gettext_lazy("Feedback"),
}
COLORS = (
    "canvas",
    "surface",
    "surface-sunken",
    "line",
    "ink-faint",
    "ink-muted",
    "ink",
    "accent",
    "accent-soft",
    "good",
    "warn",
    "bad",
)


def context(request: HttpRequest, *, part: str) -> dict[str, Any]:
    """Return what the templates of one part need."""
    match part:
        case "foundations":
            return {
                "tiles": tiles(),
                "colors": COLORS,
                "names": ["Ana Lopez", "Ben Okafor", "Chiara Rossi", "张敏", "欧阳修远", "Li"],
            }
        case "forms":
            return {"form": example_form(), "options": options()}
        case "tables":
            return {"list": table(request), "changes": changes(), "exports": True}
        case "content":
            return {
                "joined": dt.date(2024, 3, 4),
                "reached": dt.date(2026, 11, 2),
                "withheld": dt.date(2026, 10, 29),
            }
        case "charts":
            return {"charts": design_charts.every_chart()}
    return {}


def tiles() -> list[dict[str, Any]]:
    """Return figures with their change, meaning and the last half year."""
    return [
        {
            "id": "net-sales",
            "label": _("Net sales"),
            "figure": formatting.money(9641200, "USD"),
            "change": formatting.change(0.041),
            "direction": "good",
            "words": _("than the 4 weeks before"),
            "values": design_charts.wave(60, 14, 0.9),
            "definition": _("Receipts minus returns, after discounts, without tax."),
            "formula": _("gross − discounts − returns − tax"),
        },
        {
            "id": "buyers",
            "label": _("Active customers"),
            "figure": formatting.number(1203),
            "change": "+31",
            "direction": "good",
            "words": _("than the 4 weeks before"),
            "values": design_charts.wave(40, 6, 0.6),
            "definition": _("People with at least one receipt in the period."),
            "formula": "",
        },
        {
            "id": "repurchase",
            "label": _("Repurchase rate, 90 days"),
            "figure": formatting.percent(0.618),
            "change": formatting.MINUS + "0.4",
            "direction": "bad",
            "words": _("points than a year ago"),
            "values": design_charts.wave(62, 3, -0.1),
            "definition": _("Buyers who bought again within 90 days of a purchase."),
            "formula": _("buyers with another receipt ÷ all buyers"),
        },
        {
            "id": "basket",
            "label": _("Average basket"),
            "figure": formatting.money(2949, "USD"),
            "change": formatting.change(0.008),
            "direction": "good",
            "words": _("than the 4 weeks before"),
            "values": design_charts.wave(29, 2, 0.08),
            "definition": _("Net sales by receipt."),
            "formula": "",
        },
        {
            "id": "at-risk",
            "label": _("At risk"),
            "figure": formatting.number(141),
            "change": "",
            "direction": "",
            "words": _("usually come every 21 days"),
            "values": [],
            "definition": _("Regulars who are later than twice their own rhythm."),
            "formula": "",
        },
    ]


def options() -> list[tuple[str, str]]:
    return [
        ("north", _("North region")),
        ("south", _("South region")),
        ("harbor", _("Harbor Street")),
        ("market", _("Market Square")),
        ("station", _("Central Station")),
    ]


class ExampleForm(Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("E-mail"), help_text=gettext_lazy("Used for receipts only."))
    store = forms.ChoiceField(
        label=gettext_lazy("Store"),
        choices=[("harbor", gettext_lazy("Harbor Street")), ("market", gettext_lazy("Market Square"))],
    )
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
_NAMES = (
    "Ana Lopez",
    "Ben Okafor",
    "Chiara Rossi",
    "张敏",
    "Dora Novak",
    "Emil Larsen",
    "王芳",
    "Farah Haddad",
    "Greta Vogel",
    "Hugo Martin",
    "李娜",
    "Ines Carvalho",
    "Jonas Weber",
    "赵磊",
)


def _people() -> list[Person]:
    states = tuple(_TONES)
    return [
        Person(
            index + 1,
            name,
            states[index * 5 % 4],
            dt.date(2026, 11, 20) - dt.timedelta(days=index * index),
            3 + index * 37 % 61,
            4210 + index * 104_729 % 482_000,
        )
        for index, name in enumerate(_NAMES)
    ]


def table(request: HttpRequest) -> lists.Page:
    """Return a list page without a database: its rows are sorted and filtered in memory."""
    words = {"active": _("Active"), "new": _("New"), "declining": _("Declining"), "lost": _("Lost")}
    listing = lists.Listing(
        id="people",
        sort="name",
        selectable=True,
        search=lambda rows, _words: rows,
        search_label=_("Search by name"),
        columns=[
            lists.Column(
                key="name",
                label=_("Name"),
                value=lambda row: row.name,
                sort="name",
                lead=True,
                href=lambda row: f"#person-{row.pk}",
            ),
            lists.Column(
                key="state",
                label=_("State"),
                value=lambda row: words[row.state],
                show=lambda row: lists.status(words[row.state], tone=_TONES[row.state]),
            ),
            lists.Column(
                key="last",
                label=_("Last seen"),
                value=lambda row: row.last,
                sort="last",
                show=lambda row: formatting.date(row.last),
            ),
            lists.Column(key="receipts", label=_("Receipts"), value=lambda row: row.receipts, sort="receipts", numeric=True),
            lists.Column(
                key="amount",
                label=_("12 months"),
                value=lambda row: row.amount,
                sort="amount",
                numeric=True,
                show=lambda row: formatting.money(row.amount, "USD"),
            ),
        ],
        filters=[lists.Filter(key="state", label=_("State"), apply=lambda rows, _value: rows, options=list(words.items()))],
    )
    sort, asked = request.GET.get("sort", "name"), request.GET.get("q", "").lower()
    key = sort.lstrip("-") if sort.lstrip("-") in {"name", "last", "receipts", "amount"} else "name"
    people = [row for row in _people() if asked in row.name.lower() and request.GET.get("state", "") in {"", row.state}]
    people.sort(key=lambda row: getattr(row, key), reverse=sort.startswith("-"))
    return lists.Page(
        listing=listing,
        params=request.GET,
        path=request.path,
        columns=listing.chosen(request),
        sort=sort,
        rows=people,
        previous="",
        next="",
        total=len(people),
    )


def changes() -> list[tuple[str, str, str]]:
    return [(_("Name"), "Ana Lopes", "Ana Lopez"), (_("Store"), "Harbor Street", "Market Square")]
