"""The metrics: for each its name, its formula in words, its unit, and how it comes from measures. The only place that says so.

For pages, the API and exports, which ask by key and show the formula beside the figure. To add a metric, add it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core.errors import DomainError
from regulars.insight.lake.facts import DISCOUNT_KINDS

# Raised when a definition changes, so that a kept or exported figure says which definition it followed.
VERSION = 1


class MetricUnknownError(DomainError):
    """There is no metric of this key."""

    code = "metric.unknown"
    status_code = 404


class Unit(StrEnum):
    MONEY = "money"  # minor units
    COUNT = "count"
    SHARE = "share"  # 0 to 1, shown in percent
    DAYS = "days"


class Better(StrEnum):
    """Which direction is good news."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: what it is called, what it is, and how it follows from measures."""

    key: str
    name: str | Promise
    formula: str | Promise
    unit: Unit
    measures: tuple[str, ...]
    combine: Callable[[Any], Any]  # a table with the measures as columns → the metric's column
    better: Better = Better.UP


def get_metric(key: str) -> Metric:
    """Return the metric called `key`."""
    try:
        return METRICS[key]
    except KeyError:
        raise MetricUnknownError(f"There is no metric {key}.", metric=key) from None


def _sum(key: str, name: Promise, formula: Promise, unit: Unit, *, measure: str, better: Better = Better.UP) -> Metric:
    return Metric(key, name, formula, unit, (measure,), lambda row: row[measure], better)


def _ratio(  # the six things that make a ratio
    key: str, name: Promise, formula: Promise, unit: Unit, *, of: str, to: str, better: Better = Better.UP
) -> Metric:
    return Metric(key, name, formula, unit, (of, to), lambda row: row[of] / row[to].nullif(0), better)


_DISCOUNT_NAMES = {
    "loyalty_price": _("Member price discounts"),
    "promotion": _("Promotion discounts"),
    "coupon": _("Coupon discounts"),
    "coupon_match": _("Coupon matches"),
    "points": _("Points redeemed"),
    "employee": _("Employee discounts"),
    "manual": _("Manual discounts"),
}

_ALL = (
    _sum(
        "net_sales",
        _("Net sales"),
        _("Paid by customers plus discounts that suppliers refund, after returns."),
        Unit.MONEY,
        measure="net_amount",
    ),
    _sum(
        "gross_sales", _("Gross sales"), _("At list prices, before discounts, after returns."), Unit.MONEY,
        measure="gross_amount",
    ),
    _sum(
        "discounts", _("Discounts"), _("All that customers did not have to pay, after returns."), Unit.MONEY,
        measure="discount_amount", better=Better.NEITHER,
    ),
    _ratio(
        "discount_rate", _("Discount rate"), _("Discounts ÷ gross sales."), Unit.SHARE,
        of="discount_amount", to="gross_amount", better=Better.DOWN,
    ),
    *(
        _sum(
            f"discount_{kind}", _DISCOUNT_NAMES[kind], _("Discounts of this kind, after returns."), Unit.MONEY,
            measure=f"{kind}_amount", better=Better.NEITHER,
        )
        for kind in DISCOUNT_KINDS
    ),
    _ratio(
        "return_share", _("Return share"), _("Net sales of returns ÷ net sales of sales."), Unit.SHARE,
        of="returned_amount", to="sold_amount", better=Better.DOWN,
    ),
    _sum(
        "receipts", pgettext_lazy("metric", "Receipts"), _("Sale receipts; returns are not counted."), Unit.COUNT,
        measure="receipts",
    ),
    Metric(
        "units", _("Units"),
        _("Pieces sold, after returns; goods not sold by the piece, such as fuel, are left out."),
        Unit.COUNT, ("units_milli",), lambda row: row.units_milli / 1000,
    ),
    _ratio(
        "average_basket", _("Average basket"), _("Net sales ÷ sale receipts."), Unit.MONEY,
        of="net_amount", to="receipts",
    ),
    _sum(
        "visits", _("Visits"),
        _("All sale receipts of a customer in one store on one business day are one visit; so is each anonymous receipt."),
        Unit.COUNT, measure="visits",
    ),
    _sum(
        "customers", pgettext_lazy("metric", "Customers"), _("Known customers with at least one sale receipt."), Unit.COUNT,
        measure="customers",
    ),
    _sum(
        "new_customers", _("New customers"),
        _("Customers whose first purchase ever falls in the period, counted where they made it."),
        Unit.COUNT, measure="new_customers",
    ),
    _sum(
        "active_members", _("Active members"), _("Members with a purchase day in the period."), Unit.COUNT,
        measure="buyers",
    ),
    _ratio(
        "activity_rate", _("Activity rate"),
        _("Active members ÷ members who had bought here by the end of the period."),
        Unit.SHARE, of="buyers", to="known_customers",
    ),
    _ratio(
        "member_share", _("Member share"), _("Net sales on receipts with a known customer ÷ net sales."), Unit.SHARE,
        of="member_net_amount", to="net_amount",
    ),
    _ratio(
        "scan_rate", _("Scan rate"),
        _("Sale receipts with a known customer ÷ sale receipts. Member share falls when cards are not scanned."),
        Unit.SHARE, of="member_receipts", to="receipts",
    ),
    _ratio(
        "repurchase_rate", _("Repurchase rate"),
        _("Customers with two or more purchase days in the period ÷ customers with at least one. A purchase day has a"
          " positive net after returns; anonymous receipts are left out."),
        Unit.SHARE, of="repeat_buyers", to="buyers",
    ),
    _ratio(
        "purchase_frequency", _("Purchase frequency"), _("Purchase days in the period ÷ customers with at least one."),
        Unit.COUNT, of="purchase_days", to="buyers",
    ),
    _ratio(
        "purchase_interval", _("Purchase interval"),
        _("Mean days between one purchase day and the customer's next, within the period."),
        Unit.DAYS, of="interval_days", to="intervals", better=Better.DOWN,
    ),
    _ratio(
        "recency", _("Recency"), _("Mean days from a customer's last purchase day to the end of the period."),
        Unit.DAYS, of="recency_days", to="buyers", better=Better.DOWN,
    ),
)  # fmt: skip

METRICS: dict[str, Metric] = {metric.key: metric for metric in _ALL}
