"""What must always be true of cards; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.invariants import Outcome, holds, offending
from regulars.loyalty.cards.services.settling import USED


@holds(
    "cards.movements", "Every card stands where its last movement put it, and each movement begins where the one before ended."
)
def cards_follow_their_movements() -> Outcome:
    return offending("""
        SELECT card.number || ' is ' || card.state || ', moved to ' || coalesce(last.to_state, 'nothing') AS what
        FROM cards_card card
        LEFT JOIN LATERAL (
            SELECT to_state, to_store_id FROM cards_movement m WHERE m.card_id = card.id ORDER BY m.id DESC LIMIT 1
        ) last ON TRUE
        WHERE (card.state, card.store_id) IS DISTINCT FROM (last.to_state, last.to_store_id)
        UNION ALL
        SELECT 'movement ' || id || ' begins as ' || from_state || ' after ' || before
        FROM (SELECT id, from_state, coalesce(lag(to_state) OVER (PARTITION BY card_id ORDER BY id), '') AS before
              FROM cards_movement) chain
        WHERE from_state <> before""")


@holds("cards.counts", "The cards in each state are those that moved into it less those that moved out.")
def states_count_as_moved() -> Outcome:
    return offending("""
        SELECT state || ': ' || cards || ' cards, ' || moved || ' by movements' AS what
        FROM (SELECT state, count(*) AS cards FROM cards_card GROUP BY state) counted
        FULL JOIN (
            SELECT state, sum(step) AS moved FROM (
                SELECT to_state AS state, 1 AS step FROM cards_movement
                UNION ALL SELECT from_state, -1 FROM cards_movement WHERE from_state <> ''
            ) steps GROUP BY state
        ) moves USING (state)
        WHERE coalesce(cards, 0) <> coalesce(moved, 0)""")


@holds("cards.unsold", "No unsold card has money, a holder or a top-up.")
def unsold_cards_are_worth_nothing() -> Outcome:
    return offending("""
        SELECT card.number AS what FROM cards_card card
        WHERE card.activated_at IS NULL AND (card.customer_id IS NOT NULL
            OR EXISTS (SELECT FROM cards_topup t WHERE t.card_id = card.id)
            OR EXISTS (SELECT FROM wallet_account a
                WHERE a.owner_kind = 'card' AND a.owner_id = card.id AND a.balance <> 0))""")


@holds(
    "cards.accounts", "Every top-up is one transfer of the ledger with the same money, and its card opens an account for it."
)
def top_ups_stand_in_the_ledger() -> Outcome:
    return offending("""
        SELECT 'top-up ' || t.id AS what
        FROM cards_topup t
        LEFT JOIN (
            SELECT e.transfer_id, coalesce(sum(e.amount) FILTER (WHERE u.kind = 'stored_principal'), 0) AS principal,
                coalesce(sum(e.amount) FILTER (WHERE u.kind = 'stored_bonus'), 0) AS bonus,
                coalesce(sum(e.amount) FILTER (WHERE u.kind = 'count'), 0) AS uses
            FROM wallet_entry e JOIN wallet_unit u ON u.id = e.unit_id
            WHERE e.account_id IS NOT NULL AND e.transfer_id IN (SELECT transfer_id FROM cards_topup)
            GROUP BY e.transfer_id
        ) posted ON posted.transfer_id = t.transfer_id
        WHERE (posted.principal, posted.bonus, posted.uses)
            IS DISTINCT FROM (CASE WHEN t.uses > 0 THEN 0 ELSE t.principal_amount END, t.bonus_amount, t.uses::bigint)
        UNION ALL
        SELECT card.number || ' was loaded and opens no account'
        FROM cards_card card JOIN cards_cardtype type ON type.id = card.type_id
        LEFT JOIN customers_customer holder ON holder.id = card.customer_id
        WHERE card.state = 'active' AND EXISTS (SELECT FROM cards_topup t WHERE t.card_id = card.id)
            AND NOT EXISTS (SELECT FROM wallet_account a
                WHERE (a.owner_kind, a.owner_id) IN (
                    ('customer', coalesce(holder.merged_into_id, holder.id)), ('card', coalesce(card.root_id, card.id))))""")


@holds("cards.settlement", "What stores owe each other is what the ledger says, for every day that is settled.")
def settlement_follows_the_ledger() -> Outcome:
    """Days after the last settled one wait for their run; news of settled days that are not settled yet do too."""
    return offending(f"""
        WITH used AS ({USED}), settled AS (
            SELECT business_date, currency, sold_store_id, used_store_id, sum(amount) AS amount, max(settled_at) AS settled_at
            FROM cards_settlementline GROUP BY 1, 2, 3, 4
        )
        SELECT business_date || ' ' || sold_store_id || ' to ' || used_store_id AS what
        FROM settled LEFT JOIN used USING (business_date, currency, sold_store_id, used_store_id)
        WHERE settled.amount <> coalesce(used.amount, 0) AND NOT EXISTS (
            SELECT FROM wallet_transfer t
            WHERE t.business_date = settled.business_date AND t.recorded_at > settled.settled_at)""")


@holds("cards.settlement_zero", "The settlement comes to zero over all stores.")
def settlement_nets_to_zero() -> Outcome:
    return offending("""
        SELECT currency || ': ' || sum(net) AS what FROM (
            SELECT currency, amount AS net FROM cards_settlementline
            UNION ALL SELECT currency, -amount FROM cards_settlementline
        ) sides GROUP BY currency HAVING sum(net) <> 0""")


@holds("cards.numbers", "Every card lies in the numbers of its batch, and no batches overlap.")
def batches_have_their_numbers() -> Outcome:
    return offending("""
        SELECT 'batch ' || batch.id || ': ' || count(card.id) || ' of ' || batch.quantity AS what
        FROM cards_batch batch LEFT JOIN cards_card card ON card.batch_id = batch.id
        GROUP BY batch.id, batch.quantity HAVING count(card.id) <> batch.quantity
        UNION ALL
        SELECT 'batches ' || a.id || ' and ' || b.id || ' overlap'
        FROM cards_batch a JOIN cards_batch b ON b.range_id = a.range_id AND b.id > a.id
        WHERE a.first < b.first + b.quantity AND b.first < a.first + a.quantity""")
