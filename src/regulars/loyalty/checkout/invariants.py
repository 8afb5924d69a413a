"""What must always be true of what tills have said; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.invariants import Outcome, holds, offending


@holds(
    "checkout.receipts",
    "Each message of a till that is done left the one receipt that it stands for, and no other did.",
)
def messages_have_their_receipts() -> Outcome:
    return offending("""
        SELECT m.source || ' ' || m.till || '/' || m.number AS what
        FROM checkout_message m JOIN organization_store s ON s.id = m.store_id
        LEFT JOIN sales_receipt r ON r.id = m.receipt_id
        WHERE (m.state = 'done' AND m.kind <> 'closing') AND (
            r.id IS NULL OR r.source <> m.source OR r.external_id <> s.code || '/' || m.till || '/' || m.number
            OR r.kind <> CASE m.kind WHEN 'sale' THEN 'sale' ELSE 'return' END
            OR r.customer_id IS DISTINCT FROM m.customer_id)
        UNION ALL
        SELECT m.source || ' ' || m.till || '/' || m.number || ' has a receipt and is ' || m.state
        FROM checkout_message m WHERE m.receipt_id IS NOT NULL AND (m.state <> 'done' OR m.kind = 'closing')""")


@holds("checkout.parked", "A message is parked only while its sale has not come.")
def parked_messages_wait() -> Outcome:
    return offending("""
        SELECT m.source || ' ' || m.till || '/' || m.number AS what
        FROM checkout_message m
        JOIN sales_receipt r ON r.source = m.source AND r.external_id = m.sale_id AND r.kind = 'sale'
        WHERE m.state = 'parked'""")


@holds("checkout.returns", "What came back of a sale of a till is linked to it, and a void took back all of it.")
def returns_are_linked() -> Outcome:
    return offending("""
        SELECT m.source || ' ' || m.till || '/' || m.number AS what
        FROM checkout_message m
        JOIN sales_receipt o ON o.source = m.source AND o.external_id = m.sale_id AND o.kind = 'sale'
        JOIN sales_receipt b ON b.id = m.receipt_id
        WHERE m.state = 'done' AND m.kind IN ('void', 'return') AND (
            (m.kind = 'void' AND b.paid_amount <> -o.paid_amount)
            OR b.line_count <> (SELECT count(*) FROM sales_returnlink k WHERE k.receipt_id = b.id AND k.original_id = o.id))""")


@holds(
    "checkout.earned",
    "The program and the ledger gave and took just the points that the till was told.",
)
def points_are_those_of_the_ledger() -> Outcome:
    return offending("""
        SELECT m.source || ' ' || m.till || '/' || m.number AS what
        FROM checkout_message m
        LEFT JOIN (
            SELECT receipt_id, sum(points) AS points FROM program_earning GROUP BY receipt_id
        ) e ON e.receipt_id = m.receipt_id
        LEFT JOIN (
            SELECT t.receipt_id, -sum(n.amount) FILTER (WHERE n.house = 'issued') AS given,
                sum(n.amount) FILTER (WHERE n.house = 'redeemed') AS taken
            FROM wallet_transfer t JOIN wallet_entry n ON n.transfer_id = t.id AND n.account_id IS NULL
            JOIN wallet_unit u ON u.id = n.unit_id AND u.kind = 'points'
            WHERE t.receipt_id IS NOT NULL AND t.kind IN ('earn', 'redeem', 'spend')
            GROUP BY t.receipt_id
        ) l ON l.receipt_id = m.receipt_id
        WHERE m.kind = 'sale' AND m.state = 'done' AND (
            m.points_earned <> coalesce(e.points, 0) OR m.points_earned <> coalesce(l.given, 0)
            OR m.points_used <> coalesce(l.taken, 0))""")


@holds("checkout.offers", "What the receipts of tills say was taken off by offers is what the offers say was used.")
def discounts_are_those_of_the_offers() -> Outcome:
    return offending("""
        WITH used AS (
            SELECT r.source, r.key, sum(r.amount) AS amount FROM offers_redemption r WHERE r.kind = 'use' GROUP BY 1, 2
        ), printed AS (
            SELECT m.source, t.external_id AS key, sum(d.amount) AS amount
            FROM checkout_message m JOIN sales_receipt t ON t.id = m.receipt_id
            JOIN sales_linediscount d ON d.receipt_id = t.id
            WHERE m.kind = 'sale' AND NOT m.is_offline GROUP BY 1, 2
        )
        SELECT p.source || ' ' || p.key AS what FROM printed p LEFT JOIN used u USING (source, key)
        WHERE p.amount IS DISTINCT FROM u.amount""")
