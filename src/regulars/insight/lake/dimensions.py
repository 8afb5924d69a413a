"""How the dimensions are read from PostgreSQL: one row per thing, with what its neighbors say of it joined in.

A product's row changes when its category, brand or supplier does, a customer's when a customer it was merged into is merged on:
`changed_xid` is the newest of all the rows that a dimension row is made of.
"""

from __future__ import annotations

_CHANGED = "changed_xid >= {since} AND changed_xid < {horizon}"

# Units of a product count only if every category above it counts them too (fuel is sold in thousandths of a gallon).
_PRODUCT = f"""
    WITH RECURSIVE tree AS (
        SELECT id, path, ARRAY[name]::text[] AS names, counts_units, written_xid FROM catalog_category WHERE parent_id IS NULL
        UNION ALL
        SELECT c.id, c.path, t.names || c.name::text, c.counts_units AND t.counts_units,
               greatest(c.written_xid, t.written_xid)
        FROM catalog_category c JOIN tree t ON t.id = c.parent_id),
    product AS (
        SELECT p.id AS product_id, p.sku, p.name, p.category_id, coalesce(c.path, '') AS category,
               coalesce(c.names[1], '') AS level1, coalesce(c.names[2], '') AS level2, coalesce(c.names[3], '') AS level3,
               array_to_string(c.names[1:2], ' / ') AS category2,
               p.brand_id, coalesce(b.name, '') AS brand, coalesce(b.private_label, false) AS private_label,
               p.supplier_id, coalesce(s.name, '') AS supplier, p.package_size,
               p.counts_units AND coalesce(c.counts_units, true) AS counts_units,
               p.price_amount, p.cost_amount, p.is_placeholder,
               greatest(p.written_xid, c.written_xid, b.written_xid, s.written_xid) AS changed_xid
        FROM catalog_product p
        LEFT JOIN tree c ON c.id = p.category_id
        LEFT JOIN catalog_brand b ON b.id = p.brand_id
        LEFT JOIN catalog_supplier s ON s.id = p.supplier_id)
    SELECT product_id, sku, name, category_id, category, level1, level2, level3, coalesce(category2, '') AS category2,
           brand_id, brand, private_label, supplier_id, supplier, package_size, counts_units, price_amount, cost_amount,
           is_placeholder
    FROM product WHERE {_CHANGED}"""

_STORE = f"""
    WITH RECURSIVE tree AS (
        SELECT id, name, '/' || id || '/' AS path, written_xid FROM organization_region WHERE parent_id IS NULL
        UNION ALL
        SELECT r.id, r.name, t.path || r.id || '/', greatest(r.written_xid, t.written_xid)
        FROM organization_region r JOIN tree t ON t.id = r.parent_id),
    store AS (
        SELECT s.id AS store_id, s.code, s.name, s.region_id, coalesce(r.name, '') AS region,
               coalesce(r.path, '/') AS region_path, s.format, s.city, s.timezone, s.currency, s.size_sqm,
               s.opened_on, s.closed_on, s.latitude, s.longitude, greatest(s.written_xid, r.written_xid) AS changed_xid
        FROM organization_store s LEFT JOIN tree r ON r.id = s.region_id)
    SELECT store_id, code, name, region_id, region, region_path, format, city, timezone, currency, size_sqm, opened_on,
           closed_on, latitude, longitude
    FROM store WHERE {_CHANGED}"""

# No name, contact, birthday or custom field; `joined_through` may name an associate and stays out too.
_CUSTOMER = """
    WITH RECURSIVE changed AS (
        SELECT id FROM customers_customer WHERE written_xid >= {since} AND written_xid < {horizon}
        UNION
        SELECT c.id FROM customers_customer c JOIN changed ON c.merged_into_id = changed.id),
    survivor AS (
        SELECT c.id, c.id AS at, c.merged_into_id AS next FROM customers_customer c JOIN changed USING (id)
        UNION
        SELECT s.id, c.id, c.merged_into_id FROM survivor s JOIN customers_customer c ON c.id = s.next)
    SELECT c.id AS customer_id, s.at AS resolved_id, c.kind, c.gender, c.age_band, c.occupation, c.education, c.income_band,
           c.marital_status, c.household_size, c.household_structure, c.children, c.home_ownership, c.lifestyle,
           c.preferred_channel, c.language, c.city, c.home_store_id, c.joined_on, c.source
    FROM customers_customer c JOIN survivor s ON s.id = c.id AND s.next IS NULL"""

_CUSTOMER_TAG = """
    SELECT ct.id AS customer_tag_id, ct.customer_id, ct.tag_id, t.name AS tag, t.kind, ct.added_at, ct.expires_at,
           ct.removed_at
    FROM customers_customertag ct JOIN customers_tag t ON t.id = ct.tag_id
    WHERE ct.written_xid >= {since} AND ct.written_xid < {horizon}"""

QUERIES: dict[str, str] = {
    "store": _STORE,
    "product": _PRODUCT,
    "customer": _CUSTOMER,
    "customer_tag": _CUSTOMER_TAG,
}
