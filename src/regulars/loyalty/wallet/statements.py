"""The statements of the ledger. Each takes one command or many: columns come as arrays, rows are made by `unnest`.

For `services`. Transfers are claimed by key first, then accounts are locked in the order of their ids, so that two
overlapping calls wait for each other and never in a ring.
"""

from __future__ import annotations

# The limits cut nothing off: of a list of unknown length behind a limit the planner expects one row, and so finds that a
# plan made once is as good as one made for each call, which would cost more than the statement.
CLAIM = """
WITH wanted AS (
    SELECT w.owner_kind, w.owner_id, u.id AS unit_id
    FROM (
        SELECT * FROM unnest(%(owner_kind)s::text[], %(owner_id)s::bigint[], %(unit)s::text[])
            AS w (owner_kind, owner_id, code)
        LIMIT %(accounts)s
    ) w
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
    SELECT c.source, c.key, decode(c.digest, 'hex'), c.kind, c.at, %(now)s, c.business_date, c.store_id, c.receipt_id,
        c.rule_version, c.reason, c.why::jsonb, %(actor)s
    FROM (
        SELECT * FROM unnest(%(source)s::text[], %(key)s::text[], %(digest)s::text[], %(kind)s::text[],
            %(at)s::timestamptz[], %(business_date)s::date[], %(store_id)s::bigint[], %(receipt_id)s::bigint[],
            %(rule_version)s::bigint[], %(reason)s::text[], %(why)s::text[])
            AS c (source, key, digest, kind, at, business_date, store_id, receipt_id, rule_version, reason, why)
        LIMIT %(commands)s
    ) c
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
SELECT a.id, a.owner_kind, a.owner_id, u.code, a.unit_id, a.balance, a.held, a.debt, a.is_frozen
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
SELECT {_LOT}
FROM (SELECT * FROM unnest(%(accounts)s::bigint[]) AS w (id) LIMIT %(count)s) w
JOIN wallet_lot l ON l.account_id = w.id AND l.remaining > 0
"""

# `heirs`: the account that was taken from, and those that it was merged into since.
TAKEN = f"""
WITH RECURSIVE line AS (
    SELECT DISTINCT e.account_id AS start, e.account_id AS id FROM wallet_entry e
    WHERE e.transfer_id = ANY(%(transfers)s::bigint[]) AND e.account_id IS NOT NULL AND e.amount < 0
    UNION
    SELECT line.start, a.merged_into_id FROM line JOIN wallet_account a ON a.id = line.id WHERE a.merged_into_id IS NOT NULL
)
SELECT e.id, e.transfer_id, (SELECT array_agg(line.id) FROM line WHERE line.start = e.account_id), e.unit_id, e.house,
    -e.amount - coalesce((SELECT sum(u.amount) FROM wallet_entry u WHERE u.undoes_id = e.id), 0)::bigint, {_LOT}
FROM wallet_entry e LEFT JOIN wallet_lot l ON l.id = e.lot_id
WHERE e.transfer_id = ANY(%(transfers)s::bigint[]) AND e.account_id IS NOT NULL AND e.amount < 0
ORDER BY e.id
"""

OPEN_HOLDS = """
SELECT h.id, h.key, h.account_id, h.until, p.lot_id, p.amount
FROM wallet_hold h JOIN wallet_holdlot p ON p.hold_id = h.id
WHERE h.account_id = ANY(%(accounts)s::bigint[]) AND h.state = 'open'
    AND (h.until <= %(until)s OR h.key = ANY(%(keys)s::text[]))
ORDER BY h.id, p.part_no
"""

LOT_IDS = "SELECT nextval('wallet_lot_id_seq') FROM generate_series(1, %(count)s)"

# Of few, new lots get their ids here and the entries name them by their place in the list; of many they have them already,
# because to join so many rows costs more than one more round trip. The accounts are locked and the lots with them, so `was`
# only fails if somebody wrote around the lock.
_WRITE = """
WITH numbered AS MATERIALIZED (
    SELECT {lot_id} AS id, n.account_id, n.transfer_id, n.root_transfer_id, n.origin,
        n.parent_id, n.amount, n.remaining, n.held, n.earned_at, n.available_from, n.expires_at, n.moved_at, n.number
    FROM unnest(%(lot_id)s::bigint[], %(lot_account)s::bigint[], %(lot_transfer)s::bigint[], %(lot_root)s::bigint[],
        %(lot_origin)s::text[], %(lot_parent)s::bigint[], %(lot_amount)s::bigint[], %(lot_remaining)s::bigint[],
        %(lot_held)s::bigint[], %(lot_earned_at)s::timestamptz[], %(lot_available_from)s::timestamptz[],
        %(lot_expires_at)s::timestamptz[], %(lot_moved_at)s::timestamptz[]) WITH ORDINALITY
        AS n (id, account_id, transfer_id, root_transfer_id, origin, parent_id, amount, remaining, held, earned_at,
            available_from, expires_at, moved_at, number)
), lots AS (
    INSERT INTO wallet_lot (id, account_id, transfer_id, root_transfer_id, origin, parent_id, amount, remaining, held,
        earned_at, available_from, expires_at, moved_at)
    SELECT id, account_id, transfer_id, root_transfer_id, origin, parent_id, amount, remaining, held, earned_at,
        available_from, expires_at, moved_at
    FROM numbered
), entries AS (
    INSERT INTO wallet_entry (transfer_id, unit_id, account_id, lot_id, house, amount, undoes_id, balance_after,
        held_after, debt_after)
    SELECT e.transfer_id, e.unit_id, e.account_id, {entry_lot}, e.house, e.amount, e.undoes_id,
        e.balance_after, e.held_after, e.debt_after
    FROM unnest(%(entry_transfer)s::bigint[], %(entry_unit)s::bigint[], %(entry_account)s::bigint[],
        %(entry_lot)s::bigint[], %(entry_new_lot)s::bigint[], %(entry_house)s::text[], %(entry_amount)s::bigint[],
        %(entry_undoes)s::bigint[], %(entry_balance)s::bigint[], %(entry_held)s::bigint[], %(entry_debt)s::bigint[])
        WITH ORDINALITY
        AS e (transfer_id, unit_id, account_id, lot_id, new_lot, house, amount, undoes_id, balance_after, held_after,
            debt_after, number)
    {join}
    ORDER BY e.number
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
WRITE = _WRITE.format(
    lot_id="coalesce(n.id, nextval('wallet_lot_id_seq'))", entry_lot="coalesce(e.lot_id, n.id)",
    join="LEFT JOIN numbered n ON n.number = e.new_lot",
)  # fmt: skip
WRITE_MANY = _WRITE.format(lot_id="n.id", entry_lot="e.lot_id", join="")

END_HOLDS = """
UPDATE wallet_hold h SET state = n.state, ended_at = %(now)s, transfer_id = n.transfer_id
FROM unnest(%(hold_id)s::bigint[], %(state)s::text[], %(transfer_id)s::bigint[]) AS n (id, state, transfer_id)
WHERE h.id = n.id AND h.state = 'open'
"""

HOLD = """
INSERT INTO wallet_hold (key, account_id, amount, made_at, until, state)
VALUES (%(key)s, %(account)s, %(amount)s, %(at)s, %(until)s, 'open')
ON CONFLICT (key) DO NOTHING RETURNING id
"""

HOLD_LOTS = """
INSERT INTO wallet_holdlot (hold_id, part_no, lot_id, amount)
SELECT %(hold)s, part_no, lot_id, amount
FROM unnest(%(lots)s::bigint[], %(amounts)s::bigint[]) WITH ORDINALITY AS p (lot_id, amount, part_no)
"""

FIND_HOLD = """
SELECT h.id, h.state, h.account_id, h.amount, a.owner_kind, a.owner_id, u.code
FROM wallet_hold h JOIN wallet_account a ON a.id = h.account_id JOIN wallet_unit u ON u.id = a.unit_id
WHERE h.key = %(key)s
"""

STALE_ACCOUNTS = """
SELECT DISTINCT a.owner_kind, a.owner_id, u.code
FROM wallet_hold h JOIN wallet_account a ON a.id = h.account_id JOIN wallet_unit u ON u.id = a.unit_id
WHERE h.state = 'open' AND h.until <= %(now)s
ORDER BY 1, 2, 3 LIMIT %(limit)s
"""

UNITS_OF = """
SELECT u.code FROM wallet_account a JOIN wallet_unit u ON u.id = a.unit_id
WHERE a.owner_kind = %(kind)s AND a.owner_id = %(id)s ORDER BY u.code
"""

# What was reserved in one account is reserved in the other, in the lots that carry its dates on.
MOVE_HOLD_LOTS = """
UPDATE wallet_holdlot p SET lot_id = n.new_id
FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS n (old_id, new_id), wallet_hold h
WHERE p.lot_id = n.old_id AND h.id = p.hold_id AND h.state = 'open'
"""

MOVE_HOLDS = """
UPDATE wallet_hold h SET account_id = n.target
FROM unnest(%(source)s::bigint[], %(target)s::bigint[]) AS n (source, target)
WHERE h.account_id = n.source AND h.state = 'open'
"""

MARK_MERGED = """
UPDATE wallet_account a
SET merged_into_id = CASE WHEN a.id = n.source THEN n.target ELSE nullif(a.merged_into_id, n.source) END,
    is_frozen = a.is_frozen OR (a.id = n.target AND n.is_frozen)
FROM unnest(%(source)s::bigint[], %(target)s::bigint[], %(is_frozen)s::boolean[]) AS n (source, target, is_frozen)
WHERE a.id IN (n.source, n.target)
"""

DUE_ACCOUNTS = """
SELECT a.id FROM wallet_account a
WHERE a.id IN (
    SELECT l.account_id FROM wallet_lot l
    WHERE l.expires_at <= %(now)s AND l.remaining > 0 AND l.remaining > l.held
    ORDER BY l.expires_at LIMIT %(limit)s)
ORDER BY a.id FOR UPDATE SKIP LOCKED
"""

# One transfer for each account and instant of expiry, one entry for each lot: nothing is deleted, and a statement of any
# past moment shows what could still be spent then. A lot that moved after its date expires when it moved.
EXPIRE = """
WITH due AS MATERIALIZED (
    SELECT l.id AS lot_id, l.account_id, a.unit_id, l.remaining - l.held AS gone, greatest(l.expires_at, l.moved_at) AS at,
        a.balance, a.held, a.debt
    FROM wallet_lot l JOIN wallet_account a ON a.id = l.account_id
    WHERE l.account_id = ANY(%(accounts)s::bigint[]) AND l.expires_at <= %(now)s AND l.remaining > 0 AND l.remaining > l.held
), numbered AS MATERIALIZED (
    SELECT nextval('wallet_transfer_id_seq') AS id, account_id, unit_id, at, gone
    FROM (SELECT account_id, unit_id, at, sum(gone)::bigint AS gone FROM due GROUP BY 1, 2, 3 ORDER BY 1, 3) d
), transfers AS (
    INSERT INTO wallet_transfer (id, source, key, digest, kind, at, recorded_at, business_date, reason, why, actor)
    SELECT id, 'expiry', id::text, '', 'expire', at, %(now)s,
        ((at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date, '', '{}', %(actor)s
    FROM numbered
), entries AS (
    INSERT INTO wallet_entry (transfer_id, unit_id, account_id, lot_id, house, amount, balance_after, held_after, debt_after)
    SELECT transfer_id, unit_id, account_id, lot_id, 'expired', amount, balance_after, held_after, debt_after
    FROM (
        SELECT n.id AS transfer_id, d.unit_id, d.account_id, d.lot_id, -d.gone AS amount,
            d.balance - sum(d.gone) OVER (PARTITION BY d.account_id ORDER BY d.at, d.lot_id)::bigint AS balance_after,
            d.held AS held_after, d.debt AS debt_after
        FROM due d JOIN numbered n USING (account_id, at)
        UNION ALL
        SELECT id, unit_id, NULL, NULL, gone, NULL, NULL, NULL FROM numbered
    ) e
    ORDER BY transfer_id, account_id NULLS LAST, lot_id
), spent AS (
    UPDATE wallet_lot l SET remaining = l.remaining - d.gone, moved_at = d.at FROM due d WHERE l.id = d.lot_id
), counted AS (
    UPDATE wallet_account a SET balance = a.balance - n.gone
    FROM (SELECT account_id, sum(gone)::bigint AS gone FROM numbered GROUP BY account_id) n WHERE a.id = n.account_id
)
SELECT count(*), coalesce(sum(gone), 0)::bigint FROM due
"""
