"""What must always be true of earnings, tiers and gifts; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.invariants import Outcome, holds, offending


@holds("program.earnings", "What a receipt earned is the sum of its lines and bonuses, and of its rules.")
def earnings_add_up() -> Outcome:
    return offending("""
        SELECT 'receipt ' || receipt_id AS what FROM program_earning
        WHERE points <> (SELECT coalesce(sum(p), 0) FROM unnest(line_points) AS p)
                + (SELECT coalesce(sum((b ->> 'points')::bigint), 0) FROM jsonb_array_elements(bonuses) AS b)
            OR points <> (SELECT coalesce(sum(v::bigint), 0) FROM jsonb_each_text(by_rule) AS r(k, v))
            OR growth <> (SELECT coalesce(sum(g), 0) FROM unnest(line_growth) AS g)
            OR spend_amount <> (SELECT coalesce(sum(a), 0) FROM unnest(line_amounts) AS a)""")


@holds(
    "program.ledger", "The wallet gave exactly the points that a receipt earned, and took exactly what its returns take back."
)
def ledger_gave_what_was_earned() -> Outcome:
    return offending("""
        WITH kept AS (
            SELECT transfer_id, program_id, points, growth, 'receipt ' || receipt_id AS what FROM program_earning
            UNION ALL
            SELECT transfer_id, program_id, -points, -growth, 'return ' || receipt_id FROM program_takenback
        ), moved AS (
            SELECT e.transfer_id, sum(e.amount) FILTER (WHERE u.kind = 'points') AS points,
                sum(e.amount) FILTER (WHERE u.kind = 'growth') AS growth
            FROM wallet_entry e JOIN wallet_unit u ON u.id = e.unit_id
            WHERE e.account_id IS NOT NULL GROUP BY 1
        )
        SELECT k.what FROM kept k LEFT JOIN moved m ON m.transfer_id = k.transfer_id
        WHERE (k.points, k.growth) IS DISTINCT FROM (coalesce(m.points, 0), coalesce(m.growth, 0))""")


@holds("program.taken_back", "Returns never take more from a sale than it earned.")
def returns_take_no_more_than_was_earned() -> Outcome:
    return offending("""
        SELECT 'receipt ' || e.receipt_id AS what FROM program_earning e
        JOIN (SELECT earning_id, sum(points + forgiven_points) AS points, sum(growth) AS growth, sum(spend_amount) AS spend
              FROM program_takenback GROUP BY 1) t ON t.earning_id = e.id
        WHERE t.points > e.points OR t.growth > e.growth OR t.spend > e.spend_amount""")


@holds("program.undone", "What was earned with a receipt that an undone import took along is taken back.")
def undone_receipts_keep_nothing() -> Outcome:
    return offending("""
        SELECT 'earning ' || e.id AS what FROM program_earning e LEFT JOIN sales_receipt r ON r.id = e.receipt_id
        WHERE r.id IS NULL
            AND NOT EXISTS (SELECT FROM program_takenback t WHERE t.earning_id = e.id AND t.receipt_id = e.receipt_id)""")


@holds("program.tiers", "Every member's tier is the one row of history that is open, and the rows follow one another.")
def tiers_are_history() -> Outcome:
    return offending("""
        SELECT 'customer ' || m.customer_id AS what FROM program_membership m
        LEFT JOIN program_tierspell t
            ON t.program_id = m.program_id AND t.customer_id = m.customer_id AND t.until IS NULL
        WHERE t.tier IS DISTINCT FROM m.tier
        UNION ALL
        SELECT 'customer ' || customer_id || ' since ' || since FROM (
            SELECT customer_id, since, until, lead(since) OVER (PARTITION BY program_id, customer_id ORDER BY since, id) AS next
            FROM program_tierspell) s
        WHERE next IS NOT NULL AND until IS DISTINCT FROM next""")


@holds("program.gifts", "As many pieces are promised in a store as orders wait there.")
def promised_gifts_are_reserved() -> Outcome:
    return offending("""
        SELECT 'gift ' || s.gift_id || ' in store ' || s.store_id AS what FROM program_giftstock s
        LEFT JOIN (
            SELECT gift_id, store_id, count(*) AS waiting FROM program_giftorder WHERE state = 'reserved' GROUP BY 1, 2
        ) o USING (gift_id, store_id)
        WHERE s.reserved <> coalesce(o.waiting, 0)""")
