"""The settlement between stores as finance reads it: day by day and pair by pair, or netted per store; and partners' shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from regulars.core import bulk
from regulars.organization.access import Viewer


@dataclass(frozen=True, slots=True)
class Pair:
    """What one store owes another for one business day, netted; positive."""

    business_date: date
    currency: str
    debtor: str
    debtor_code: str
    creditor: str
    creditor_code: str
    amount: int


@dataclass(frozen=True, slots=True)
class Position:
    """What one store gets (positive) or pays over the period; all stores of a currency together come to zero."""

    store_id: int
    store: str
    currency: str
    sold_elsewhere_used: int  # sold here, used elsewhere: owed
    used_here_sold_elsewhere: int  # used here, sold elsewhere: due
    net: int


@dataclass(frozen=True, slots=True)
class PartnerCost:
    """What a partner's cards cost in the period, what was paid with them, and what of both the partner bears (F53)."""

    partner: str
    currency: str
    share_bp: int
    active_cards: int
    paid_in: int
    bonus_given: int
    bonus_share: int
    purchase_share_bp: int
    purchased: int  # net of returns
    purchase_share: int

    @property
    def partner_share(self) -> int:
        return self.bonus_share + self.purchase_share


def pairs(viewer: Viewer, *, first: date, last: date) -> list[Pair]:
    """Return the netted pairs of each business day, as the daily file has them."""
    return [Pair(*row) for row in bulk.fetch(_PAIRS, _facts(viewer, first, last))]


def positions(viewer: Viewer, *, first: date, last: date) -> list[Position]:
    """Return each store's position over the period, creditors first."""
    return [Position(*row) for row in bulk.fetch(_POSITIONS, _facts(viewer, first, last))]


def partner_costs(viewer: Viewer, *, first: date, last: date) -> list[PartnerCost]:
    """Return what partners bear: their share of the bonus given on their cards, and of what was paid with them.

    Paid with them: principal of our cards with their name, and bank cards of which a till said enough leading digits.
    """
    viewer.require("settlement.read")
    return [PartnerCost(*row) for row in bulk.fetch(_PARTNERS, {"first": first, "last": last})]


def _facts(viewer: Viewer, first: date, last: date) -> dict[str, object]:
    stores = viewer.scope("settlement.read").stores
    return {"first": first, "last": last, "stores": None if stores is None else sorted(stores)}


_LINES = """
SELECT * FROM cards_settlementline
WHERE business_date BETWEEN %(first)s AND %(last)s
    AND (%(stores)s::bigint[] IS NULL OR sold_store_id = ANY(%(stores)s) OR used_store_id = ANY(%(stores)s))
"""

_PAIRS = f"""
WITH netted AS (
    SELECT business_date, currency, least(sold_store_id, used_store_id) AS a, greatest(sold_store_id, used_store_id) AS b,
        sum(CASE WHEN sold_store_id < used_store_id THEN amount ELSE -amount END)::bigint AS amount
    FROM ({_LINES}) lines GROUP BY 1, 2, 3, 4
), directed AS (
    SELECT business_date, currency, CASE WHEN amount > 0 THEN a ELSE b END AS debtor,
        CASE WHEN amount > 0 THEN b ELSE a END AS creditor, abs(amount) AS amount
    FROM netted WHERE amount <> 0
)
SELECT business_date, d.currency, debtor.name, debtor.code, creditor.name, creditor.code, amount
FROM directed d
JOIN organization_store debtor ON debtor.id = d.debtor JOIN organization_store creditor ON creditor.id = d.creditor
ORDER BY 1, 2, 4, 6
"""

_POSITIONS = f"""
WITH sides AS (
    SELECT sold_store_id AS store_id, currency, amount AS owed, 0 AS due FROM ({_LINES}) lines
    UNION ALL SELECT used_store_id, currency, 0, amount FROM ({_LINES}) lines
)
SELECT store.id, store.name, sides.currency, sum(owed)::bigint, sum(due)::bigint, (sum(due) - sum(owed))::bigint AS net
FROM sides JOIN organization_store store ON store.id = sides.store_id
WHERE %(stores)s::bigint[] IS NULL OR store.id = ANY(%(stores)s)
GROUP BY store.id, store.name, sides.currency ORDER BY net DESC, store.name
"""

# A till says the leading digits of a bank card before anything else; all numbers that begin so have to be the partner's.
_PARTNERS = """
WITH issued AS (
    SELECT top_up.transfer_id, top_up.business_date, top_up.currency, top_up.principal_amount,
        top_up.bonus_amount - coalesce(refund.bonus_taken_amount, 0) AS bonus_amount, r.partner_id
    FROM cards_topup top_up
    JOIN cards_card card ON card.id = top_up.card_id JOIN cards_batch b ON b.id = card.batch_id
    JOIN cards_numberrange r ON r.id = b.range_id AND r.partner_id IS NOT NULL
    LEFT JOIN cards_topuprefund refund ON refund.top_up_id = top_up.id
), moved AS (
    SELECT partner_id, currency, principal_amount AS paid_in, bonus_amount AS bonus, 0 AS purchased FROM issued
    WHERE business_date BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT issued.partner_id, issued.currency, 0, 0, -entry.amount
    FROM issued JOIN wallet_lot lot ON lot.root_transfer_id = issued.transfer_id
    JOIN wallet_entry entry ON entry.lot_id = lot.id AND entry.house = 'sales' AND entry.account_id IS NOT NULL
    JOIN wallet_unit unit ON unit.id = entry.unit_id AND unit.kind = 'stored_principal'
    JOIN wallet_transfer transfer ON transfer.id = entry.transfer_id AND transfer.business_date BETWEEN %(first)s AND %(last)s
    WHERE EXISTS (SELECT FROM cards_numberrange WHERE partner_id IS NOT NULL)
    UNION ALL
    SELECT bank.partner_id, receipt.currency, 0, 0, tender.amount
    FROM sales_receipt receipt
    JOIN sales_tender tender ON tender.receipt_id = receipt.id AND tender.kind = 'card' AND tender.reference ~ '^[0-9]{6}'
    CROSS JOIN LATERAL (SELECT substring(tender.reference FROM '^[0-9]{6,12}') AS digits) said
    JOIN cards_bankrange bank ON int8range(bank.first, bank.last, '[]')
        @> int8range(rpad(said.digits, 12, '0')::bigint, rpad(said.digits, 12, '9')::bigint, '[]')
    WHERE receipt.business_date BETWEEN %(first)s AND %(last)s AND EXISTS (SELECT FROM cards_bankrange)
), summed AS (
    SELECT partner_id, currency, sum(paid_in) AS paid_in, sum(bonus) AS bonus, sum(purchased) AS purchased
    FROM moved GROUP BY 1, 2
)
SELECT partner.name, coalesce(s.currency, ''), partner.share_bp,
    (SELECT count(*) FROM cards_card card JOIN cards_batch b ON b.id = card.batch_id
        JOIN cards_numberrange r ON r.id = b.range_id WHERE r.partner_id = partner.id AND card.state = 'active'),
    coalesce(s.paid_in, 0)::bigint, coalesce(s.bonus, 0)::bigint,
    round(coalesce(s.bonus, 0) * partner.share_bp / 10000)::bigint,
    partner.purchase_share_bp, coalesce(s.purchased, 0)::bigint,
    round(coalesce(s.purchased, 0) * partner.purchase_share_bp / 10000)::bigint
FROM cards_partner partner LEFT JOIN summed s ON s.partner_id = partner.id
ORDER BY partner.name, 2
"""
