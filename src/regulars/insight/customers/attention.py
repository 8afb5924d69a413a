"""What needs attention: the few facts of today that somebody should act on, each with its number and where to look.

For the dashboard. Read from PostgreSQL's figures by table name; stores against their own past from the lake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import pyarrow.compute as pc
from django.utils.translation import ngettext

from regulars.core import bulk
from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics.comparison import covered
from regulars.insight.metrics.report import report
from regulars.insight.metrics.slices import Slice
from regulars.insight.metrics.suppression import GROUP_MIN
from regulars.organization.access import Scope

# A store that lost this share of its net sales is worth a look; less is weather.
STORE_LOSS_MIN = 0.10
STORE_CUSTOMERS_MIN = 30


class Topic(StrEnum):
    DECLINING_LARGE = "declining_large"
    OVERDUE_LARGE = "overdue_large"
    PARKED_RETURNS = "parked_returns"
    PLACEHOLDER_PRODUCTS = "placeholder_products"
    STORES_BELOW = "stores_below"


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at: how many, and for customers what they brought in 12 months (minor units)."""

    topic: Topic
    count: int
    amount: int | None = None
    ids: tuple[int, ...] = ()  # of the stores, where it is about stores

    def sentence(self) -> str:
        """Say it in the reader's language."""
        return _sentence(self.topic, self.count)


def attention(*, chosen: Slice, scope: Scope, engine: Engine | None = None) -> list[Attention]:
    """List what needs attention in the asker's stores, leaving out what is fine."""
    found = [*_customers(scope), _parked_returns(scope), _placeholders()]
    found.append(_stores_below(chosen, scope, engine or engines.chosen()))
    smallest = GROUP_MIN if scope.masked else 1
    return [item for item in found if item.count >= (smallest if item.amount is not None else 1)]


def _customers(scope: Scope) -> list[Attention]:
    known_here = (
        " AND EXISTS (SELECT FROM customers_customerstore s"
        " WHERE s.customer_id = f.customer_id AND s.store_id = ANY(%(stores)s))"
    )
    query = (
        "SELECT count(*) FILTER (WHERE stage = 'declining'),"
        " coalesce(sum(net_amount_12m) FILTER (WHERE stage = 'declining'), 0)::bigint,"
        " count(*) FILTER (WHERE stage = 'active' AND due_date < as_of),"
        " coalesce(sum(net_amount_12m) FILTER (WHERE stage = 'active' AND due_date < as_of), 0)::bigint"
        " FROM insight_customerfigures f WHERE pyramid IN ('top', 'large')"
    )
    ((declining, declining_amount, overdue, overdue_amount),) = bulk.fetch(
        query + ("" if scope.stores is None else known_here), _stores(scope)
    )
    return [
        Attention(Topic.DECLINING_LARGE, declining, declining_amount),
        Attention(Topic.OVERDUE_LARGE, overdue, overdue_amount),
    ]


def _parked_returns(scope: Scope) -> Attention:
    query = "SELECT count(DISTINCT l.receipt_id) FROM sales_returnlink l JOIN sales_receipt r ON r.id = l.receipt_id"
    here = "" if scope.stores is None else " AND r.store_id = ANY(%(stores)s)"
    ((count,),) = bulk.fetch(f"{query} WHERE l.original_id IS NULL{here}", _stores(scope))
    return Attention(Topic.PARKED_RETURNS, count)


def _placeholders() -> Attention:
    ((count,),) = bulk.fetch("SELECT count(*) FROM catalog_product WHERE is_placeholder")
    return Attention(Topic.PLACEHOLDER_PRODUCTS, count)


def _stores_below(chosen: Slice, scope: Scope, engine: Engine) -> Attention:
    """Find the stores clearly below the same weekdays of the year before, or below the period before in the first year."""
    span = covered(scope=scope, engine=engine)
    earlier = chosen.period.year_before()
    if span is None or earlier.first < span.first:
        earlier = chosen.period.before()
    asked = ["net_sales", "customers"]
    whole = replace(scope, masked=False)  # only stores of thirty customers or more are named
    now = report(asked, chosen=chosen, scope=whole, by=["store"], engine=engine)
    then = report(asked, chosen=chosen.during(earlier), scope=whole, by=["store"], engine=engine)
    sales = dict(zip(now["store"].to_pylist(), now["net_sales"].to_pylist(), strict=True))
    large = then.filter(pc.greater_equal(then["customers"], STORE_CUSTOMERS_MIN)).to_pylist()
    below = {
        row["store"]: row["net_sales"] - (sales.get(row["store"]) or 0)
        for row in large
        if (sales.get(row["store"]) or 0) < (1 - STORE_LOSS_MIN) * row["net_sales"]
    }
    worst_first = sorted(below, key=lambda store: -below[store])
    return Attention(Topic.STORES_BELOW, len(below), ids=tuple(worst_first))


def _stores(scope: Scope) -> dict[str, object]:
    return {} if scope.stores is None else {"stores": sorted(scope.stores)}


def _sentence(topic: Topic, count: int) -> str:
    match topic:
        case Topic.DECLINING_LARGE:
            text = ngettext(
                "%(count)s of your largest customers is declining.",
                "%(count)s of your largest customers are declining.",
                count,
            )
        case Topic.OVERDUE_LARGE:
            text = ngettext(
                "%(count)s of your largest customers is overdue.", "%(count)s of your largest customers are overdue.", count
            )
        case Topic.PARKED_RETURNS:
            text = ngettext("%(count)s return waits for its sale.", "%(count)s returns wait for their sales.", count)
        case Topic.PLACEHOLDER_PRODUCTS:
            text = ngettext(
                "%(count)s product was sold before the catalog knew it.",
                "%(count)s products were sold before the catalog knew them.",
                count,
            )
        case Topic.STORES_BELOW:
            text = ngettext(
                "%(count)s store sells at least 10%% less than before.",
                "%(count)s stores sell at least 10%% less than before.",
                count,
            )
    return text % {"count": count}
