"""Recency, frequency, monetary value: everybody's scores and class at once (F58).

The cut points are the quintiles of the customers themselves, or the company's own absolute ones, which keep a score's meaning
from one month to the next. Equal values always get equal scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import ibis

from regulars.core.errors import InvalidInputError
from regulars.insight.customers import rules
from regulars.insight.customers.purchases import Purchases
from regulars.insight.customers.rules import RfmClass

SHARES = (0.2, 0.4, 0.6, 0.8)
_INPUTS = {"recency": "recency_days", "frequency": "purchase_days_12m", "monetary": "net_amount_12m"}


class CutPointsError(InvalidInputError):
    """Cut points must be four rising numbers for each of recency, frequency and monetary value."""

    code = "rfm.cut_points"


@dataclass(frozen=True, slots=True)
class CutPoints:
    """Absolute cut points: days since the last purchase, purchase days in 12 months, minor units in 12 months."""

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in _INPUTS:
            cuts = getattr(self, name)
            if len(cuts) != rules.SCORES - 1 or list(cuts) != sorted(set(cuts)):
                raise CutPointsError(f"The cut points of {name} must be four rising numbers, such as 7, 14, 30, 90.")

    @classmethod
    def parse(cls, given: Mapping[str, Sequence[float]]) -> CutPoints:
        """Return the cut points that a company keeps in its settings."""
        return cls(*(tuple(given.get(name, ())) for name in _INPUTS))


def measured(purchases: Purchases) -> Any:
    """Return one row per customer with `recency_days`, `purchase_days_12m` and `net_amount_12m`: what `scored` needs, alone."""
    rows = purchases.receipts()
    daily = rows.group_by(["customer_id", "business_date"]).aggregate(net_amount=rows.net_amount.sum())
    is_last_year = daily.business_date >= purchases.year_start
    bought = daily.net_amount > 0
    customers = daily.group_by("customer_id").aggregate(
        last_day=daily.business_date.max(where=bought),
        purchase_days_12m=(bought & is_last_year).ifelse(1, 0).sum(),
        net_amount_12m=is_last_year.ifelse(daily.net_amount, 0).sum(),
    )
    customers = customers.filter(customers.last_day.notnull())
    recency = ibis.literal(purchases.as_of).delta(customers.last_day, unit="day")
    return customers.select("customer_id", "purchase_days_12m", "net_amount_12m", recency_days=recency)


def scored(customers: Any, cut_points: CutPoints | None = None) -> Any:
    """Add the three scores (1 to 5) and the class to a table with `recency_days`, `purchase_days_12m`, `net_amount_12m`."""
    cut = _quintiles(customers) if cut_points is None else _absolute(customers, cut_points)
    with_scores = cut.mutate(**{f"{name}_score": _score(cut, name) for name in _INPUTS})
    return with_scores.select(*customers.columns, *(f"{name}_score" for name in _INPUTS), rfm_class=_class(with_scores))


def _quintiles(customers: Any) -> Any:
    cuts = {f"{name}_cuts": customers[column].quantile(list(SHARES)) for name, column in _INPUTS.items()}
    return customers.cross_join(customers.aggregate(**cuts))


def _absolute(customers: Any, cut_points: CutPoints) -> Any:
    return customers.mutate(**{f"{name}_cuts": ibis.array([*map(float, getattr(cut_points, name))]) for name in _INPUTS})


def _score(table: Any, name: str) -> Any:
    value, cuts = table[_INPUTS[name]], table[f"{name}_cuts"]
    above = reduce(add, [(value > cuts[place]).ifelse(1, 0) for place in range(len(SHARES))])
    return (rules.SCORES - above if name == "recency" else 1 + above).cast("int16")


def _class(table: Any) -> Any:
    high = {name: table[f"{name}_score"] >= 4 for name in _INPUTS}
    cases = [
        (high["monetary"] & high["recency"] & high["frequency"], RfmClass.KEY_VALUE),
        (high["monetary"] & high["recency"], RfmClass.KEY_DEVELOP),
        (high["monetary"] & high["frequency"], RfmClass.KEY_KEEP),
        (high["monetary"], RfmClass.KEY_WIN_BACK),
        (high["recency"] & high["frequency"], RfmClass.VALUE),
        (high["recency"], RfmClass.DEVELOP),
        (high["frequency"], RfmClass.KEEP),
    ]
    return ibis.cases(*[(condition, name.value) for condition, name in cases], else_=RfmClass.WIN_BACK.value)
