"""Sell and activate cards: from goods to somebody's key. Until then a card is worth nothing (S238)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.customers import selectors as known_customers
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.customers.services import Given
from regulars.loyalty.cards import selectors, wording
from regulars.loyalty.cards.models import Card, Movement, State
from regulars.loyalty.cards.rules import law
from regulars.loyalty.cards.rules.law import Reason
from regulars.loyalty.cards.services import moving
from regulars.loyalty.wallet import services as wallet
from regulars.organization import audit
from regulars.organization.access import Viewer

ISSUE = "gift_card.issue"
NAMESPACE = "cards"  # under which member cards are identifiers of customers


class CardRefusedError(DomainError):
    """The till must not do this; `place["reasons"]` holds code and params of each reason."""

    code: ClassVar[str] = "card.refused"

    def __init__(self, *reasons: Reason) -> None:
        told = [{"code": reason.code, **reason.params} for reason in reasons]
        super().__init__(wording.sentences(list(reasons)), reasons=told)


class CardElsewhereError(DomainError):
    """By the books this card lies at another place; a shipment or a count has to bring it here first."""

    code: ClassVar[str] = "card.elsewhere"


class CardKeyReusedError(DomainError):
    """This key was used before for something else."""

    code: ClassVar[str] = "card.key_reused"
    status_code: ClassVar[int] = 422


@transaction.atomic
def sell(card_id: int, *, store_id: int, source: str, key: str, viewer: Viewer, now: datetime) -> Card:
    """Hand a card out that becomes active later, such as one sold by mail or to a company."""
    viewer.require(ISSUE, store_id=store_id)
    card = lock(card_id)
    if _done(card_id, Movement.Act.SELL, source, key):
        return card
    _refuse_elsewhere(card, store_id)
    step = moving.step_of(Movement.Act.SELL, viewer=viewer, now=now, source=source, key=key, moves=True, to_store=store_id)
    moving.take_one(step, card=card.pk)
    Card.objects.filter(pk=card.pk).update(sold_by=store_id)
    return lock(card.pk)


@transaction.atomic
def activate(
    card_id: int,
    *,
    store_id: int,
    source: str,
    key: str,
    viewer: Viewer,
    now: datetime,
    customer_id: int | None = None,
) -> Card:
    """Make a card somebody's: from now on it opens its holder's accounts, or its own if nobody has a name.

    A named card needs its holder. The law in force today stays the card's law. Money goes onto it with `top_up`.
    """
    viewer.require(ISSUE, store_id=store_id)
    card = lock(card_id)
    if _done(card_id, Movement.Act.ACTIVATE, source, key):
        return card
    if card.state != State.SOLD:
        _refuse_elsewhere(card, store_id)
    step = moving.step_of(Movement.Act.ACTIVATE, viewer=viewer, now=now, source=source, key=key, moves=True, to_store=store_id)
    moving.take_one(step, card=card.pk)
    card.customer_id = _holder(card, customer_id, viewer=viewer, now=now)
    card.law = law.in_force(card.type.rule_pack, now.date()).version
    card.sold_by_id = card.sold_by_id or store_id
    card.expires_at = term_from(now, card)
    card.save(update_fields=["customer", "law", "sold_by", "expires_at"])
    audit.record(viewer, "card.activated", "card", card.pk, now=now, store_id=store_id, after={"number": card.number[-4:]})
    return lock(card.pk)


@transaction.atomic
def claim(card_id: int, customer_id: int, *, source: str, key: str, viewer: Viewer, now: datetime) -> Card:
    """Give a bearer card its holder: its value moves into the holder's accounts, for ever."""
    viewer.require("card.block")
    card = lock(card_id)
    if _done(card_id, Movement.Act.RENAME, source, key):
        return card
    if card.customer_id is not None:
        raise moving.CardStateError(_("This card has a holder already."), card=card.pk)
    holder = known_customers.get_customer(viewer, customer_id, "customer.lookup")
    before = selectors.owner_of(card)
    step = moving.step_of(Movement.Act.RENAME, viewer=viewer, now=now, source=source, key=key, reason=f"→ {holder.pk}")
    moving.take_one(step, card=card.pk)
    Card.objects.filter(pk=card.pk).update(customer=holder)
    card = lock(card.pk)
    wallet.merge_owner(before, selectors.owner_of(card), source="cards", key=f"claim/{card.pk}", at=now, now=now, viewer=viewer)
    audit.record(viewer, "card.claimed", "card", card.pk, now=now, after={"customer": holder.pk}, store_id=card.sold_by_id)
    return card


def lock(card_id: int) -> Card:
    """Return the card with nobody else changing it, or refuse."""
    card = Card.objects.select_for_update(of=("self",)).select_related("type", "customer", "sold_by").filter(pk=card_id).first()
    if card is None:
        raise NotFoundError
    return card


def term_from(start: datetime, card: Card) -> datetime | None:
    """Return when a card's term ends that begins now."""
    months = card.type.lasts_months
    if months is None:
        return None
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):  # the 31st of a month that has 30 days is its last day
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1)


def done_before(source: str, key: str) -> Movement | None:
    """Return the movement that this key made already."""
    if not key:
        raise InvalidInputError(_("Send a key that names this request."), field="key")
    return Movement.objects.filter(source=source, key=key).first()


def _done(card_id: int, act: str, source: str, key: str) -> bool:
    """Return whether this was done under the key already; the card is locked, so a repeat at the same moment has waited."""
    earlier = done_before(source, key)
    if earlier is not None and (earlier.card_id, earlier.act) != (card_id, act):
        raise CardKeyReusedError(_("This key was used before for something else."), key=key)
    return earlier is not None


def _refuse_elsewhere(card: Card, store_id: int) -> None:
    """Refuse a card that by the books lies at another store; the central stock serves every store."""
    if card.state == State.IN_STOCK and card.store_id != store_id:
        raise CardElsewhereError(_("By the books this card lies at another store. Count it in or have it sent first."))


def _holder(card: Card, customer_id: int | None, *, viewer: Viewer, now: datetime) -> int | None:
    """Return who holds the card; a member card without a name gets a nameless customer, who can be named later (F3)."""
    if customer_id is not None:
        holder: Customer = known_customers.get_customer(viewer, customer_id, "customer.lookup")
        if not card.type.holds_value:
            customers.add_identifier(holder.pk, Given("card", card.number, NAMESPACE), viewer=viewer, now=now)
        return holder.pk
    if card.type.is_named:
        raise CardRefusedError(Reason("needs_holder"))
    if card.type.holds_value:
        return None
    return customers.recognize([("card", NAMESPACE, card.number)], source="cards", now=now)["card", NAMESPACE, card.number]
