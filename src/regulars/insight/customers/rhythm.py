"""Everybody's rhythm and lifecycle stage at once: the decisions of `rules` as an Ibis expression (F59)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis

from regulars.insight.customers import rules
from regulars.insight.customers.purchases import Purchases
from regulars.insight.customers.rules import Stage

_LONG_SHARE = 0.9


def staged(purchases: Purchases) -> Any:
    """Return one row per customer with a purchase: first and last day, pauses, usual and long pause, `stage`, `due_date`."""
    known = _drawn_to_prior(_own(purchases))
    stage = ibis.cases(
        (known.recency_days > _at_least(4 * known.long_days, rules.LOST_DAYS_MIN), Stage.LOST.value),
        (known.recency_days > _at_least(2 * known.long_days, rules.DORMANT_DAYS_MIN), Stage.DORMANT.value),
        (known.known_days <= rules.NEW_DAYS, Stage.NEW.value),
        (known.recency_days > _at_least(known.long_days, rules.LATE_DAYS_MIN), Stage.DECLINING.value),
        (_is_slowing(known), Stage.DECLINING.value),
        else_=Stage.ACTIVE.value,
    )
    due = known.last_purchase_date + known.usual_days.round().cast("int64").as_interval("D")
    return known.mutate(stage=stage, due_date=due.cast("date"))


def _own(purchases: Purchases) -> Any:
    """Return what each customer's purchase days alone say."""
    days = purchases.days()
    order = ibis.window(group_by="customer_id", order_by="business_date")
    days = days.mutate(pause=days.business_date.delta(days.business_date.lag().over(order), unit="day"))
    window = timedelta(days=rules.SLOWING_WINDOW_DAYS)
    is_recent = days.business_date > purchases.as_of - window
    is_earlier = (days.business_date > purchases.as_of - 2 * window) & ~is_recent
    own = days.group_by("customer_id").aggregate(
        first_purchase_date=days.business_date.min(),
        last_purchase_date=days.business_date.max(),
        purchase_days=days.count(),
        purchase_days_12m=(days.business_date >= purchases.year_start).ifelse(1, 0).sum(),
        own_usual=days.pause.quantile(0.5),
        own_long=days.pause.quantile(_LONG_SHARE),
        recent_days=is_recent.ifelse(1, 0).sum(),
        earlier_days=is_earlier.ifelse(1, 0).sum(),
    )
    today = ibis.literal(purchases.as_of)
    return own.mutate(
        recency_days=today.delta(own.last_purchase_date, unit="day"),
        known_days=today.delta(own.first_purchase_date, unit="day"),
    )


def _drawn_to_prior(own: Any) -> Any:
    """Draw each customer's pauses towards the median customer's; who came only once has no others."""
    prior = own.aggregate(
        prior_usual=own.own_usual.quantile(0.5).coalesce(rules.PRIOR_USUAL_DAYS),
        prior_long=own.own_long.quantile(0.5).coalesce(rules.PRIOR_LONG_DAYS),
    )
    both = own.cross_join(prior)
    pauses = both.purchase_days - 1

    def drawn(mine: Any, others: Any) -> Any:
        weight = pauses + rules.PRIOR_WEIGHT
        return (mine.coalesce(0.0) * pauses + others * rules.PRIOR_WEIGHT) / weight

    return both.select(
        *own.columns,
        usual_days=drawn(both.own_usual, both.prior_usual),
        long_days=drawn(both.own_long, both.prior_long),
    )


def _at_least(days: Any, floor: int) -> Any:
    return ibis.greatest(days, ibis.literal(float(floor)))


def _is_slowing(known: Any) -> Any:
    return (
        (known.known_days >= 2 * rules.SLOWING_WINDOW_DAYS)
        & (known.earlier_days >= rules.SLOWING_DAYS_MIN)
        & (2 * known.recent_days <= known.earlier_days)
    )
