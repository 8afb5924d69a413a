"""Pay a top-up back: unused bonus goes first, used bonus is paid for at list price, the rest of the principal leaves (P11)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from regulars.core.business_time import TradingDay
from regulars.core.errors import DomainError, NotFoundError
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import CardType, TopUp, TopUpRefund
from regulars.loyalty.cards.rules import top_ups
from regulars.loyalty.cards.services import issuing, units
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, House, Owner, OwnerKind, Take
from regulars.loyalty.wallet.models import Account, Lot
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Store

REFUND = "wallet.refund"


class NothingToRefundError(DomainError):
    """Nothing of this top-up is left, or it was paid back already."""

    code: ClassVar[str] = "top_up.nothing_left"


def quote_refund(top_up: TopUp) -> top_ups.Refund:
    """Return what a refund of this top-up would pay out now."""
    left = _left(_owner(top_up), top_up)
    return top_ups.refund(
        principal_left=left.get(units.principal(top_up.currency), 0),
        bonus_given=top_up.bonus_amount,
        bonus_left=left.get(units.bonus(top_up.currency), 0),
    )


@transaction.atomic
def refund_top_up(
    top_up_id: int, *, store_id: int, source: str, key: str, reason: str, viewer: Viewer, now: datetime
) -> TopUpRefund:
    """Pay back what is left of a top-up; asked again, it returns the first refund."""
    viewer.require(REFUND, store_id=store_id)
    top_up = TopUp.objects.select_related("card__type", "card__customer").filter(pk=top_up_id).first()
    if top_up is None or top_up.card.type.kind != CardType.Kind.STORED_VALUE:
        raise NotFoundError
    issuing.lock(top_up.card_id)
    earlier = TopUpRefund.objects.filter(source=source, key=key).first()
    if earlier is not None:
        if earlier.top_up_id != top_up_id:
            raise issuing.CardKeyReusedError(_("This key was used before for something else."), key=key)
        return earlier
    owner = _owner(top_up)
    _lock_accounts(owner, top_up.currency)
    paid = quote_refund(top_up)
    if TopUpRefund.objects.filter(top_up=top_up).exists() or not paid.principal_taken + paid.bonus_taken:
        raise NothingToRefundError(_("Nothing of this top-up is left."))
    store = Store.objects.get(pk=store_id)
    day = TradingDay(store.timezone, store.day_cutoff_minutes).date_of(now)
    command = Command(
        source=f"cards/{source}"[:64], key=key, kind="refund", at=now, business_date=day, store_id=store_id, reason=reason,
        parts=_parts(owner, top_up, paid), why={"paid_out": paid.paid_out, "bonus_charged": paid.bonus_charged},
    )  # fmt: skip
    (posted,) = wallet.post([command], now=now, viewer=viewer)
    refund = TopUpRefund.objects.create(
        source=source, key=key, top_up=top_up, paid_out_amount=paid.paid_out, bonus_taken_amount=paid.bonus_taken,
        bonus_used_amount=paid.bonus_charged, store=store, business_date=day, at=now, by=viewer.label[:160],
        reason=reason[:200], transfer_id=posted.transfer_id,
    )  # fmt: skip
    after = {"top_up": top_up.pk, "paid_out": paid.paid_out, "bonus_taken": paid.bonus_taken, "reason": reason}
    audit.record(viewer, "top_up.refunded", "card", top_up.card_id, now=now, store_id=store_id, after=after)
    return refund


def _parts(owner: Owner, top_up: TopUp, paid: top_ups.Refund) -> tuple[Take, ...]:
    wanted = (
        (units.principal(top_up.currency), paid.paid_out, House.CASH),
        # The goods bought with bonus are a sale after all, at their list price.
        (units.principal(top_up.currency), paid.bonus_charged, House.SALES),
        (units.bonus(top_up.currency), paid.bonus_taken, House.BONUS),
    )
    return tuple(
        Take(owner=owner, unit=unit, amount=amount, house=house, of_transfer=top_up.transfer_id)
        for unit, amount, house in wanted
        if amount
    )


def _owner(top_up: TopUp) -> Owner:
    """Return who has what is left of a top-up: the card may be somebody else's by now, the money is not."""
    lot = Lot.objects.select_related("account").filter(root_transfer_id=top_up.transfer_id, remaining__gt=0).first()
    return Owner(OwnerKind(lot.account.owner_kind), lot.account.owner_id) if lot else selectors.owner_of(top_up.card)


def _left(owner: Owner, top_up: TopUp) -> dict[str, int]:
    """Return what no hold reserves of the lots that this top-up made, by unit, wherever they moved with their owner."""
    lots = Lot.objects.filter(
        account__owner_kind=owner.kind.value, account__owner_id=owner.id, root_transfer_id=top_up.transfer_id, remaining__gt=0
    )
    rows = lots.values("account__unit__code").annotate(left=Sum("remaining"), held=Sum("held"))
    return {row["account__unit__code"]: row["left"] - row["held"] for row in rows}


def _lock_accounts(owner: Owner, currency: str) -> None:
    """Keep sales from using the same lots meanwhile; in the order in which the ledger locks."""
    accounts = Account.objects.filter(
        owner_kind=owner.kind.value, owner_id=owner.id, unit__code__in=[units.principal(currency), units.bonus(currency)]
    )
    list(accounts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
