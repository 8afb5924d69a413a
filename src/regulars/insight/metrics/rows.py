"""The sales of a slice as Ibis tables, each row with the columns that a report is broken down by.

For measures. Two grains: a receipt, or a line where goods matter. A customer is the one that all merges ended at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis

from regulars.insight.engines.engine import Engine
from regulars.insight.metrics.slices import CATEGORY_LEVELS, CATEGORY_SEPARATOR, Slice, dated, placed, visible
from regulars.organization.access import Scope

TIME_KEYS = ("day", "week", "month")
GOODS_KEYS = ("category", "product", "brand")

_PLAIN_KEYS: dict[str, Callable[[Any], Any]] = {
    "day": lambda rows: rows.business_date,
    "week": lambda rows: rows.business_date.truncate("W").cast("date"),  # by its Monday
    "month": lambda rows: rows.business_date.truncate("M").cast("date"),
    "weekday": lambda rows: rows.weekday,  # 1 = Monday, of the business date
    "hour": lambda rows: rows.hour,  # by the store's clock
    "store": lambda rows: rows.store_id,
    "channel": lambda rows: rows.channel,
    "member": lambda rows: rows.customer_id.notnull(),
}
KEYS = (*_PLAIN_KEYS, "region", *GOODS_KEYS)

_RECEIPT_COLUMNS = ("receipt_id", "kind", "store_id", "customer_id", "channel", "business_date", "weekday", "hour")
_AMOUNTS = ("gross_amount", "discount_amount", "net_amount")


def asks_for_goods(chosen: Slice, by: Sequence[str]) -> bool:
    """Return whether the answer depends on what was bought, not only on whole receipts."""
    return chosen.category is not None or chosen.product_id is not None or any(key in GOODS_KEYS for key in by)


def receipt_rows(engine: Engine, chosen: Slice, scope: Scope, by: Sequence[str] = ()) -> Any:
    """Return one row per receipt (and kind of goods, where `by` asks for it) with its amounts within the slice."""
    if not asks_for_goods(chosen, by):
        rows = _filtered(engine, "receipt", chosen, scope)
        return _keyed(engine, rows.select(*_RECEIPT_COLUMNS, *_AMOUNTS), by)
    lines = line_rows(engine, chosen, scope, by)
    return lines.group_by([*_RECEIPT_COLUMNS, *by]).aggregate(**{name: lines[name].sum() for name in _AMOUNTS})


def line_rows(engine: Engine, chosen: Slice, scope: Scope, by: Sequence[str] = ()) -> Any:
    """Return one row per receipt line within the slice, with the product's `counts_units`."""
    lines = _filtered(engine, "receipt_line", chosen, scope)
    if chosen.product_id is not None:
        lines = lines.filter(lines.product_id == chosen.product_id)
    products = engine.table("product")
    goods = products.select(
        "product_id", "counts_units", goods_category=_category_at(products, chosen.category_depth + 1),
        goods_brand=products.brand,
    )  # fmt: skip
    if chosen.category is not None:
        below = products.category.startswith(chosen.category + CATEGORY_SEPARATOR)
        goods = goods.semi_join(products.filter((products.category == chosen.category) | below), "product_id")
    lines = lines.inner_join(goods, "product_id")
    named = {"category": lines.goods_category, "brand": lines.goods_brand, "product": lines.product_id}
    return _keyed(engine, lines.mutate(**{key: named[key] for key in by if key in named}), by)


def resolved(engine: Engine, rows: Any, *, with_anonymous: bool = False) -> Any:
    """Return the rows of known customers, each under the customer that its merges ended at."""
    customers = engine.table("customer").select(known_id="customer_id", survivor_id="resolved_id")
    rows = rows if with_anonymous else rows.filter(rows.customer_id.notnull())
    joined = rows.left_join(customers, rows.customer_id == customers.known_id)
    survivor = ibis.coalesce(joined.survivor_id, joined.customer_id)
    # A select, not a drop: Ibis writes a select that is used twice as one common table.
    return joined.select(**{name: survivor if name == "customer_id" else joined[name] for name in rows.columns})


def _filtered(engine: Engine, table: str, chosen: Slice, scope: Scope) -> Any:
    rows = visible(dated(engine.table(table), chosen.period), scope)
    needs_stores = chosen.region_id is not None
    return placed(rows, chosen, engine.table("store") if needs_stores else None)


def _keyed(engine: Engine, rows: Any, by: Sequence[str]) -> Any:
    if "region" in by:
        stores = engine.table("store")
        rows = rows.left_join(stores.select("store_id", region=stores.region_id), "store_id").drop("store_id_right")
    return rows.mutate(**{key: make(rows) for key, make in _PLAIN_KEYS.items() if key in by})


def _category_at(products: Any, depth: int) -> Any:
    """Return the product's category path, cut after `depth` pieces."""
    path = products.level1
    for level in range(2, min(depth, CATEGORY_LEVELS) + 1):
        piece = products[f"level{level}"]
        path = (piece == "").ifelse(path, path + CATEGORY_SEPARATOR + piece)
    return path
