"""How the facts are read from PostgreSQL, and how DuckDB joins them into wide rows that need no join later.

A receipt, its lines, discounts and tenders are written in one transaction, so they carry one transaction number and come
into the lake together. The till's local hour is worked out here once; the business date is the stored one (D4).
"""

from __future__ import annotations

DISCOUNT_KINDS = ("loyalty_price", "promotion", "coupon", "coupon_match", "points", "employee", "manual")


def _range(alias: str = "") -> str:
    dot = f"{alias}." if alias else ""
    return f"{dot}written_xid >= {{since}} AND {dot}written_xid < {{horizon}}"


_RECEIPT = f"""
    SELECT r.id AS receipt_id, r.kind, r.store_id, r.customer_id, r.channel, r.business_date,
           CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END AS sold_at,
           extract(hour FROM CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END AT TIME ZONE s.timezone)::smallint
               AS hour,
           r.currency, r.gross_amount, r.discount_amount, r.net_amount, r.paid_amount, r.line_count, r.batch_id
    FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id
    WHERE {_range("r")}"""
_HEADER = f"""
    SELECT r.id AS receipt_id, r.kind, r.store_id, r.customer_id, r.channel, r.business_date,
           extract(hour FROM CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END AT TIME ZONE s.timezone)::smallint
               AS hour,
           r.batch_id
    FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id
    WHERE {_range("r")}"""
_LINE = f"""
    SELECT receipt_id, line_no, product_id, quantity_milli, gross_amount, discount_amount, net_amount, paid_amount
    FROM sales_receiptline WHERE {_range()}"""
_DISCOUNT = f"""
    SELECT receipt_id, line_no, kind, funded_by, amount FROM sales_linediscount WHERE {_range()}"""
_TENDER_HEADER = f"""
    SELECT id AS receipt_id, store_id, business_date, batch_id FROM sales_receipt WHERE {_range()}"""
_TENDER = f"""
    SELECT receipt_id, tender_no, kind, amount FROM sales_tender WHERE {_range()}"""

SOURCES: dict[str, dict[str, str]] = {
    "receipt": {"receipt_source": _RECEIPT},
    "receipt_line": {"header_source": _HEADER, "discount_source": _DISCOUNT, "line_source": _LINE},
    "tender": {"header_source": _TENDER_HEADER, "tender_source": _TENDER},
}

_MONTH = "(year(business_date) * 100 + month(business_date))::INTEGER AS business_month"
_WEEKDAY = "isodow(business_date)::SMALLINT AS weekday"
_BY_KIND = ", ".join(f"coalesce(sum(amount) FILTER (kind = '{kind}'), 0)::BIGINT AS {kind}_amount" for kind in DISCOUNT_KINDS)
_BY_FUNDING = ", ".join(
    f"coalesce(sum(amount) FILTER (funded_by = '{who}'), 0)::BIGINT AS {who}_funded_amount" for who in ("supplier", "partner")
)
_KIND_COLUMNS = ", ".join(
    f"coalesce(d.{column}, 0) AS {column}"
    for column in [f"{kind}_amount" for kind in DISCOUNT_KINDS] + ["supplier_funded_amount", "partner_funded_amount"]
)

SHAPES: dict[str, str] = {
    "receipt": f"""
        SELECT *, {_MONTH}, {_WEEKDAY} FROM receipt_source ORDER BY business_month, customer_id""",
    "receipt_line": f"""
        WITH d AS (SELECT receipt_id, line_no, {_BY_KIND}, {_BY_FUNDING} FROM discount_source GROUP BY receipt_id, line_no)
        SELECT l.*, {_KIND_COLUMNS}, h.kind, h.store_id, h.customer_id, h.channel, h.business_date, {_MONTH},
               h.hour, {_WEEKDAY}, h.batch_id
        FROM line_source l JOIN header_source h USING (receipt_id) LEFT JOIN d USING (receipt_id, line_no)
        ORDER BY business_month, product_id""",
    "tender": f"""
        SELECT t.*, h.store_id, h.business_date, {_MONTH}, h.batch_id
        FROM tender_source t JOIN header_source h USING (receipt_id)
        ORDER BY business_month, receipt_id""",
}
