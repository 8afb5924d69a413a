"""What must always be true of receipts; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.business_time import BUSINESS_DATE_SQL
from regulars.core.invariants import Outcome, holds, offending


@holds("sales.lines", "Every receipt's amounts and line count are the sums of its lines.")
def lines_add_up() -> Outcome:
    return offending("""
        SELECT r.source || ' ' || r.external_id AS what
        FROM sales_receipt r
        LEFT JOIN (
            SELECT receipt_id, count(*) AS lines, sum(gross_amount) AS gross, sum(discount_amount) AS discount,
                sum(net_amount) AS net, sum(paid_amount) AS paid
            FROM sales_receiptline GROUP BY receipt_id
        ) l ON l.receipt_id = r.id
        WHERE (r.line_count, r.gross_amount, r.discount_amount, r.net_amount, r.paid_amount)
            IS DISTINCT FROM (coalesce(l.lines, 0), coalesce(l.gross, 0), coalesce(l.discount, 0), coalesce(l.net, 0),
                coalesce(l.paid, 0))""")


@holds("sales.tenders", "Every receipt's tenders add up to what was paid.")
def tenders_add_up() -> Outcome:
    return offending("""
        SELECT r.source || ' ' || r.external_id AS what
        FROM sales_receipt r
        LEFT JOIN (SELECT receipt_id, sum(amount) AS paid FROM sales_tender GROUP BY receipt_id) t
            ON t.receipt_id = r.id
        WHERE r.paid_amount <> coalesce(t.paid, 0)""")


@holds("sales.discounts", "The discounts of a line add up to the line's discount, and those others bear to its net.")
def discounts_add_up() -> Outcome:
    return offending("""
        SELECT r.source || ' ' || r.external_id || ' line ' || l.line_no AS what
        FROM sales_receiptline l
        LEFT JOIN (
            SELECT receipt_id, line_no, sum(amount) AS amount,
                coalesce(sum(amount) FILTER (WHERE funded_by <> 'retailer'), 0) AS refunded
            FROM sales_linediscount GROUP BY receipt_id, line_no
        ) d ON d.receipt_id = l.receipt_id AND d.line_no = l.line_no
        LEFT JOIN sales_receipt r ON r.id = l.receipt_id
        WHERE l.discount_amount <> coalesce(d.amount, 0) OR l.net_amount <> l.paid_amount + coalesce(d.refunded, 0)""")


@holds("sales.orphans", "No line, discount, tender or return link stands without its receipt.")
def nothing_is_orphaned() -> Outcome:
    return offending("""
        SELECT 'line ' || l.receipt_id || '/' || l.line_no AS what
        FROM sales_receiptline l LEFT JOIN sales_receipt r ON r.id = l.receipt_id WHERE r.id IS NULL
        UNION ALL
        SELECT 'line ' || l.receipt_id || '/' || l.line_no || ' without product'
        FROM sales_receiptline l LEFT JOIN catalog_product p ON p.id = l.product_id WHERE p.id IS NULL
        UNION ALL
        SELECT 'discount ' || d.receipt_id || '/' || d.line_no || '/' || d.discount_no
        FROM sales_linediscount d LEFT JOIN sales_receiptline l USING (receipt_id, line_no) WHERE l.receipt_id IS NULL
        UNION ALL
        SELECT 'tender ' || t.receipt_id || '/' || t.tender_no
        FROM sales_tender t LEFT JOIN sales_receipt r ON r.id = t.receipt_id WHERE r.id IS NULL
        UNION ALL
        SELECT 'return link ' || k.receipt_id || '/' || k.line_no
        FROM sales_returnlink k LEFT JOIN sales_receiptline l USING (receipt_id, line_no) WHERE l.receipt_id IS NULL""")


_BELIEVED_AT = "CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END"
_BUSINESS_DATE = BUSINESS_DATE_SQL.format(at=_BELIEVED_AT, zone="s.timezone", cutoff="s.day_cutoff_minutes")


@holds("sales.business_dates", "Every receipt stands on the business date that its store's rule gives.")
def business_dates_follow_the_store() -> Outcome:
    """A store's rule never changes backwards, so only receipts newer than the store's row are judged."""
    return offending(
        f"""
        SELECT r.source || ' ' || r.external_id AS what
        FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id
        WHERE s.written_xid < r.written_xid AND r.business_date <> {_BUSINESS_DATE}""",
        skipped="""
        SELECT count(*) FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id
        WHERE s.written_xid >= r.written_xid""",
    )


@holds("sales.returns", "A return points at the sale it names; only one whose sale is unknown waits.")
def returns_are_linked() -> Outcome:
    return offending("""
        SELECT k.original_source || ' ' || k.original_external_id || ' returned by ' || k.receipt_id AS what
        FROM sales_returnlink k
        LEFT JOIN sales_receipt named
            ON named.source = k.original_source AND named.external_id = k.original_external_id
        WHERE named.id IS DISTINCT FROM k.original_id OR (k.original_id IS NULL) <> (k.resolved_at IS NULL)""")


@holds("sales.known_in_stores", "Every customer is known in each store where they have bought.")
def customers_are_known_where_they_bought() -> Outcome:
    return offending("""
        SELECT 'customer ' || r.customer_id || ' in store ' || r.store_id AS what
        FROM (SELECT DISTINCT customer_id, store_id FROM sales_receipt WHERE customer_id IS NOT NULL) r
        LEFT JOIN customers_customerstore k USING (customer_id, store_id)
        WHERE k.id IS NULL""")
