"""Gifts for points: stock and points are reserved together, handed out together, and come back together (F27)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.program.models import Gift, GiftOrder, GiftStock
from regulars.loyalty.program.services.rewards.giving import book_now, take_points
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization import audit
from regulars.organization.access import Viewer

STOCK, HAND_OUT = "gift.stock", "gift.hand_out"
WAITS = timedelta(days=14)


class GiftGoneError(DomainError):
    """No piece of the gift is free in this store."""

    code: ClassVar[str] = "gift.gone"


class GiftLimitError(DomainError):
    """The member has had as many of this gift as one can."""

    code: ClassVar[str] = "gift.limit"


class GiftDecidedError(DomainError):
    """The gift was handed out or cancelled already."""

    code: ClassVar[str] = "gift.decided"


class GiftCountError(InvalidInputError):
    """A count cannot be below what is promised to members."""

    code: ClassVar[str] = "gift.count"


@transaction.atomic
def count_stock(gift: Gift, *, store_id: int, on_hand: int, viewer: Viewer, now: datetime) -> GiftStock:
    """Say how many pieces of a gift lie in a store."""
    viewer.require(STOCK, store_id=store_id)
    stock, _made = GiftStock.objects.select_for_update().get_or_create(gift=gift, store_id=store_id)
    if on_hand < stock.reserved:
        raise GiftCountError(_("Members wait for more pieces than that; hand out or cancel some first."), field="on_hand")
    before, stock.on_hand = stock.on_hand, on_hand
    stock.save(update_fields=["on_hand"])
    audit.record(
        viewer, "gift.counted", "gift", gift.pk, now=now, before={"on_hand": before}, after={"on_hand": on_hand},
        store_id=store_id,
    )  # fmt: skip
    return stock


@transaction.atomic
def order_gift(
    customer_id: int, gift: Gift, *, store_id: int, source: str, key: str, viewer: Viewer, now: datetime
) -> GiftOrder:
    """Reserve a piece in a store and the points for it, or neither; once under `(source, key)`."""
    viewer.require(HAND_OUT, store_id=store_id)
    Gift.objects.select_for_update().get(pk=gift.pk)  # members' limits are counted one after the other
    known = GiftOrder.objects.filter(source=source, key=key).first()
    if known is not None:
        return known
    had = GiftOrder.objects.filter(gift=gift, customer_id=customer_id).exclude(state=GiftOrder.State.CANCELLED).count()
    if gift.per_member is not None and had >= gift.per_member:
        raise GiftLimitError(_("This customer has had as many of this gift as one can."))
    taken = GiftStock.objects.filter(gift=gift, store_id=store_id, on_hand__gt=F("reserved"), gift__is_active=True)
    if not taken.update(reserved=F("reserved") + 1):
        raise GiftGoneError(_("There is no piece left in this store."))
    order = GiftOrder.objects.create(
        gift=gift, customer_id=customer_id, store_id=store_id, points=gift.points_price, source=source, key=key,
        ordered_at=now, until=now + WAITS,
    )  # fmt: skip
    book = book_now(now, gift.program.code)
    wallet.hold(
        Owner(OwnerKind.CUSTOMER, customer_id), book.points_unit, order.points, key=_hold_key(order), until=order.until, at=now,
        now=now, viewer=viewer,
    )  # fmt: skip
    return order


@transaction.atomic
def hand_out(order_id: int, *, viewer: Viewer, now: datetime) -> GiftOrder:
    """Give the piece away and take the points that were reserved."""
    order = _waiting(order_id, viewer)
    book = book_now(now, order.gift.program.code)
    order.transfer_id = take_points(
        order.customer_id, order.points, book=book, kind="redeem", key=f"gift/{order.pk}", why={"gift": order.gift.name},
        viewer=viewer, now=now, hold=_hold_key(order),
    )  # fmt: skip
    GiftStock.objects.filter(gift=order.gift_id, store=order.store_id).update(
        reserved=F("reserved") - 1, on_hand=F("on_hand") - 1
    )
    return _decide(order, GiftOrder.State.HANDED_OUT, viewer, now)


@transaction.atomic
def cancel_order(order_id: int, *, viewer: Viewer, now: datetime) -> GiftOrder:
    """Let piece and points go free again."""
    order = _waiting(order_id, viewer)
    wallet.release_hold(_hold_key(order), now=now, viewer=viewer)
    GiftStock.objects.filter(gift=order.gift_id, store=order.store_id).update(reserved=F("reserved") - 1)
    return _decide(order, GiftOrder.State.CANCELLED, viewer, now)


def cancel_stale(*, now: datetime, viewer: Viewer) -> int:
    """Cancel the orders that nobody has picked up in time."""
    stale = list(GiftOrder.objects.filter(state=GiftOrder.State.RESERVED, until__lte=now).values_list("pk", flat=True)[:1000])
    for order_id in stale:
        cancel_order(order_id, viewer=viewer, now=now)
    return len(stale)


def _waiting(order_id: int, viewer: Viewer) -> GiftOrder:
    rows = GiftOrder.objects.select_for_update(of=("self",)).select_related("gift__program")
    order = viewer.restrict(rows, HAND_OUT).filter(pk=order_id).first()
    if order is None:
        raise NotFoundError
    if order.state != GiftOrder.State.RESERVED:
        raise GiftDecidedError(_("This gift was handed out or cancelled already."))
    return order


def _decide(order: GiftOrder, state: GiftOrder.State, viewer: Viewer, now: datetime) -> GiftOrder:
    order.state, order.decided_at, order.decided_by = state, now, viewer.label[:160]
    order.save(update_fields=["state", "decided_at", "decided_by", "transfer_id"])
    return order


def _hold_key(order: GiftOrder) -> str:
    return f"gift/{order.pk}"
