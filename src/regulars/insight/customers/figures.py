"""All figures of all customers in one expression: one row per customer with a purchase, columns as in `CustomerFigures`.

For the write-back to PostgreSQL, and for a store's people, who see a customer's figures as far as their own stores go.
"""

from __future__ import annotations

from typing import Any

import ibis

from regulars.insight.customers import likes, rfm, rhythm, value
from regulars.insight.customers.purchases import Purchases
from regulars.insight.customers.rfm import CutPoints

COLUMNS = (
    "customer_id", "as_of", "first_purchase_date", "last_purchase_date", "recency_days", "purchase_days",
    "purchase_days_12m", "receipts", "net_amount", "net_amount_12m", "discount_amount", "average_basket_amount",
    "interval_days", "interval_spread_days", "usual_days", "long_days", "recent_days", "earlier_days", "due_date",
    "recency_score", "frequency_score", "monetary_score", "rfm_class", "stage", "pyramid", "value_percentile",
    "category", "category_share", "store_id", "store_share", "hour", "weekday", "channel",
    "discount_share", "discount_share_low", "discount_share_high",
)  # fmt: skip


def expression(purchases: Purchases, cut_points: CutPoints | None = None) -> Any:
    """Return the figures of every customer who bought something up to the date."""
    customers = rhythm.staged(purchases)
    customers = _joined(customers, value.amounts(purchases))
    customers = value.placed(rfm.scored(customers, cut_points))
    for part in (
        likes.categories(purchases),
        likes.stores(purchases),
        *(likes.habits(purchases, column) for column in ("hour", "weekday", "channel")),
        value.discount_shares(purchases),
    ):
        customers = _joined(customers, part)
    return customers.mutate(
        as_of=ibis.literal(purchases.as_of),
        interval_days=customers.own_usual,
        interval_spread_days=customers.own_long - customers.own_usual,
        category=customers.category.coalesce(""),
        channel=customers.channel.coalesce(""),
    ).select(*COLUMNS)


def _joined(customers: Any, part: Any) -> Any:
    joined = customers.left_join(part, "customer_id")
    return joined.select(*(name for name in joined.columns if name != "customer_id_right"))
