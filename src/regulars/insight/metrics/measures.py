"""What is added up: whole numbers that belong together at one grain, from which the metrics' ratios are made at the end.

For `report`. Money is in minor units and quantities in thousandths throughout; only a metric's last step divides (P3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ibis

from regulars.insight.lake.facts import DISCOUNT_KINDS


class Grain(StrEnum):
    """What one row is, where a measure is added up."""

    AMOUNT = "amount"  # a receipt or a line, whichever the question reads: the sums are the same
    LINE = "line"
    RECEIPT = "receipt"
    VISIT = "visit"  # a customer in one store on one business day; an anonymous receipt is a visit of its own
    CUSTOMER = "customer"  # with the purchase days within the slice
    NEWCOMER = "newcomer"  # a receipt of the day on which its customer bought for the first time
    KNOWN = "known"  # a customer who has bought by the end of the row's period


@dataclass(frozen=True, slots=True)
class Measure:
    """A whole number added up over rows of one grain."""

    grain: Grain
    build: Callable[[Any], Any]  # rows of the grain → a scalar expression
    build_on_lines: Callable[[Any], Any] | None = None  # the same where a question about goods reads lines instead


def _sum(column: str) -> Callable[[Any], Any]:
    return lambda rows: rows[column].sum()


# Where these are asked for, receipts are read under the customer that merges ended at.
OF_CUSTOMERS = {"customers"}

MEASURES: Mapping[str, Measure] = {
    "net_amount": Measure(Grain.AMOUNT, _sum("net_amount")),
    "gross_amount": Measure(Grain.AMOUNT, _sum("gross_amount")),
    "discount_amount": Measure(Grain.AMOUNT, _sum("discount_amount")),
    "member_net_amount": Measure(Grain.AMOUNT, lambda rows: rows.net_amount.sum(where=rows.customer_id.notnull())),
    "sold_amount": Measure(Grain.AMOUNT, lambda rows: rows.net_amount.sum(where=rows.kind == "sale")),
    "returned_amount": Measure(Grain.AMOUNT, lambda rows: (-rows.net_amount).sum(where=rows.kind == "return")),
    "units_milli": Measure(Grain.LINE, lambda rows: rows.quantity_milli.sum(where=rows.counts_units)),
    **{f"{kind}_amount": Measure(Grain.LINE, _sum(f"{kind}_amount")) for kind in DISCOUNT_KINDS},
    "receipts": Measure(
        Grain.RECEIPT,
        lambda rows: _sales(rows).sum(),
        lambda rows: rows.receipt_id.nunique(where=rows.kind == "sale"),
    ),
    "member_receipts": Measure(
        Grain.RECEIPT,
        lambda rows: (_sales(rows) * rows.customer_id.notnull().ifelse(1, 0)).sum(),
        lambda rows: rows.receipt_id.nunique(where=(rows.kind == "sale") & rows.customer_id.notnull()),
    ),
    "customers": Measure(Grain.RECEIPT, lambda rows: rows.customer_id.nunique(where=rows.kind == "sale")),
    "visits": Measure(Grain.VISIT, lambda rows: rows.count()),
    "buyers": Measure(Grain.CUSTOMER, lambda rows: rows.count()),
    "repeat_buyers": Measure(Grain.CUSTOMER, lambda rows: (rows.days > 1).ifelse(1, 0).sum()),
    "purchase_days": Measure(Grain.CUSTOMER, lambda rows: rows.days.sum()),
    "interval_days": Measure(Grain.CUSTOMER, lambda rows: rows.span_days.sum()),
    "intervals": Measure(Grain.CUSTOMER, lambda rows: (rows.days - 1).sum()),
    "recency_days": Measure(Grain.CUSTOMER, lambda rows: rows.ends_on.delta(rows.last_day, unit="day").sum()),
    "new_customers": Measure(Grain.NEWCOMER, lambda rows: rows.customer_id.nunique()),
    "known_customers": Measure(Grain.KNOWN, lambda rows: rows.customers.sum()),
}


def visits(rows: Any, by: Sequence[str]) -> Any:
    """Return one row per visit among sale receipts; anonymous receipts stand for themselves, under a negative number."""
    sales = rows.filter(rows.kind == "sale")
    sales = sales.mutate(visitor=ibis.coalesce(sales.customer_id, -sales.receipt_id))
    return sales.group_by([*by, "visitor", "store_id", "business_date"]).aggregate(receipts=sales.count())


def customers(rows: Any, by: Sequence[str]) -> Any:
    """Return one row per customer with a purchase day (a business date with a positive net): how many, first to last."""
    daily = rows.group_by([*by, "customer_id", "business_date"]).aggregate(net=rows.net_amount.sum())
    bought = daily.filter(daily.net > 0)
    per_customer = bought.group_by([*by, "customer_id"]).aggregate(
        days=bought.count(), first_day=bought.business_date.min(), last_day=bought.business_date.max()
    )
    return per_customer.mutate(span_days=per_customer.last_day.delta(per_customer.first_day, unit="day"))


def newcomers(rows: Any, history: Any) -> Any:
    """Return the sale receipts of the first day on which their customer ever bought (within what the asker may see)."""
    sold = history.filter(history.kind == "sale")
    firsts = sold.group_by("customer_id").aggregate(first_day=sold.business_date.min())
    sales = rows.filter(rows.kind == "sale")
    return sales.inner_join(firsts, "customer_id").filter(lambda joined: joined.business_date == joined.first_day)


def _sales(rows: Any) -> Any:
    return (rows.kind == "sale").ifelse(1, 0)
