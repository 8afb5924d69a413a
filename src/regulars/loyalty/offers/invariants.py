"""What must always be true of offers; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.invariants import Outcome, holds, offending

_COUNTED = """
    SELECT offer_id, shard, sum(uses) AS uses, sum(amount) AS amount FROM (
        SELECT offer_id, shard, uses, amount FROM offers_redemption WHERE shard IS NOT NULL AND NOT is_historical
        UNION ALL SELECT offer_id, shard, 1, amount FROM offers_reservation WHERE shard IS NOT NULL
    ) each GROUP BY 1, 2"""


@holds("offers.allowances", "What is counted of an offer is what sales used less what returns gave back, and what is reserved.")
def allowances_are_the_sum_of_uses() -> Outcome:
    return offending(f"""
        SELECT 'offer ' || coalesce(a.offer_id, c.offer_id) || ' part ' || coalesce(a.shard, c.shard) AS what
        FROM (SELECT * FROM offers_allowance WHERE purpose = 'use') a
        FULL JOIN ({_COUNTED}) c ON c.offer_id = a.offer_id AND c.shard = a.shard
        WHERE (coalesce(a.uses, 0), coalesce(a.amount, 0)) IS DISTINCT FROM (coalesce(c.uses, 0), coalesce(c.amount, 0))""")


@holds("offers.limits", "No offer is used more often, or for more money, than its limits allow.")
def limits_are_kept() -> Outcome:
    return offending("""
        SELECT 'offer ' || a.offer_id AS what
        FROM (SELECT offer_id, purpose, sum(uses) AS uses, sum(uses_max) AS uses_max, sum(amount) AS amount,
                sum(amount_max) AS amount_max FROM offers_allowance GROUP BY 1, 2) a
        JOIN LATERAL (SELECT terms FROM offers_offerversion WHERE offer_id = a.offer_id ORDER BY number DESC LIMIT 1) v ON true
        WHERE a.uses > (v.terms ->> CASE a.purpose WHEN 'use' THEN 'uses_max' ELSE 'claims_max' END)::bigint
            OR (a.purpose = 'use' AND a.amount > (v.terms ->> 'budget_amount')::bigint)
            OR a.uses_max IS DISTINCT FROM (v.terms ->> CASE a.purpose WHEN 'use' THEN 'uses_max' ELSE 'claims_max' END)::bigint
            OR (a.purpose = 'use' AND a.amount_max IS DISTINCT FROM (v.terms ->> 'budget_amount')::bigint)""")


@holds("offers.persons", "How often a customer has used an offer is what their sales and reservations say.")
def personal_uses_are_the_sum_of_uses() -> Outcome:
    """By the customer that each became: uses of a merged customer count for whom they were merged into."""
    return offending("""
        WITH RECURSIVE became AS (
            SELECT id, id AS now FROM customers_customer WHERE merged_into_id IS NULL
            UNION ALL SELECT c.id, b.now FROM customers_customer c JOIN became b ON c.merged_into_id = b.id
        ), counted AS (
            SELECT offer_id, now AS customer_id, sum(uses) AS uses FROM (
                SELECT offer_id, customer_id, uses FROM offers_redemption WHERE is_personal AND NOT is_historical
                UNION ALL SELECT offer_id, customer_id, 1 FROM offers_reservation WHERE is_personal
            ) each JOIN became ON became.id = each.customer_id GROUP BY 1, 2
        ), kept AS (
            SELECT offer_id, now AS customer_id, sum(uses) AS uses FROM offers_personaluse
            JOIN became ON became.id = customer_id GROUP BY 1, 2
        )
        SELECT 'offer ' || coalesce(p.offer_id, c.offer_id) || ' customer ' || coalesce(p.customer_id, c.customer_id) AS what
        FROM kept p FULL JOIN counted c USING (offer_id, customer_id) WHERE coalesce(p.uses, 0) <> coalesce(c.uses, 0)""")


@holds("offers.coupons", "A coupon has as many uses as its sales say, is reserved for a sale that is waiting, and no more.")
def coupons_are_used_as_often_as_sales_say() -> Outcome:
    return offending("""
        SELECT 'coupon ' || c.id AS what FROM offers_coupon c
        LEFT JOIN (SELECT coupon_id, sum(uses) AS uses FROM offers_redemption
            WHERE coupon_id IS NOT NULL AND NOT is_historical GROUP BY 1) r ON r.coupon_id = c.id
        WHERE NOT c.is_shared AND (c.uses <> coalesce(r.uses, 0)
            OR (c.state = 'used') <> (c.uses >= c.uses_max AND c.state <> 'void')
            OR (c.state = 'reserved' AND NOT EXISTS (
                SELECT FROM offers_reservation w WHERE w.coupon_id = c.id AND w.key = c.reserved_key)))""")


@holds(
    "offers.money", "What an offer took off is the sum of its lines, and of what each party bears; no return gives back more."
)
def money_adds_up() -> Outcome:
    return offending("""
        SELECT 'redemption ' || r.id AS what FROM offers_redemption r
        WHERE r.amount <> (SELECT coalesce(sum((line ->> 'amount')::bigint), 0) FROM jsonb_array_elements(r.lines) line)
            OR EXISTS (SELECT FROM jsonb_array_elements(r.lines) line WHERE (line ->> 'amount')::bigint
                <> (SELECT coalesce(sum((share ->> 2)::bigint), 0) FROM jsonb_array_elements(line -> 'funded') share))
        UNION ALL
        SELECT 'redemption ' || use.id || ' given back too much' FROM offers_redemption use
        JOIN (SELECT use_of_id, sum(amount) AS amount, sum(uses) AS uses FROM offers_redemption
            WHERE use_of_id IS NOT NULL GROUP BY 1) back ON back.use_of_id = use.id
        WHERE use.amount + back.amount < 0 OR use.uses + back.uses < 0""")


@holds("offers.claims", "A claim asks for what its uses say that the party bears.")
def claims_add_up() -> Outcome:
    return offending("""
        SELECT 'claim ' || c.id AS what FROM offers_claim c
        WHERE c.amount <> (SELECT coalesce(sum(k.amount), 0) FROM offers_claimeduse k WHERE k.claim_id = c.id)
        UNION ALL
        SELECT 'claim ' || k.claim_id || ' use ' || k.redemption_id FROM offers_claimeduse k
        JOIN offers_redemption r ON r.id = k.redemption_id
        WHERE k.amount <> (SELECT coalesce(sum((share ->> 2)::bigint), 0) FROM jsonb_array_elements(r.lines) line,
            jsonb_array_elements(line -> 'funded') share WHERE share ->> 0 = k.party AND share ->> 1 = k.name)""")
