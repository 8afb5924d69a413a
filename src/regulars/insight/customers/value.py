"""What each customer brought, their place in the value pyramid (F60), and how much they buy on discount."""

from __future__ import annotations

import math
from typing import Any

import ibis

from regulars.insight.customers import rules
from regulars.insight.customers.purchases import Purchases
from regulars.insight.customers.rules import Place

_Z2 = 1.959963984540054**2


def amounts(purchases: Purchases) -> Any:
    """Return one row per customer: receipts, net sales in all and in 12 months, discounts, average basket in minor units."""
    rows = purchases.receipts()
    is_last_year = rows.business_date >= purchases.year_start
    totals = rows.group_by("customer_id").aggregate(
        receipts=(rows.kind == "sale").ifelse(1, 0).sum(),
        net_amount=rows.net_amount.sum(),
        net_amount_12m=is_last_year.ifelse(rows.net_amount, 0).sum(),
        discount_amount=rows.discount_amount.sum(),
    )
    average = (totals.net_amount / totals.receipts.nullif(0)).round().cast("int64")
    return totals.mutate(average_basket_amount=average)


def placed(customers: Any) -> Any:
    """Add `value_percentile`, the share of customers with less net sales in 12 months, and the place in the pyramid."""
    rank = ibis.percent_rank().over(ibis.window(order_by=customers.net_amount_12m))
    ranked = customers.mutate(value_percentile=rank)
    place = ibis.cases(
        (ranked.value_percentile >= 1 - rules.PYRAMID_TOP, Place.TOP.value),
        (ranked.value_percentile >= 1 - rules.PYRAMID_LARGE, Place.LARGE.value),
        (ranked.value_percentile >= 1 - rules.PYRAMID_MEDIUM, Place.MEDIUM.value),
        else_=Place.SMALL.value,
    )
    return ranked.mutate(pyramid=place)


def discount_shares(purchases: Purchases) -> Any:
    """Return per customer the share of the list value bought on discount, with its 95 % Wilson interval.

    Lines of different value are not equally many cases: the interval counts Kish's effective number, (Σ value)² ÷ Σ value².
    """
    lines = purchases.lines()
    bought = lines.filter((lines.kind == "sale") & (lines.gross_amount > 0))
    value = bought.gross_amount.cast("float64")
    sums = bought.group_by("customer_id").aggregate(
        value=value.sum(),
        on_discount=(bought.discount_amount > 0).ifelse(value, 0.0).sum(),
        squares=(value * value).sum(),
    )
    share = sums.on_discount / sums.value
    sample = sums.value * sums.value / sums.squares
    middle = (share + _Z2 / (2 * sample)) / (1 + _Z2 / sample)
    spread = (share * (1 - share) / sample + _Z2 / (4 * sample * sample)).sqrt()
    half = math.sqrt(_Z2) * spread / (1 + _Z2 / sample)
    return sums.select(
        "customer_id",
        discount_share=share,
        discount_share_low=ibis.greatest(middle - half, 0.0),
        discount_share_high=ibis.least(middle + half, 1.0),
    )
