"""Send cards from place to place and take them in; what does not arrive stays in transit, where everybody sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.cards.models import Card, Movement, Shipment, State
from regulars.loyalty.cards.services import moving
from regulars.organization import audit
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.models import Approval

CORRECT = "card.correct"


class StockMissingError(DomainError):
    """The place has not so many of these cards."""

    code: ClassVar[str] = "card.stock_missing"


@dataclass(frozen=True, slots=True)
class Pick:
    """Which cards: the first `quantity` of a type, or those from one number to another."""

    type_id: int | None = None
    quantity: int = 0
    first: str = ""
    last: str = ""


@transaction.atomic
def send(
    pick: Pick, *, from_store: int | None, to_store: int | None, viewer: Viewer, now: datetime, note: str = ""
) -> Shipment:
    """Send cards off; all of them or none. No store is the central stock."""
    refuse_place(viewer, "card.stock", from_store)
    if from_store == to_store:
        raise InvalidInputError(_("Choose another place to send them to."), field="to_store")
    chosen = _choose(pick, from_store)
    shipment = Shipment.objects.create(
        from_store_id=from_store, to_store_id=to_store, quantity=len(chosen), sent_at=now, sent_by=viewer.label[:160],
        note=note.strip()[:200],
    )  # fmt: skip
    step = moving.step_of(Movement.Act.SEND, viewer=viewer, now=now, shipment=shipment.pk)
    moved = moving.take(step, cards=chosen)
    if len(moved) != len(chosen):
        raise StockMissingError(_("Somebody else took some of these cards meanwhile. Look again."))
    audit.record(
        viewer, "shipment.sent", "shipment", shipment.pk, now=now, store_id=from_store,
        after={"quantity": len(moved), "to_store": to_store},
    )  # fmt: skip
    return shipment


@transaction.atomic
def receive(shipment_id: int, *, viewer: Viewer, now: datetime, numbers: Sequence[str] | None = None) -> int:
    """Take in what arrived of a shipment (all of it, or the cards with these numbers); return how many did."""
    shipment = _lock(shipment_id)
    refuse_place(viewer, "card.stock", shipment.to_store_id)
    step = moving.step_of(Movement.Act.ARRIVE, viewer=viewer, now=now, moves=True, to_store=shipment.to_store_id)
    where = "card.shipment_id = %(paper)s" + ("" if numbers is None else " AND card.number = ANY(%(numbers)s)")
    arrived = moving.take_all(step, where=where, parameters={"paper": shipment.pk, "numbers": list(numbers or [])})
    _close_if_empty(shipment, now)
    audit.record(
        viewer, "shipment.received", "shipment", shipment.pk, now=now, store_id=shipment.to_store_id,
        after={"quantity": arrived},
    )  # fmt: skip
    return arrived


@transaction.atomic
def give_up(shipment_id: int, *, reason: str, viewer: Viewer, now: datetime, approval: Approval | None = None) -> int:
    """Void what never arrived; a second person has approved it."""
    shipment = _lock(shipment_id)
    refuse_place(viewer, CORRECT, shipment.to_store_id)
    note = organization.refuse_alone(CORRECT, viewer=viewer, approval=approval, payload=asked(shipment_id, reason))
    step = moving.step_of(Movement.Act.VOID, viewer=viewer, now=now, reason=reason)
    lost = moving.take_all(step, where="card.shipment_id = %(paper)s", parameters={"paper": shipment.pk})
    _close_if_empty(shipment, now)
    after = {"quantity": lost, "reason": reason}
    audit.record(
        viewer, "shipment.given_up", "shipment", shipment.pk, now=now, store_id=shipment.to_store_id, after=after, note=note
    )
    return lost


def asked(shipment_id: int, reason: str) -> dict[str, Any]:
    """Return what the second person approves."""
    return {"shipment": shipment_id, "reason": reason}


def refuse_place(viewer: Viewer, action: str, store_id: int | None) -> None:
    """Refuse a place outside the viewer's stores as if it were not there; the central stock is head office's."""
    if not viewer.scope(action).covers(store_id):
        raise NotFoundError


def _lock(shipment_id: int) -> Shipment:
    shipment = Shipment.objects.select_for_update().filter(pk=shipment_id).first()
    if shipment is None:
        raise NotFoundError
    return shipment


def _choose(pick: Pick, place: int | None) -> list[int]:
    here = Card.objects.filter(state=State.RECEIVED if place is None else State.IN_STOCK, store=place).order_by("number")
    if pick.first or pick.last:
        first, last = pick.first, pick.last or pick.first
        if len(first) != len(last) or first > last:
            raise InvalidInputError(_("The last number has to come after the first one."), field="last")
        chosen = list(here.filter(number__gte=first, number__lte=last).values_list("pk", flat=True))
        if not chosen:
            raise StockMissingError(_("None of these numbers lies in stock there."), field="first")
        return chosen
    if pick.type_id is None or pick.quantity <= 0:
        raise InvalidInputError(_("Say how many cards of which type, or from which number to which."), field="quantity")
    chosen = list(here.filter(type=pick.type_id).values_list("pk", flat=True)[: pick.quantity])
    if len(chosen) < pick.quantity:
        raise StockMissingError(_("Only %(count)s of these cards lie there.") % {"count": len(chosen)}, field="quantity")
    return chosen


def _close_if_empty(shipment: Shipment, now: datetime) -> None:
    if not Card.objects.filter(shipment=shipment).exists():
        Shipment.objects.filter(pk=shipment.pk, closed_at=None).update(closed_at=now)
