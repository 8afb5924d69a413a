"""Pay with stored value, take uses from count cards. A sale posts the parts made here together with its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.business_time import TradingDay
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import Card, CardType, CountUse, State
from regulars.loyalty.cards.rules import spending
from regulars.loyalty.cards.rules.law import Reason
from regulars.loyalty.cards.services import issuing, units
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, House, Owner, Take
from regulars.loyalty.wallet.selectors import UnitBalance
from regulars.organization.access import Viewer
from regulars.organization.models import Store


def payable(balances: Sequence[UnitBalance], *, currency: str) -> int:
    """Return how much can be paid with stored value, principal and bonus together."""
    return sum(_spendable(balances, unit) for unit in (units.principal(currency), units.bonus(currency)))


def payment_parts(
    owner: Owner, amount: int, *, currency: str, balances: Sequence[UnitBalance], order: str, hold: str = ""
) -> tuple[Take, ...]:
    """Return the takings that pay `amount`, in the card's order of use; what the balances lack, the ledger refuses.

    `order` is `selectors.spend_order(card)`. For checkout, which posts them together with everything else of the sale.
    """
    principal, bonus = units.principal(currency), units.bonus(currency)
    from_principal, from_bonus = spending.split(
        amount, principal=_spendable(balances, principal), bonus=_spendable(balances, bonus), order=order
    )
    from_principal += amount - from_principal - from_bonus  # short: let the ledger say so
    takes = ((principal, from_principal), (bonus, from_bonus))
    return tuple(
        Take(owner=owner, unit=unit, amount=part, house=House.SALES, hold=f"{hold}/{unit}" if hold else "")
        for unit, part in takes
        if part
    )


def refuse_unusable(card: Card, *, now: datetime) -> None:
    """Refuse to pay with a card that is not active or has expired."""
    if card.state != State.ACTIVE:
        raise issuing.CardRefusedError(Reason("not_active", {"state": card.state}))
    if selectors.is_expired(card, now=now):
        raise issuing.CardRefusedError(Reason("expired"))


@transaction.atomic
def use_count(card_id: int, *, uses: int, store_id: int, source: str, key: str, viewer: Viewer, now: datetime) -> CountUse:
    """Take uses from a count card and book the revenue that falls to them; asked again, it returns the first use.

    An expired card is refused and earns nothing: its uses are kept for a renewal (P10), and their price stays owed until then.
    """
    viewer.require("wallet.check_out", store_id=store_id)
    card = issuing.lock(card_id)
    earlier = CountUse.objects.filter(source=source, key=key).first()
    if earlier is not None:
        if (earlier.card_id, earlier.uses) != (card_id, uses):
            raise issuing.CardKeyReusedError(_("This key was used before for something else."), key=key)
        return earlier
    if card.type.kind != CardType.Kind.COUNT:
        raise issuing.CardRefusedError(Reason("no_uses"))
    if uses <= 0:
        raise issuing.CardRefusedError(Reason("not_positive"))
    refuse_unusable(card, now=now)
    store = Store.objects.get(pk=store_id)
    day = TradingDay(store.timezone, store.day_cutoff_minutes).date_of(now)
    owner = selectors.owner_of(card)
    command = Command(
        source=f"cards/{source}"[:64], key=key, kind="use", at=now, business_date=day, store_id=store_id,
        parts=(Take(owner=owner, unit=units.uses(card.type), amount=uses, house=House.SALES),),
        why={"card": card.number[-4:], "uses": uses},
    )  # fmt: skip
    (posted,) = wallet.post([command], now=now, viewer=viewer)
    return CountUse.objects.create(
        source=source, key=key, card=card, uses=uses, revenue_amount=_revenue(posted.transfer_id), currency=card.type.currency,
        store=store, business_date=day, at=now, by=viewer.label[:160], transfer_id=posted.transfer_id,
    )  # fmt: skip


def _spendable(balances: Sequence[UnitBalance], unit: str) -> int:
    return sum(each.spendable for each in balances if each.unit == unit)


def _revenue(transfer_id: int) -> int:
    """Return what the uses of this transfer earn: each its part of the price of the very purchase that it came from.

    The ledger says which: cards may have changed hands, purses may have been merged. The accounts are locked by the posting.
    """
    return sum(
        spending.revenue(spending.Bought(bought, price), used_before=before, uses=now)
        for bought, price, before, now in bulk.fetch(_USED, {"transfer": transfer_id})
    )


# What is left of a purchase lies in one purse: claims and merges move the whole of it.
_USED = """
SELECT top_up.uses, top_up.principal_amount, top_up.uses - taken.uses - coalesce(kept.uses, 0)::bigint, taken.uses
FROM (
    SELECT lot.account_id, lot.root_transfer_id, (-sum(entry.amount))::bigint AS uses
    FROM wallet_entry entry JOIN wallet_lot lot ON lot.id = entry.lot_id
    WHERE entry.transfer_id = %(transfer)s AND entry.account_id IS NOT NULL GROUP BY 1, 2
) taken
JOIN cards_topup top_up ON top_up.transfer_id = taken.root_transfer_id
LEFT JOIN LATERAL (
    SELECT sum(lot.remaining) AS uses FROM wallet_lot lot
    WHERE lot.account_id = taken.account_id AND lot.remaining > 0 AND lot.root_transfer_id = taken.root_transfer_id
) kept ON TRUE
ORDER BY top_up.id
"""
