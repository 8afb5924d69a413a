"""Save products with their categories, brands and suppliers: the only code that writes the catalog.

For the gateway (files, REST) and for sales, which makes placeholders of what it cannot find.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction

from regulars.catalog.models import Category
from regulars.core import bulk
from regulars.core.errors import Problem
from regulars.core.outcomes import Change, SaveOutcome
from regulars.organization.access import Viewer

PRODUCTS = pa.schema(
    [
        ("row", pa.int64()),
        ("sku", pa.string()),
        ("name", pa.string()),
        ("category", pa.string()),  # levels from the department down, joined by " / "
        ("brand", pa.string()),
        ("private_label", pa.bool_()),
        ("supplier_code", pa.string()),
        ("supplier_name", pa.string()),
        ("barcode", pa.string()),
        ("package_size", pa.string()),
        ("price_amount", pa.int64()),
        ("cost_amount", pa.int64()),
        ("counts_units", pa.bool_()),
    ]
)
PATH_SEPARATOR = " / "


@transaction.atomic
def save_products(table: pa.Table, *, source: str, now: datetime, viewer: Viewer, action: str = "product.edit") -> SaveOutcome:
    """Create or update products by SKU (columns: `PRODUCTS`); a null leaves what is known as it is.

    The last of several rows with one SKU wins. A placeholder becomes a product once its data arrive. `action` is the right
    under which the viewer writes.
    """
    viewer.require(action)
    bulk.stage("incoming_product", bulk.complete(table, PRODUCTS))
    outcome = SaveOutcome(problems=_faults())
    bulk.execute(_LAST_ROW_WINS)
    facts = {"source": source, "now": now}
    _save_groups(facts)
    for object_id, before, after in bulk.fetch(_UPSERT, facts):
        # Django leaves jsonb as text
        outcome.changes.append(Change(object_id, json.loads(before) if before else None, json.loads(after)))
    outcome.created = sum(change.before is None for change in outcome.changes)
    outcome.updated = len(outcome.changes) - outcome.created
    outcome.unchanged = bulk.fetch("SELECT count(*) FROM incoming_product")[0][0] - len(outcome.changes)
    return outcome


def add_placeholders(skus: Sequence[str], *, source: str, now: datetime) -> None:
    """Add products that were sold before the catalog knew them, so that no sale is dropped for their sake."""
    bulk.execute(
        "INSERT INTO catalog_product (sku, name, barcode, package_size, counts_units, is_placeholder, source, "
        "created_at, updated_at) SELECT sku, sku, '', '', true, true, %(source)s, %(now)s, %(now)s "
        "FROM unnest(%(skus)s::text[]) AS sku ORDER BY sku ON CONFLICT (sku) DO NOTHING",
        {"skus": list(skus), "source": source, "now": now},
    )


def exclude_from_units(path: str, *, viewer: Viewer) -> None:
    """Say that quantities in the category at `path`, and below it, count no pieces (fuel is sold by volume)."""
    viewer.require("product.edit")
    Category.objects.filter(path=path).update(counts_units=False)
    Category.objects.filter(path__startswith=path + PATH_SEPARATOR).update(counts_units=False)


def _faults() -> list[Problem]:
    found = bulk.fetch(_FAULTS)
    if found:
        bulk.execute('DELETE FROM incoming_product WHERE "row" = ANY (%(rows)s)', {"rows": [row[0] for row in found]})
    return [Problem(*problem) for problem in found]


def _save_groups(facts: dict[str, Any]) -> None:
    """Make the categories, level by level, the brands and the suppliers that the staged rows name."""
    deepest = bulk.fetch(_DEEPEST)[0][0] or 0
    for level in range(1, deepest + 1):
        bulk.execute(_CATEGORIES, {"level": level, "parent": level - 1})
    bulk.execute(_BRANDS, facts)
    bulk.execute(_SUPPLIERS, facts)


_FAULTS = """
SELECT "row", 'sku', 'required', 'The SKU is missing.' FROM incoming_product WHERE coalesce(sku, '') = ''
UNION ALL
SELECT "row", 'sku', 'text.too_long', 'The SKU is longer than 64 characters.' FROM incoming_product WHERE length(sku) > 64
UNION ALL
SELECT "row", 'category', 'text.too_long', 'The category path is longer than 400 characters.'
FROM incoming_product WHERE length(category) > 400
UNION ALL
SELECT "row", 'price_amount', 'amount.sign', 'Price and cost are zero or more.'
FROM incoming_product WHERE price_amount < 0 OR cost_amount < 0
ORDER BY 1, 2
"""

_LAST_ROW_WINS = """
DELETE FROM incoming_product early USING incoming_product late
WHERE early.sku = late.sku AND early."row" < late."row"
"""

_DEEPEST = "SELECT max(cardinality(string_to_array(category, ' / '))) FROM incoming_product WHERE category <> ''"

_CATEGORIES = """
WITH pieces AS (
    SELECT DISTINCT (string_to_array(category, ' / '))[1:%(level)s] AS path FROM incoming_product
    WHERE cardinality(string_to_array(category, ' / ')) >= %(level)s AND category <> ''
)
INSERT INTO catalog_category (path, name, level, parent_id, counts_units)
SELECT array_to_string(pieces.path, ' / '), pieces.path[%(level)s], %(level)s, parent.id, coalesce(parent.counts_units, true)
FROM pieces LEFT JOIN catalog_category parent ON parent.path = array_to_string(pieces.path[1:%(parent)s], ' / ')
ON CONFLICT (path) DO NOTHING
"""

_BRANDS = """
INSERT INTO catalog_brand AS known (name, private_label)
SELECT brand, coalesce(bool_or(private_label), false) FROM incoming_product WHERE brand <> '' GROUP BY brand
ON CONFLICT (name) DO UPDATE SET private_label = excluded.private_label
WHERE known.private_label <> excluded.private_label
"""

_SUPPLIERS = """
INSERT INTO catalog_supplier AS known (code, name)
SELECT supplier_code, coalesce(max(nullif(supplier_name, '')), supplier_code)
FROM incoming_product WHERE supplier_code <> '' GROUP BY supplier_code
ON CONFLICT (code) DO UPDATE SET name = excluded.name
WHERE known.name <> excluded.name AND excluded.name <> excluded.code
"""

_TOLD = """jsonb_build_object('sku', {0}.sku, 'name', {0}.name, 'category_id', {0}.category_id, 'brand_id', {0}.brand_id,
    'supplier_id', {0}.supplier_id, 'barcode', {0}.barcode, 'package_size', {0}.package_size,
    'price_amount', {0}.price_amount, 'cost_amount', {0}.cost_amount, 'counts_units', {0}.counts_units,
    'is_placeholder', {0}.is_placeholder)"""

_UPSERT = f"""
WITH wanted AS (
    SELECT i.*, c.id AS category_id, b.id AS brand_id, s.id AS supplier_id, old.id AS old_id,
        CASE WHEN old.id IS NOT NULL THEN {_TOLD.format("old")} END AS before
    FROM incoming_product i
    LEFT JOIN catalog_category c ON c.path = i.category
    LEFT JOIN catalog_brand b ON b.name = i.brand
    LEFT JOIN catalog_supplier s ON s.code = i.supplier_code
    LEFT JOIN catalog_product old ON old.sku = i.sku
), saved AS (
    INSERT INTO catalog_product AS known (sku, name, category_id, brand_id, supplier_id, barcode, package_size,
        price_amount, cost_amount, counts_units, is_placeholder, source, created_at, updated_at)
    SELECT sku, coalesce(nullif(name, ''), before->>'name', sku),
        coalesce(category_id, (before->>'category_id')::bigint), coalesce(brand_id, (before->>'brand_id')::bigint),
        coalesce(supplier_id, (before->>'supplier_id')::bigint),
        coalesce(barcode, before->>'barcode', ''), coalesce(package_size, before->>'package_size', ''),
        coalesce(price_amount, (before->>'price_amount')::bigint), coalesce(cost_amount, (before->>'cost_amount')::bigint),
        coalesce(counts_units, (before->>'counts_units')::boolean, true), false, %(source)s, %(now)s, %(now)s
    FROM wanted ORDER BY sku
    ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category_id = excluded.category_id,
        brand_id = excluded.brand_id, supplier_id = excluded.supplier_id, barcode = excluded.barcode,
        package_size = excluded.package_size, price_amount = excluded.price_amount, cost_amount = excluded.cost_amount,
        counts_units = excluded.counts_units, is_placeholder = false, updated_at = excluded.updated_at
    WHERE {_TOLD.format("known")} IS DISTINCT FROM {_TOLD.format("excluded")}
    RETURNING known.*
)
SELECT saved.id, wanted.before, {_TOLD.format("saved")} FROM saved JOIN wanted USING (sku)
"""
