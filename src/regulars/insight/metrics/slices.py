"""Which sales a question is about, and what the asker may see of them.

For every metric. A slice is what somebody chose on a page; the scope is what their role allows. Both always apply.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from regulars.insight.metrics.periods import Period
from regulars.organization.access import Scope

CATEGORY_SEPARATOR = " / "
CATEGORY_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Slice:
    """A choice of sales: dates, places, goods, channel, with or without a known customer. None means all."""

    period: Period
    stores: frozenset[int] | None = None
    region_id: int | None = None
    category: str | None = None  # a path of the category tree, with everything below it
    product_id: int | None = None
    channel: str | None = None
    member: bool | None = None

    def during(self, period: Period) -> Slice:
        return replace(self, period=period)

    def about(self, **chosen: Any) -> Slice:
        """Return the same slice with these choices changed."""
        return replace(self, **chosen)

    @property
    def category_depth(self) -> int:
        return len(self.category.split(CATEGORY_SEPARATOR)) if self.category else 0


def visible(rows: Any, scope: Scope) -> Any:
    """Keep the rows of the stores that the asker may see."""
    return rows if scope.stores is None else rows.filter(rows.store_id.isin(_listed(scope.stores)))


def placed(rows: Any, chosen: Slice, stores: Any) -> Any:
    """Keep the rows of the chosen stores, region, channel and kind of receipt; `stores` is the lake's table of them."""
    if chosen.stores is not None:
        rows = rows.filter(rows.store_id.isin(_listed(chosen.stores)))
    if chosen.region_id is not None:
        below = stores.filter(stores.region_path.contains(f"/{chosen.region_id}/"))
        rows = rows.semi_join(below, "store_id")
    if chosen.channel is not None:
        rows = rows.filter(rows.channel == chosen.channel)
    if chosen.member is not None:
        rows = rows.filter(rows.customer_id.notnull() if chosen.member else rows.customer_id.isnull())
    return rows


def dated(rows: Any, period: Period) -> Any:
    """Keep the rows of the period; the month lets the engine leave whole files unread."""
    return rows.filter(
        rows.business_month >= _month(period.first),
        rows.business_month <= _month(period.last),
        rows.business_date >= period.first,
        rows.business_date <= period.last,
    )


def _month(day: Any) -> int:
    return int(day.year * 100 + day.month)


def _listed(stores: frozenset[int]) -> list[int]:
    return sorted(stores) or [-1]  # no store at all: an id that none has
