"""A store asks for cards; head office or a store of its region sends them. Names are told to those who may know them (G33)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import CardsWanted, CardType, Shipment
from regulars.loyalty.cards.services.shipments import Pick, refuse_place, send
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Store


class CardsWantedClosedError(DomainError):
    """Somebody else has sent these cards already, or the store wants them no more."""

    code: ClassVar[str] = "cards_wanted.closed"


@transaction.atomic
def ask_for_cards(
    store_id: int, card_type: CardType, quantity: int, *, viewer: Viewer, now: datetime, note: str = ""
) -> CardsWanted:
    """Ask for cards of a type; whoever sends them ends the asking."""
    viewer.require("card.stock", store_id=store_id)
    if quantity <= 0:
        raise InvalidInputError(_("Say how many cards."), field="quantity")
    wanted = CardsWanted.objects.create(
        store_id=store_id, type=card_type, quantity=quantity, asked_at=now, asked_by=viewer.label[:160],
        note=note.strip()[:200],
    )  # fmt: skip
    after = {"type": card_type.code, "quantity": quantity}
    audit.record(viewer, "cards_wanted.asked", "cards_wanted", wanted.pk, now=now, store_id=store_id, after=after)
    return wanted


@transaction.atomic
def send_wanted(wanted_id: int, *, from_store: int | None, quantity: int, viewer: Viewer, now: datetime) -> Shipment:
    """Send what a store asked for, all of it or fewer, from a place of the viewer: of head office, or of the same region."""
    wanted = _lock(wanted_id, viewer)
    refuse_place(viewer, "card.stock", from_store)
    region = Store.objects.values_list("region", flat=True).get(pk=wanted.store_id)
    is_sister = from_store is not None and Store.objects.filter(pk=from_store, region=region, region__isnull=False).exists()
    if not is_sister and not viewer.scope("card.stock").covers(wanted.store_id):
        raise NotFoundError
    if not 0 < quantity <= wanted.quantity:
        raise InvalidInputError(_("Send between 1 and %(most)s cards.") % {"most": wanted.quantity}, field="quantity")
    pick = Pick(type_id=wanted.type_id, quantity=quantity)
    shipment = send(pick, from_store=from_store, to_store=wanted.store_id, viewer=viewer, now=now)
    wanted.shipment, wanted.closed_at = shipment, now
    wanted.save(update_fields=["shipment", "closed_at"])
    return shipment


@transaction.atomic
def want_no_more(wanted_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Take back what the viewer's store asked for."""
    wanted = _lock(wanted_id, viewer)
    refuse_place(viewer, "card.stock", wanted.store_id)
    wanted.closed_at = now
    wanted.save(update_fields=["closed_at"])
    audit.record(viewer, "cards_wanted.withdrawn", "cards_wanted", wanted.pk, now=now, store_id=wanted.store_id)


def _lock(wanted_id: int, viewer: Viewer) -> CardsWanted:
    """Return what is wanted, behind its lock; what another region wants looks missing."""
    if not selectors.list_wanted(viewer).filter(pk=wanted_id).exists():
        raise NotFoundError
    wanted = CardsWanted.objects.select_for_update().get(pk=wanted_id)
    if wanted.closed_at is not None:
        raise CardsWantedClosedError(_("These cards are on their way already, or wanted no more."))
    return wanted
