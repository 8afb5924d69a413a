"""What each customer prefers: category, store, hour, weekday, channel, each with its share where one is shown."""

from __future__ import annotations

from typing import Any

import ibis

from regulars.insight.customers.purchases import Purchases


def categories(purchases: Purchases) -> Any:
    """Return per customer the second-level category with the largest net sales, and its share of them."""
    lines = purchases.lines()
    products = purchases.engine.table("product").select("product_id", category="category2")
    goods = lines.select("customer_id", "product_id", "net_amount").inner_join(products, "product_id")
    sums = goods.filter(goods.category != "").group_by(["customer_id", "category"]).aggregate(weight=goods.net_amount.sum())
    return _first(sums.filter(sums.weight > 0), "category", share="category_share")


def stores(purchases: Purchases) -> Any:
    """Return per customer the store with the most receipts, and its share of them."""
    return _first(_counted(purchases, "store_id"), "store_id", share="store_share")


def habits(purchases: Purchases, column: str) -> Any:
    """Return per customer the most frequent `hour`, `weekday` or `channel` of the receipts."""
    return _first(_counted(purchases, column), column)


def _counted(purchases: Purchases, column: str) -> Any:
    rows = purchases.receipts()
    sales = rows.filter(rows.kind == "sale")
    return sales.group_by(["customer_id", column]).aggregate(weight=sales.count())


def _first(weighed: Any, column: str, *, share: str = "") -> Any:
    """Keep the heaviest row per customer; of equally heavy ones the first, so that a run can be repeated."""
    best = ibis.window(group_by="customer_id", order_by=[ibis.desc("weight"), column])
    whole = ibis.window(group_by="customer_id")
    ranked = weighed.mutate(rank=ibis.row_number().over(best), total=weighed.weight.sum().over(whole))
    first = ranked.filter(ranked["rank"] == 0)
    shares = {share: first.weight / first.total} if share else {}
    return first.select("customer_id", first[column], **shares)
