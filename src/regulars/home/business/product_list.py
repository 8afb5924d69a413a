"""The list of products as its page declares it: columns, filters and the figures of the period."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.catalog import selectors as catalog
from regulars.catalog.models import Brand, Category, Product, Supplier
from regulars.core import money
from regulars.home.business import asking, figures
from regulars.home.business.choices import Choice
from regulars.home.business.ranked import RankedListing
from regulars.insight.metrics.registry import get_metric
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.ui import formatting, lists
from regulars.ui.lists import Column, Filter, Rows

METRICS = ("net_sales", "units", "customers")
OPTIONS_MAX = 200
_YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def listing(viewer: Viewer, choice: Choice | None) -> RankedListing:
    """Return the list for this viewer: costs and figures only with the right for them."""
    sold = _sold(choice)
    columns = [*_columns(choice), *_figure_columns(choice, sold), *_price_columns(viewer)]
    return RankedListing(
        id="products",
        sort="-net_sales" if sold else "name",
        columns=columns,
        filters=_filters(),
        search=catalog.search_products,
        search_label=gettext_lazy("Search by name, number or barcode"),
        figures=sold,
        holds_all=True,
    )


def _sold(choice: Choice | None) -> dict[str, dict[int, Any]]:
    if choice is None or choice.covered is None:
        return {}
    rows = asking.rows(METRICS, choice=choice, by=["product"])
    return {key: {row["product"]: row[key] for row in rows} for key in METRICS}


def _columns(choice: Choice | None) -> list[Column]:
    return [
        Column(
            key="name", label=gettext_lazy("Product"), value=lambda row: row.name, show=_name, sort="name", lead=True,
            href=lambda row: choice.link(f"/products/{row.pk}/") if choice else f"/products/{row.pk}/",
        ),
        Column(key="sku", label=gettext_lazy("Article number"), value=lambda row: row.sku, sort="sku"),
        Column(key="category", label=gettext_lazy("Category"), value=lambda row: row.category.path if row.category else "",
               show=lambda row: row.category.name if row.category else ""),
        Column(key="brand", label=gettext_lazy("Brand"), value=lambda row: row.brand.name if row.brand else ""),
        Column(key="supplier", label=gettext_lazy("Supplier"), value=lambda row: row.supplier.name if row.supplier else "",
               shown=False),
        Column(key="size", label=gettext_lazy("Package"), value=lambda row: row.package_size, shown=False),
        Column(key="barcode", label=gettext_lazy("Barcode"), value=lambda row: row.barcode, shown=False),
    ]  # fmt: skip


def _figure_columns(choice: Choice | None, sold: dict[str, dict[int, Any]]) -> list[Column]:
    if choice is None or not sold:
        return []
    return [_figure_column(key, choice.currency, sold[key]) for key in METRICS]


def _figure_column(key: str, currency: str, values: dict[int, Any]) -> Column:
    metric = get_metric(key)
    return Column(
        key=key,
        label=metric.name,
        value=lambda row: figures.plain(metric, values.get(row.pk), currency=currency),
        show=lambda row: figures.show(metric, values.get(row.pk), currency=currency),
        numeric=True,
        sort=key,
    )


def _price_columns(viewer: Viewer) -> list[Column]:
    currency = get_company().currency
    made = [_amount("price_amount", gettext_lazy("List price"), currency)]
    if viewer.may("product.read_cost"):
        made.append(_amount("cost_amount", gettext_lazy("Cost"), currency))
    return made


def _amount(key: str, label: Any, currency: str) -> Column:
    def value(row: Product) -> Any:
        amount = getattr(row, key)
        return None if amount is None else money.to_decimal(amount, currency)

    return Column(
        key=key, label=label, value=value, numeric=True, sort=key, shown=False,
        show=lambda row: None if getattr(row, key) is None else formatting.money(getattr(row, key), currency),
    )  # fmt: skip


def _name(row: Product) -> SafeString | str:
    if not row.is_placeholder:
        return row.name
    return lists.status(row.name or _("Unknown product %(sku)s") % {"sku": row.sku}, tone="warn")


def _filters() -> list[Filter]:
    return [
        Filter(
            key="category", label=gettext_lazy("Category"), apply=_in_category,
            options=lambda: _options(Category.objects.filter(level__lte=2).order_by("path"), lambda each: each.path),
        ),
        Filter(
            key="brand", label=gettext_lazy("Brand"), apply=lambda rows, value: rows.filter(brand=_number(value)),
            options=lambda: _options(Brand.objects.order_by("name"), lambda each: each.name),
        ),
        Filter(
            key="private", label=gettext_lazy("Private label"), options=_YES_NO,
            apply=lambda rows, value: _yes(rows, value, brand__private_label=True),
        ),
        Filter(
            key="supplier", label=gettext_lazy("Supplier"), apply=lambda rows, value: rows.filter(supplier=_number(value)),
            options=lambda: _options(Supplier.objects.order_by("name"), lambda each: each.name),
        ),
        Filter(
            key="placeholder", label=gettext_lazy("Not in the catalog yet"), options=_YES_NO,
            apply=lambda rows, value: _yes(rows, value, is_placeholder=True),
        ),
    ]  # fmt: skip


def _options(rows: Any, label: Callable[[Any], str]) -> list[tuple[str, str]]:
    return [(str(each.pk), label(each)) for each in rows[:OPTIONS_MAX]]


def _in_category(rows: Rows, value: str) -> Rows:
    return rows.filter(catalog.below(catalog.get_category(_number(value))))


def _yes(rows: Rows, value: str, **condition: Any) -> Rows:
    return rows.filter(**condition) if value == "yes" else rows.exclude(**condition)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
