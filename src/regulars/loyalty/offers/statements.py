"""The SQL of the hot path: what a quote looks up, and what a sale counts, in one statement each.

For `selectors.candidates` and `services.using`. Rows are locked in key order, and every counter is changed by an update that
carries its own condition (P35): what comes back is what was granted.
"""

from __future__ import annotations

# One row: stamp, lock of the actor, coupons, own uses, what is left of limited offers, what the sale holds already.
LOOK = """
SELECT
    (SELECT number FROM offers_livestamp WHERE id = 1),
    (SELECT locked_until FROM offers_guesses WHERE actor = %(actor)s),
    (SELECT jsonb_agg(jsonb_build_array(c.id, c.offer_id, encode(c.digest, 'hex'), c.customer_id, c.is_shared, c.valid_from,
            c.valid_until, c.state = 'ready' OR (c.state = 'reserved'
                AND (c.reserved_until < %(now)s OR (c.reserved_key = %(hold)s AND c.reserved_key <> '')))))
        FROM (SELECT * FROM offers_coupon WHERE digest = ANY(%(digests)s)
            UNION (SELECT * FROM offers_coupon WHERE customer_id = %(customer)s::bigint AND state = 'ready'
                AND (valid_until IS NULL OR valid_until >= %(business_date)s) ORDER BY valid_until LIMIT %(own_max)s)
            UNION SELECT held.* FROM offers_coupon held JOIN offers_reservation r ON r.coupon_id = held.id
                WHERE r.key = %(hold)s) c),
    (SELECT jsonb_object_agg(offer_id, uses) FROM offers_personaluse
        WHERE customer_id = %(customer)s::bigint AND offer_id = ANY(%(personal)s)),
    (SELECT jsonb_object_agg(offer_id, jsonb_build_array(uses_left, amount_left)) FROM (
        SELECT offer_id, sum(uses_max - uses) AS uses_left, sum(amount_max - amount) AS amount_left
        FROM offers_allowance WHERE purpose = 'use' AND offer_id = ANY(%(limited)s) GROUP BY offer_id) a),
    (SELECT jsonb_agg(jsonb_build_array(offer_id, amount, is_personal, shard IS NOT NULL))
        FROM offers_reservation WHERE key = %(hold)s AND key <> '')
"""

# Counts uses: `granted_personal` and `granted` are the offers for which there was room.
TAKE = """
WITH wanted AS (
    SELECT * FROM unnest(%(offers)s::bigint[], %(amounts)s::bigint[], %(persons)s::integer[], %(shards)s::integer[])
        AS w (offer_id, amount, per_person, shard)
), personal AS (
    INSERT INTO offers_personaluse AS p (offer_id, customer_id, uses, claims)
    SELECT offer_id, %(customer)s::bigint, %(is_use)s::integer, 1 - %(is_use)s::integer
    FROM wanted WHERE per_person IS NOT NULL ORDER BY offer_id
    ON CONFLICT (offer_id, customer_id) DO UPDATE SET uses = p.uses + excluded.uses, claims = p.claims + excluded.claims
        WHERE CASE WHEN excluded.uses = 1 THEN p.uses ELSE p.claims END
            < (SELECT per_person FROM wanted WHERE offer_id = p.offer_id)
    RETURNING offer_id
), locked AS (
    SELECT a.id, w.amount FROM offers_allowance a
    JOIN wanted w ON w.offer_id = a.offer_id AND w.shard = a.shard AND a.purpose = %(purpose)s
    ORDER BY a.offer_id, a.shard FOR UPDATE OF a
), counted AS (
    UPDATE offers_allowance a SET uses = a.uses + 1, amount = a.amount + l.amount FROM locked l
    WHERE a.id = l.id AND (a.uses_max IS NULL OR a.uses < a.uses_max)
        AND (a.amount_max IS NULL OR a.amount + l.amount <= a.amount_max)
    RETURNING a.offer_id
)
SELECT (SELECT array_agg(offer_id) FROM personal), (SELECT array_agg(offer_id) FROM counted)
"""

# Gathers what is left of an offer in one of its parts, when that part alone has too little. Parts that others are using are
# left alone: to wait for one of them while holding another could wait for ever.
POOL = """
WITH parts AS (
    SELECT * FROM offers_allowance WHERE offer_id = ANY(%(offers)s) AND purpose = %(purpose)s
    ORDER BY offer_id, shard FOR UPDATE SKIP LOCKED
), left_over AS (
    SELECT offer_id, sum(uses_max - uses) AS uses, sum(amount_max - amount) AS amount FROM parts GROUP BY offer_id
)
UPDATE offers_allowance a SET
    uses_max = CASE WHEN a.uses_max IS NOT NULL THEN a.uses + CASE WHEN a.shard = w.shard THEN o.uses ELSE 0 END END,
    amount_max = CASE WHEN a.amount_max IS NOT NULL THEN a.amount + CASE WHEN a.shard = w.shard THEN o.amount ELSE 0 END END
FROM parts p, left_over o, unnest(%(offers)s::bigint[], %(shards)s::integer[]) AS w (offer_id, shard)
WHERE a.id = p.id AND o.offer_id = a.offer_id AND w.offer_id = a.offer_id
    AND EXISTS (SELECT FROM parts own WHERE own.offer_id = w.offer_id AND own.shard = w.shard)
"""

# The offers that have run out, whichever of their parts one asks.
RUN_OUT = """
SELECT w.offer_id FROM unnest(%(offers)s::bigint[], %(amounts)s::bigint[]) AS w (offer_id, amount)
JOIN offers_allowance a ON a.offer_id = w.offer_id AND a.purpose = %(purpose)s
GROUP BY w.offer_id, w.amount HAVING sum(a.uses_max - a.uses) < 1 OR sum(a.amount_max - a.amount) < w.amount
"""

_FREE = """(c.state = 'ready' OR (c.state = 'reserved'
    AND (c.reserved_until < %(now)s OR (c.reserved_key = %(hold)s AND c.reserved_key <> ''))))"""

USE_COUPONS = f"""
WITH locked AS (SELECT id FROM offers_coupon WHERE id = ANY(%(coupons)s) ORDER BY id FOR UPDATE)
UPDATE offers_coupon c SET
    uses = c.uses + CASE WHEN c.is_shared THEN 0 ELSE 1 END,
    state = CASE WHEN NOT c.is_shared AND c.uses + 1 >= c.uses_max THEN 'used' ELSE 'ready' END,
    reserved_key = '', reserved_until = NULL
FROM locked WHERE c.id = locked.id AND {_FREE} RETURNING c.id
"""

RESERVE_COUPONS = f"""
WITH locked AS (SELECT id FROM offers_coupon WHERE id = ANY(%(coupons)s) ORDER BY id FOR UPDATE)
UPDATE offers_coupon c SET
    state = CASE WHEN c.is_shared THEN c.state ELSE 'reserved' END,
    reserved_key = CASE WHEN c.is_shared THEN '' ELSE %(hold)s END,
    reserved_until = CASE WHEN c.is_shared THEN NULL ELSE %(until)s::timestamptz END
FROM locked WHERE c.id = locked.id AND {_FREE} RETURNING c.id
"""

RESERVE = """
INSERT INTO offers_reservation (key, offer_id, coupon_id, customer_id, is_personal, shard, amount, until)
SELECT %(hold)s, w.offer_id, w.coupon_id, %(customer)s, w.per_person IS NOT NULL, w.shard, w.amount, %(until)s
FROM unnest(%(offers)s::bigint[], %(coupons_or_null)s::bigint[], %(amounts)s::bigint[], %(persons)s::integer[],
    %(shards)s::integer[]) AS w (offer_id, coupon_id, amount, per_person, shard)
"""

# Takes reservations away and gives back what they counted; {which} says which ones.
RELEASE = """
WITH gone AS (
    DELETE FROM offers_reservation WHERE {which} RETURNING *
), personal AS (
    UPDATE offers_personaluse p SET uses = p.uses - g.uses
    FROM (SELECT offer_id, customer_id, count(*) AS uses FROM gone WHERE is_personal GROUP BY 1, 2) g
    WHERE p.offer_id = g.offer_id AND p.customer_id = g.customer_id
), allowance AS (
    UPDATE offers_allowance a SET uses = a.uses - g.uses, amount = a.amount - g.amount
    FROM (SELECT offer_id, shard, count(*) AS uses, sum(amount) AS amount FROM gone WHERE shard IS NOT NULL GROUP BY 1, 2) g
    WHERE a.offer_id = g.offer_id AND a.shard = g.shard AND a.purpose = 'use'
), coupon AS (
    UPDATE offers_coupon c SET state = 'ready', reserved_key = '', reserved_until = NULL
    FROM gone g WHERE c.id = g.coupon_id AND c.state = 'reserved' AND c.reserved_key = g.key
)
SELECT count(*) FROM gone
"""
RELEASE_ONE = RELEASE.format(which="key = %(hold)s")
RELEASE_STALE = RELEASE.format(
    which="id IN (SELECT id FROM offers_reservation WHERE until < %(now)s ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED)"
)

RECORD = """
INSERT INTO offers_redemption (source, key, kind, offer_id, version_id, coupon_id, customer_id, store_id, business_date, at,
    uses, amount, lines, use_of_id, is_personal, shard, is_historical)
SELECT %(source)s, %(key)s, %(kind)s, w.offer_id, w.version_id, w.coupon_id, %(customer)s::bigint, %(store)s::bigint,
    %(business_date)s::date, %(at)s::timestamptz,
    w.uses, w.amount, w.lines::jsonb, w.use_of, w.per_person IS NOT NULL, w.shard, false
FROM unnest(%(offers)s::bigint[], %(versions)s::bigint[], %(coupons_or_null)s::bigint[], %(uses)s::smallint[],
    %(amounts)s::bigint[], %(lines)s::text[], %(uses_of)s::bigint[], %(persons)s::integer[], %(shards)s::integer[])
    AS w (offer_id, version_id, coupon_id, uses, amount, lines, use_of, per_person, shard)
RETURNING id
"""
