"""The statements of the ledger. Each takes one command or many: columns come as arrays, rows are made by `unnest`.

For `services`. Transfers are claimed by key first, then accounts are locked in the order of their ids, so that two
overlapping calls wait for each other and never in a ring.
"""

from __future__ import annotations

CLAIM = """
WITH wanted AS (
    SELECT w.owner_kind, w.owner_id, u.id AS unit_id
    FROM unnest(%(owner_kind)s::text[], %(owner_id)s::bigint[], %(unit)s::text[]) AS w (owner_kind, owner_id, code)
    JOIN wallet_unit u USING (code)
), opened AS (
    INSERT INTO wallet_account (owner_kind, owner_id, unit_id, balance, held, debt, is_frozen, opened_at)
    SELECT w.owner_kind, w.owner_id, w.unit_id, 0, 0, 0,
        EXISTS (SELECT FROM wallet_account o
            WHERE o.owner_kind = w.owner_kind AND o.owner_id = w.owner_id AND o.is_frozen), %(now)s
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM wallet_account a
        WHERE a.owner_kind = w.owner_kind AND a.owner_id = w.owner_id AND a.unit_id = w.unit_id)
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING
), claimed AS (
    INSERT INTO wallet_transfer (source, key, digest, kind, at, recorded_at, business_date, store_id, receipt_id,
        rule_version, reason, why, actor)
    SELECT c.source, c.key, c.digest, c.kind, c.at, %(now)s, c.business_date, c.store_id, c.receipt_id, c.rule_version,
        c.reason, c.why::jsonb, %(actor)s
    FROM unnest(%(source)s::text[], %(key)s::text[], %(digest)s::bytea[], %(kind)s::text[], %(at)s::timestamptz[],
        %(business_date)s::date[], %(store_id)s::bigint[], %(receipt_id)s::bigint[], %(rule_version)s::bigint[],
        %(reason)s::text[], %(why)s::text[])
        AS c (source, key, digest, kind, at, business_date, store_id, receipt_id, rule_version, reason, why)
    ORDER BY c.source, c.key
    ON CONFLICT (source, key) DO NOTHING
    RETURNING id, source, key
)
SELECT id, source, key FROM claimed
"""

KNOWN = """
SELECT t.source, t.key, t.id, t.digest
FROM unnest(%(source)s::text[], %(key)s::text[]) AS c (source, key) JOIN wallet_transfer t USING (source, key)
"""

ANSWERS = """
SELECT DISTINCT ON (e.transfer_id, e.account_id) e.transfer_id, a.owner_kind, a.owner_id, u.code, e.balance_after,
    e.held_after, e.debt_after, min(e.id) OVER (PARTITION BY e.transfer_id, e.account_id) AS first_id
FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id JOIN wallet_unit u ON u.id = a.unit_id
WHERE e.transfer_id = ANY(%(transfers)s::bigint[])
ORDER BY e.transfer_id, e.account_id, e.id DESC
"""

LOCK_ACCOUNTS = """
SELECT a.id, a.owner_kind, a.owner_id, u.code, a.unit_id, a.balance, a.held, a.debt, a.is_frozen, a.merged_into_id
FROM unnest(%(owner_kind)s::text[], %(owner_id)s::bigint[], %(unit)s::text[]) AS w (owner_kind, owner_id, code)
JOIN wallet_unit u ON u.code = w.code
JOIN wallet_account a ON a.owner_kind = w.owner_kind AND a.owner_id = w.owner_id AND a.unit_id = u.id
ORDER BY a.id FOR UPDATE OF a
"""

# Whoever gives back a part of the same transfer waits here, also when the taking stands on another, merged account.
LOCK_TRANSFERS = """
SELECT pg_advisory_xact_lock(7202, hashint8(id)) FROM unnest(%(transfers)s::bigint[]) AS t (id) ORDER BY hashint8(id)
"""

_LOT = """l.id, l.account_id, l.transfer_id, l.root_transfer_id, l.origin, l.amount, l.remaining, l.earned_at, l.available_from,
    l.expires_at, l.moved_at, l.held, l.parent_id"""

OPEN_LOTS = f"""
SELECT {_LOT} FROM wallet_lot l WHERE l.account_id = ANY(%(accounts)s::bigint[]) AND l.remaining > 0
"""

TAKEN = f"""
SELECT e.id, e.transfer_id, e.account_id, a.merged_into_id, e.unit_id, e.house,
    -e.amount - coalesce((SELECT sum(u.amount) FROM wallet_entry u WHERE u.undoes_id = e.id), 0)::bigint, {_LOT}
FROM wallet_entry e JOIN wallet_account a ON a.id = e.account_id LEFT JOIN wallet_lot l ON l.id = e.lot_id
WHERE e.transfer_id = ANY(%(transfers)s::bigint[]) AND e.amount < 0
ORDER BY e.id
"""

OPEN_HOLDS = """
SELECT h.id, h.key, h.account_id, h.until, p.lot_id, p.amount
FROM wallet_hold h JOIN wallet_holdlot p ON p.hold_id = h.id
WHERE h.account_id = ANY(%(accounts)s::bigint[]) AND h.state = 'open' AND (h.until <= %(now)s OR h.key = ANY(%(keys)s::text[]))
ORDER BY h.id, p.part_no
"""

LOT_IDS = "SELECT nextval('wallet_lot_id_seq') FROM generate_series(1, %(count)s)"

# The accounts are locked and the lots with them, so `was` only fails if somebody wrote around the lock.
WRITE = """
WITH lots AS (
    INSERT INTO wallet_lot (id, account_id, transfer_id, root_transfer_id, origin, parent_id, amount, remaining, held,
        earned_at, available_from, expires_at, moved_at)
    SELECT * FROM unnest(%(lot_id)s::bigint[], %(lot_account)s::bigint[], %(lot_transfer)s::bigint[],
        %(lot_root)s::bigint[], %(lot_origin)s::text[], %(lot_parent)s::bigint[], %(lot_amount)s::bigint[],
        %(lot_remaining)s::bigint[], %(lot_held)s::bigint[], %(lot_earned_at)s::timestamptz[],
        %(lot_available_from)s::timestamptz[], %(lot_expires_at)s::timestamptz[], %(lot_moved_at)s::timestamptz[])
), entries AS (
    INSERT INTO wallet_entry (transfer_id, unit_id, account_id, lot_id, house, amount, undoes_id, balance_after,
        held_after, debt_after)
    SELECT * FROM unnest(%(entry_transfer)s::bigint[], %(entry_unit)s::bigint[], %(entry_account)s::bigint[],
        %(entry_lot)s::bigint[], %(entry_house)s::text[], %(entry_amount)s::bigint[], %(entry_undoes)s::bigint[],
        %(entry_balance)s::bigint[], %(entry_held)s::bigint[], %(entry_debt)s::bigint[])
), moved AS (
    UPDATE wallet_lot l SET remaining = n.remaining, held = n.held, moved_at = n.moved_at
    FROM unnest(%(moved_id)s::bigint[], %(moved_was)s::bigint[], %(moved_was_held)s::bigint[],
        %(moved_remaining)s::bigint[], %(moved_held)s::bigint[], %(moved_at)s::timestamptz[])
        AS n (id, was, was_held, remaining, held, moved_at)
    WHERE l.id = n.id AND l.remaining = n.was AND l.held = n.was_held
    RETURNING l.id
), counted AS (
    UPDATE wallet_account a SET balance = n.balance, held = n.held, debt = n.debt
    FROM unnest(%(account_id)s::bigint[], %(account_was)s::bigint[], %(account_was_held)s::bigint[],
        %(account_was_debt)s::bigint[], %(account_balance)s::bigint[], %(account_held)s::bigint[],
        %(account_debt)s::bigint[])
        AS n (id, was, was_held, was_debt, balance, held, debt)
    WHERE a.id = n.id AND (a.balance, a.held, a.debt) = (n.was, n.was_held, n.was_debt)
    RETURNING a.id
)
SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM counted)
"""

END_HOLDS = """
UPDATE wallet_hold h SET state = n.state, ended_at = %(now)s, transfer_id = n.transfer_id
FROM unnest(%(hold_id)s::bigint[], %(state)s::text[], %(transfer_id)s::bigint[]) AS n (id, state, transfer_id)
WHERE h.id = n.id AND h.state = 'open'
"""
