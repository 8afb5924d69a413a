"""Freeze, report lost, replace, pass on, renew, void: what happens to a card outside the till (F43)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers import selectors as known_customers
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import Card, Movement
from regulars.loyalty.cards.rules import law
from regulars.loyalty.cards.rules.law import Reason
from regulars.loyalty.cards.services import issuing, moving
from regulars.loyalty.cards.services.shipments import CORRECT
from regulars.organization import audit
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.models import Approval

BLOCK = "card.block"


@transaction.atomic
def freeze(card_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Card:
    """Stop a card for a while; its accounts stay open to the holder's other cards."""
    return _step(Movement.Act.FREEZE, card_id, reason=reason, viewer=viewer, now=now)


@transaction.atomic
def thaw(card_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Card:
    """Let a frozen card go again."""
    return _step(Movement.Act.THAW, card_id, reason=reason, viewer=viewer, now=now)


@transaction.atomic
def report_lost(card_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Card:
    """Block a lost card. Where the law knows loss of named cards only, a bearer card is like cash and refused (P10)."""
    card = selectors.get_card(viewer, card_id, BLOCK)
    pack = law.of_version(card.law) if card.law else law.in_force(card.type.rule_pack, now.date())
    if card.customer_id is None and not pack.bearer_may_report_loss:
        raise issuing.CardRefusedError(Reason("bearer_loss"))
    return _step(Movement.Act.LOSE, card_id, reason=reason, viewer=viewer, now=now)


@transaction.atomic
def report_found(card_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Card:
    """Let a card go again that was found before it was replaced."""
    return _step(Movement.Act.FIND, card_id, reason=reason, viewer=viewer, now=now)


@transaction.atomic
def replace(
    card_id: int, new_card_id: int, *, store_id: int, source: str, key: str, reason: str, viewer: Viewer, now: datetime
) -> Card:
    """Give the holder a new card for an old one: the accounts and their history stay, the old number is blocked for good."""
    viewer.require(BLOCK, store_id=store_id)
    selectors.get_card(viewer, card_id, BLOCK)
    old, new = _lock_both(card_id, new_card_id)
    if (done := issuing.done_before(source, key)) is not None:
        if done.card_id != new_card_id or old.replaced_by_id != new_card_id:
            raise issuing.CardKeyReusedError(_("This key was used before for something else."), key=key)
        return new
    if old.type.kind != new.type.kind or old.type.currency != new.type.currency or old.type.is_named != new.type.is_named:
        raise moving.CardStateError(_("Replace a card by one of the same kind."), card=new.pk)
    moving.take_one(moving.step_of(Movement.Act.REPLACE, viewer=viewer, now=now, reason=reason), card=old.pk)
    fresh = issuing.activate(
        new.pk, store_id=store_id, source=source, key=key, viewer=viewer, now=now, customer_id=old.customer_id,
    )  # fmt: skip
    root = None if old.customer_id else old.root_id or old.pk
    # The term goes on as it was: a new piece of plastic is no new purchase.
    Card.objects.filter(pk=fresh.pk).update(root=root, law=old.law, sold_by=old.sold_by_id, expires_at=old.expires_at)
    Card.objects.filter(pk=old.pk).update(replaced_by=fresh.pk)
    audit.record(viewer, "card.replaced", "card", old.pk, now=now, store_id=store_id, after={"by": fresh.pk, "reason": reason})
    return issuing.lock(fresh.pk)


@transaction.atomic
def pass_on(card_id: int, customer_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Card:
    """Let somebody else hold a named card; the accounts stay with whom they belong to, only the card changes hands."""
    viewer.require(BLOCK)
    card = selectors.get_card(viewer, card_id, BLOCK)
    if card.customer_id is None:
        raise moving.CardStateError(_("This card has no holder yet. Claim it instead."), card=card.pk)
    holder = known_customers.get_customer(viewer, customer_id, "customer.lookup")
    step = moving.step_of(Movement.Act.RENAME, viewer=viewer, now=now, reason=reason or f"→ {holder.pk}")
    moving.take_one(step, card=card.pk)
    Card.objects.filter(pk=card.pk).update(customer=holder)
    audit.record(
        viewer, "card.passed_on", "card", card.pk, now=now, store_id=card.sold_by_id,
        before={"customer": card.customer_id}, after={"customer": holder.pk, "reason": reason},
    )  # fmt: skip
    return issuing.lock(card.pk)


@transaction.atomic
def renew(card_id: int, *, viewer: Viewer, now: datetime) -> Card:
    """Begin the term of an expired card anew; its balance was kept for that (P10)."""
    viewer.require(BLOCK)
    card = issuing.lock(selectors.get_card(viewer, card_id, BLOCK).pk)
    moving.take_one(moving.step_of(Movement.Act.RENEW, viewer=viewer, now=now), card=card.pk)
    before, card.expires_at = card.expires_at, issuing.term_from(now, card)
    card.save(update_fields=["expires_at"])
    audit.record(
        viewer, "card.renewed", "card", card.pk, now=now, store_id=card.sold_by_id,
        before={"expires_at": before.isoformat() if before else None},
        after={"expires_at": card.expires_at.isoformat() if card.expires_at else None},
    )  # fmt: skip
    return card


@transaction.atomic
def void(card_ids: Sequence[int], *, reason: str, viewer: Viewer, now: datetime, approval: Approval | None = None) -> int:
    """Destroy unsold cards, such as misprints; a second person has approved it."""
    note = organization.refuse_alone(CORRECT, viewer=viewer, approval=approval, payload=asked_void(card_ids, reason))
    mine = viewer.restrict(Card.objects.filter(pk__in=card_ids), CORRECT)
    step = moving.step_of(Movement.Act.VOID, viewer=viewer, now=now, reason=reason)
    gone = moving.take(step, cards=list(mine.values_list("pk", flat=True)))
    if len(gone) != len(set(card_ids)):
        raise moving.CardStateError(_("Some of these cards are not unsold cards of your stores. Nothing was voided."))
    audit.record(viewer, "card.voided", "card", "", now=now, after={"cards": len(gone), "reason": reason}, note=note)
    return len(gone)


def asked_void(card_ids: Sequence[int], reason: str) -> dict[str, Any]:
    """Return what the second person approves."""
    return {"cards": sorted(set(card_ids)), "reason": reason}


def _step(act: str, card_id: int, *, reason: str, viewer: Viewer, now: datetime) -> Card:
    card = selectors.get_card(viewer, card_id, BLOCK)
    moving.take_one(moving.step_of(act, viewer=viewer, now=now, reason=reason), card=card.pk)
    audit.record(viewer, f"card.{act}", "card", card.pk, now=now, store_id=card.sold_by_id, after={"reason": reason})
    return issuing.lock(card.pk)


def _lock_both(old: int, new: int) -> tuple[Card, Card]:
    locked = {card: issuing.lock(card) for card in sorted((old, new))}
    return locked[old], locked[new]
