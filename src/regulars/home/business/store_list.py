"""The list of stores as its page declares it: figures of the period, how they changed, rank and the line of the weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from regulars.home.business import asking, figures, names, weeks
from regulars.home.business.choices import Choice
from regulars.home.business.figures import Change
from regulars.home.business.ranked import RankedListing
from regulars.insight.metrics.registry import get_metric
from regulars.organization.models import Store
from regulars.ui import sparklines
from regulars.ui.lists import Column, Filter

METRICS = ("net_sales", "customers", "average_basket", "receipts")
FORMATS = {
    "supermarket": gettext_lazy("Supermarket"),
    "convenience": gettext_lazy("Convenience store"),
    "department": gettext_lazy("Department store"),
    "apparel": gettext_lazy("Apparel"),
    "pharmacy": gettext_lazy("Pharmacy"),
    "beauty": gettext_lazy("Beauty"),
    "online": gettext_lazy("Online shop"),
    "other": gettext_lazy("Other"),
}


def listing(choice: Choice | None) -> RankedListing:
    """Return the list; without the right to see figures it tells who and where."""
    found = asking.with_change(METRICS, choice=choice, by="store") if choice and choice.covered else []
    ranked = {key: {row["store"]: row[key] for row in found} for key in METRICS}
    if found:
        ranked["change"] = {row["store"]: _share(row) for row in found}
    return RankedListing(
        id="stores",
        sort="-net_sales" if found else "name",
        columns=[*_columns(choice), *(_figure_columns(choice, found, ranked) if choice and found else [])],
        filters=[
            Filter(
                key="format", label=gettext_lazy("Store format"), options=list(FORMATS.items()),
                apply=lambda rows, value: rows.filter(format=value),
            ),
            Filter(
                key="state", label=gettext_lazy("State"),
                options=[("open", pgettext_lazy("store", "Open")), ("closed", pgettext_lazy("store", "Closed"))],
                apply=lambda rows, value: rows.filter(closed_on__isnull=value == "open"),
            ),
        ],
        search=lambda rows, words: rows.filter(
            Q(name__icontains=words) | Q(code__iexact=words) | Q(city__icontains=words)
        ),
        search_label=gettext_lazy("Search by name, code or city"),
        figures=ranked,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegionNow:
    """A region with its sum and how it changed."""

    name: str
    href: str
    net_sales: str
    change: Change | None
    stores: int


def regions(choice: Choice) -> list[RegionNow]:
    """Return the regions that hold stores of the choice, the largest first."""
    if choice.covered is None or (choice.place and choice.place.kind == "store"):
        return []
    found = asking.with_change(["net_sales"], choice=choice, by="region")
    counted = _counted(choice)
    name = names.of_keys("region", [row["region"] for row in found])
    metric = get_metric("net_sales")
    return [
        RegionNow(
            name=name(row["region"]),
            href=choice.link("/stores/", place=f"r{row['region']}") if row["region"] else "",
            net_sales=figures.show(metric, row["net_sales"], currency=choice.currency, short=True),
            change=figures.change(metric, row["net_sales"], row["net_sales_before"]),
            stores=counted.get(row["region"], 0),
        )
        for row in sorted(found, key=lambda row: -(row["net_sales"] or 0))
    ]


def _counted(choice: Choice) -> Mapping[int | None, int]:
    counted: dict[int | None, int] = {}
    stores = Store.objects.filter(closed_on=None)
    if choice.scope.stores is not None:
        stores = stores.filter(pk__in=choice.scope.stores)
    for region in stores.values_list("region_id", flat=True):
        counted[region] = counted.get(region, 0) + 1
    return counted


def _columns(choice: Choice | None) -> list[Column]:
    return [
        Column(
            key="name", label=gettext_lazy("Store"), value=lambda row: row.name, sort="name", lead=True,
            href=lambda row: choice.link(f"/stores/{row.pk}/", place="") if choice else f"/stores/{row.pk}/",
        ),
        Column(key="code", label=gettext_lazy("Code"), value=lambda row: row.code, sort="code", shown=False),
        Column(key="region", label=gettext_lazy("Region"), value=lambda row: row.region.name if row.region else ""),
        Column(key="city", label=gettext_lazy("City"), value=lambda row: row.city, sort="city"),
        Column(
            key="format", label=gettext_lazy("Store format"), value=lambda row: str(FORMATS.get(row.format, row.format)),
            shown=choice is None,
        ),
    ]  # fmt: skip


def _figure_columns(choice: Choice, found: list[asking.Row], ranked: Mapping[str, Mapping[int, Any]]) -> list[Column]:
    changes = {
        row["store"]: figures.change(get_metric("net_sales"), row["net_sales"], row["net_sales_before"]) for row in found
    }
    best = sorted((row for row in found if row["net_sales"]), key=lambda row: -row["net_sales"])
    place = {row["store"]: rank for rank, row in enumerate(best, start=1)}
    lines = _lines(choice)
    sales, *others = [_figure_column(key, choice.currency, ranked[key]) for key in METRICS]
    return [
        Column(key="rank", label=gettext_lazy("Rank"), value=lambda row: place.get(row.pk), numeric=True),
        sales,
        Column(
            key="change", label=pgettext_lazy("figure", "Change"), value=lambda row: ranked["change"].get(row.pk), numeric=True,
            show=lambda row: _change_cell(changes.get(row.pk)), sort="change",
        ),
        Column(
            key="weeks", label=gettext_lazy("26 weeks"), value=lambda _row: "",
            show=lambda row: sparklines.draw(line, width=88, height=22) if len(line := lines.get(row.pk, [])) > 1 else "",
        ),
        *others,
    ]  # fmt: skip


def _figure_column(key: str, currency: str, values: Mapping[int, Any]) -> Column:
    metric = get_metric(key)
    return Column(
        key=key, label=metric.name, numeric=True, sort=key,
        value=lambda row: figures.plain(metric, values.get(row.pk), currency=currency),
        show=lambda row: figures.show(metric, values.get(row.pk), currency=currency),
    )  # fmt: skip


def _change_cell(change: Change | None) -> object:
    if change is None:
        return None
    return format_html('<span class="{}">{}</span>', change.direction, change.text)


def _share(row: asking.Row) -> float | None:
    now, then = row["net_sales"], row["net_sales_before"]
    return None if now is None or not then else now / then - 1


def _lines(choice: Choice) -> dict[int, list[float]]:
    """Return each store's net sales by week; a week without sales is a zero, not a gap."""
    window = weeks.weeks_until(choice.period.last, span=choice.covered)
    rows = asking.rows(["net_sales"], choice=choice, chosen=choice.slice.during(window), by=["store", "week"])
    mondays = sorted({row["week"] for row in rows})
    place = {monday: index for index, monday in enumerate(mondays)}
    lines: dict[int, list[float]] = {}
    for row in rows:
        lines.setdefault(row["store"], [0.0] * len(mondays))[place[row["week"]]] = row["net_sales"] or 0
    return lines
