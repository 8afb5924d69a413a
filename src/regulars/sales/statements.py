"""The statements of `services.record_normalized`, in the order in which it runs them.

They read what it staged (`incoming_receipt`, `incoming_line`, `incoming_discount`, `incoming_tender`, `incoming_customer`) and
keep the faults and the receipts that were new in two scratch tables of the transaction.
"""

from regulars.core.business_time import BUSINESS_DATE_SQL

SCRATCH = """
DROP TABLE IF EXISTS pg_temp.incoming_fault, pg_temp.recorded_receipt;
CREATE TEMPORARY TABLE incoming_fault
    (receipt_id text, "row" bigint, "column" text, code text, message text) ON COMMIT DROP;
CREATE TEMPORARY TABLE recorded_receipt
    (id bigint, receipt_id text, written_xid bigint, business_date date, kind text) ON COMMIT DROP;
"""

FAULTS = """
INSERT INTO incoming_fault
SELECT r.receipt_id, r."row", 'store', 'store.unknown',
       'There is no store ' || r.store || ' for you; add it or mend the code.'
FROM incoming_receipt r LEFT JOIN organization_store s
    ON s.code = r.store AND (%(stores)s::bigint[] IS NULL OR s.id = ANY (%(stores)s::bigint[]))
WHERE s.id IS NULL
UNION ALL
SELECT r.receipt_id, r."row", 'currency', 'currency.mismatch', 'The store ' || s.code || ' sells in ' || s.currency || '.'
FROM incoming_receipt r JOIN organization_store s ON s.code = r.store
WHERE coalesce(r.currency, s.currency) <> s.currency
UNION ALL
SELECT r.receipt_id, r."row", 'receipt_id', 'receipt.conflict',
       'Receipt ' || r.receipt_id || ' is recorded with other content; a correction is a new receipt or a return.'
FROM incoming_receipt r JOIN sales_receipt known ON known.source = %(source)s AND known.external_id = r.receipt_id
WHERE known.digest <> decode(r.digest, 'hex')
UNION ALL
SELECT r.receipt_id, r."row", 'customer_kind', 'choice.unknown',
       'customer_kind is phone, email, card, external or openid.'
FROM incoming_receipt r
WHERE r.customer <> '' AND r.customer_kind NOT IN ('phone', 'email', 'card', 'external', 'openid')
"""

# Only what is alike: a receipt that another call recorded since `FAULTS` looked may differ, and `OVERTAKEN` tells of it.
DROP_REPEATED = """
DELETE FROM incoming_receipt r USING sales_receipt known
WHERE known.source = %(source)s AND known.external_id = r.receipt_id AND known.digest = decode(r.digest, 'hex')
"""

UNKNOWN_SKUS = """
SELECT DISTINCT l.product FROM incoming_line l JOIN incoming_receipt USING (receipt_id)
LEFT JOIN catalog_product p ON p.sku = l.product WHERE p.id IS NULL ORDER BY 1
"""

DROP_UNRECOGNIZED = """
DELETE FROM incoming_receipt r
WHERE r.customer <> '' AND NOT EXISTS (
    SELECT FROM incoming_customer c
    WHERE (c.customer_kind, c.customer_namespace, c.customer) = (r.customer_kind, r.customer_namespace, r.customer))
RETURNING r."row", 'customer', 'identifier.invalid', 'This is no valid ' || r.customer_kind || '.'
"""

_BUSINESS_DATE = BUSINESS_DATE_SQL.format(
    at="CASE WHEN clock_off THEN %(now)s ELSE at END", zone="timezone", cutoff="day_cutoff_minutes"
)

# A till's clock is believed unless it is in the future or, for what arrives live, days away from ours.
INSERT_RECEIPTS = f"""
WITH placed AS (
    SELECT r.*, s.id AS store_id, s.timezone, s.day_cutoff_minutes, s.currency AS store_currency, c.customer_id,
        coalesce(r.sold_at, r.sold_at_local AT TIME ZONE s.timezone) AS at
    FROM incoming_receipt r
    JOIN organization_store s ON s.code = r.store
    LEFT JOIN incoming_customer c USING (customer_kind, customer_namespace, customer)
), believed AS (
    SELECT *, at > %(now)s + %(skew)s OR (NOT %(historical)s AND at < %(now)s - %(skew)s) AS clock_off FROM placed
), inserted AS (
    INSERT INTO sales_receipt (source, external_id, digest, kind, store_id, till, cashier, customer_id, channel,
        sold_at, received_at, business_date, clock_off, currency,
        gross_amount, discount_amount, net_amount, paid_amount, line_count, batch_id)
    SELECT %(source)s, receipt_id, decode(digest, 'hex'), kind, store_id, till, cashier, customer_id, channel,
        at, %(now)s,
        {_BUSINESS_DATE},
        clock_off, store_currency, gross_amount, discount_amount, net_amount, paid_amount, line_count, %(batch_id)s
    FROM believed ORDER BY receipt_id  -- in key order: two calls that bring the same receipts wait, and never for each other
    ON CONFLICT (source, external_id) DO NOTHING
    RETURNING id, external_id, written_xid, business_date, kind
)
INSERT INTO recorded_receipt SELECT * FROM inserted RETURNING written_xid, business_date, kind
"""

CONFLICT = "Receipt {} is recorded with other content; a correction is a new receipt or a return."

# Read after the insert, by a statement of its own: it sees what the others have committed meanwhile.
OVERTAKEN = """
SELECT r."row", r.receipt_id, known.digest = decode(r.digest, 'hex')
FROM incoming_receipt r JOIN sales_receipt known ON known.source = %(source)s AND known.external_id = r.receipt_id
WHERE NOT EXISTS (SELECT FROM recorded_receipt new WHERE new.receipt_id = r.receipt_id)
"""

# A return looks for its sale while the sale looks for returns that wait: without a lock each could miss the other and the
# return wait for ever. Sales of a source go side by side; a call with returns goes alone, for the moment it takes.
WAIT_FOR_RETURNS = "SELECT pg_advisory_xact_lock_shared(hashtextextended('sales.returns/' || %(source)s, 0))"
GO_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('sales.returns/' || %(source)s, 0))"

INSERT_LINES = """
INSERT INTO sales_receiptline
    (receipt_id, line_no, product_id, quantity_milli, gross_amount, discount_amount, net_amount, paid_amount)
SELECT r.id, l.line_no, p.id, l.quantity_milli, l.gross_amount, l.discount_amount, l.net_amount, l.paid_amount
FROM incoming_line l JOIN recorded_receipt r USING (receipt_id) JOIN catalog_product p ON p.sku = l.product
ORDER BY r.id, l.line_no
"""

INSERT_DISCOUNTS = """
INSERT INTO sales_linediscount (receipt_id, line_no, discount_no, kind, amount, funded_by, reference)
SELECT r.id, d.line_no, d.discount_no, d.kind, d.amount, d.funded_by, d.reference
FROM incoming_discount d JOIN recorded_receipt r USING (receipt_id)
ORDER BY r.id, d.line_no, d.discount_no
"""

INSERT_TENDERS = """
INSERT INTO sales_tender (receipt_id, tender_no, kind, amount, reference)
SELECT r.id, t.tender_no, t.kind, t.amount, t.reference
FROM incoming_tender t JOIN recorded_receipt r USING (receipt_id)
ORDER BY r.id, t.tender_no
"""

KNOWN_IN_STORES = """
INSERT INTO customers_customerstore (customer_id, store_id, since)
SELECT DISTINCT f.customer_id, f.store_id, %(now)s::timestamptz
FROM sales_receipt f JOIN recorded_receipt r ON r.id = f.id WHERE f.customer_id IS NOT NULL
ORDER BY 2, 1
ON CONFLICT (store_id, customer_id) DO NOTHING
"""

LINK_RETURNS = """
INSERT INTO sales_returnlink
    (receipt_id, line_no, original_source, original_external_id, original_line_no, original_id, resolved_at)
SELECT r.id, l.line_no, %(source)s, l.original_receipt_id, l.original_line_no, o.id,
    CASE WHEN o.id IS NOT NULL THEN %(now)s END
FROM incoming_line l JOIN recorded_receipt r USING (receipt_id)
LEFT JOIN sales_receipt o ON o.source = %(source)s AND o.external_id = l.original_receipt_id
WHERE coalesce(l.original_receipt_id, '') <> ''
"""

RESOLVE_PARKED = """
UPDATE sales_returnlink link SET original_id = r.id, resolved_at = %(now)s
FROM recorded_receipt r
WHERE link.original_id IS NULL AND link.original_source = %(source)s AND link.original_external_id = r.receipt_id
"""

UNDO_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('sales.undo/' || %(batch)s::text, 0))"
