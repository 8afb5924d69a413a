"""RFM as a grid: recency down, frequency across; how many customers stand in a cell and what they brought (F58).

For the RFM page. The scores are those written back for each customer, so a cell opens to exactly its customers. For a masked
role a cell of fewer than five customers says nothing (G33).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers.models import CustomerStore
from regulars.insight.customers.cut_points import find_cut_points
from regulars.insight.customers.explain import RFM_NAMES
from regulars.insight.customers.rules import SCORES, RfmClass
from regulars.insight.metrics.suppression import GROUP_MIN
from regulars.insight.models import CustomerFigures
from regulars.organization.access import Scope, Viewer
from regulars.organization.company import get_company
from regulars.ui import formatting

SHOWN: Mapping[str, str | Promise] = {"customers": _("Customers"), "sales": _("Net sales, 12 months")}
LEVELS = 6
_INPUTS = (
    ("recency", "recency_days", _("Recency"), _("days since the last purchase")),
    ("frequency", "purchase_days_12m", _("Frequency"), _("purchase days in 12 months")),
    ("monetary", "net_amount_12m", pgettext_lazy("RFM", "Value"), _("net sales in 12 months")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid; `level` shades it from 0 to 5."""

    customers: int
    figure: str
    level: int
    title: str
    href: str


def context(scope: Scope, *, viewer: Viewer, shown: str) -> dict[str, Any]:
    """Return the grid, the classes and the cut points in force."""
    shown = shown if shown in SHOWN else "customers"
    rows = _rows(scope).exclude(recency_score=None)
    currency = get_company().currency
    cells = {
        (cell["recency_score"], cell["frequency_score"]): cell
        for cell in rows.values("recency_score", "frequency_score").annotate(people=Count("pk"), sales=Sum("net_amount_12m"))
        if not scope.masked or cell["people"] >= GROUP_MIN
    }
    largest = max((cell["people" if shown == "customers" else "sales"] for cell in cells.values()), default=0)

    sees_all = scope.stores is None and viewer.may("customer.list")  # a store's people cannot filter by whole-company scores

    def cell_at(recency: int, frequency: int) -> Cell:
        href = f"/customers/?recency={recency}&frequency={frequency}" if sees_all else ""
        return _cell(cells.get((recency, frequency)), shown=shown, largest=largest, currency=currency, href=href)

    return {
        "grid": [(score, [cell_at(score, other) for other in _scores()]) for score in reversed(_scores())],
        "scores": _scores(),
        "classes": _classes(rows, scope, currency, viewer),
        "cuts": _cuts(rows, currency),
        "is_absolute": find_cut_points() is not None,
        "shown": shown,
        "choices": SHOWN.items(),
        "as_of": rows.aggregate(day=Max("as_of"))["day"],
    }


def _rows(scope: Scope) -> QuerySet[CustomerFigures]:
    rows = CustomerFigures.objects.all()
    if scope.stores is None:
        return rows
    known = CustomerStore.objects.filter(customer_id=OuterRef("customer_id"), store__in=scope.stores)
    return rows.filter(Exists(known))


def _scores() -> list[int]:
    return list(range(1, SCORES + 1))


def _cell(cell: Any, *, shown: str, largest: int, currency: str, href: str) -> Cell:
    if cell is None:
        return Cell(0, "–", 0, "", "")
    amount = formatting.money_compact(cell["sales"], currency)
    people = formatting.number(cell["people"])
    value = cell["people"] if shown == "customers" else cell["sales"]
    level = min(LEVELS - 1, 1 + int((LEVELS - 1) * value / largest)) if largest > 0 and value > 0 else 0
    return Cell(cell["people"], people if shown == "customers" else amount, level, f"{people} · {amount}", href)


def _classes(rows: QuerySet[CustomerFigures], scope: Scope, currency: str, viewer: Viewer) -> list[dict[str, Any]]:
    found = {
        each["rfm_class"]: each for each in rows.values("rfm_class").annotate(people=Count("pk"), sales=Sum("net_amount_12m"))
    }
    total = sum(each["people"] for each in found.values()) or 1
    made = []
    for name in RfmClass:
        each = found.get(name.value)
        if each is None or (scope.masked and each["people"] < GROUP_MIN):
            continue
        made.append(
            {
                "name": RFM_NAMES[name],
                "people": formatting.number(each["people"]),
                "share": formatting.percent(each["people"] / total, decimals=0),
                "sales": formatting.money(each["sales"], currency),
                "href": f"/customers/?rfm={name.value}" if viewer.may("customer.list") else "",
            }
        )
    return made


def _cuts(rows: QuerySet[CustomerFigures], currency: str) -> list[dict[str, Any]]:
    """Return for each of the three what a score means now: from which value to which."""
    made = []
    for name, column, label, unit in _INPUTS:
        spans = {
            each[f"{name}_score"]: (each["low"], each["high"])
            for each in rows.values(f"{name}_score").annotate(low=Min(column), high=Max(column))
        }
        made.append({"label": label, "unit": unit, "spans": [_span(spans.get(score), name, currency) for score in _scores()]})
    return made


def _span(span: tuple[int, int] | None, name: str, currency: str) -> str:
    if span is None:
        return "–"
    show = (lambda value: formatting.money_whole(value, currency)) if name == "monetary" else formatting.number
    low, high = show(span[0]), show(span[1])
    return low if low == high else f"{low} – {high}"
