"""One card: how it stands, what it opens, what can be done with it, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.loyalty.cards import forms, selectors, wording
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, Movement, State, TopUp
from regulars.loyalty.cards.models.cards import UNSOLD
from regulars.loyalty.cards.rules import top_ups
from regulars.loyalty.cards.views import places
from regulars.loyalty.wallet import selectors as wallet
from regulars.organization import access
from regulars.organization import wording as staff
from regulars.organization.access import Holder, Viewer
from regulars.organization.requests import requires, viewer_of

_ICONS = {
    "order": "factory", "make": "factory", "receive": "package-check", "send": "truck", "arrive": "package-check",
    "sell": "shopping-bag", "activate": "circle-check", "freeze": "snowflake", "thaw": "circle-check", "lose": "circle-alert",
    "find": "circle-check", "replace": "refresh-cw", "rename": "user-check", "renew": "calendar-plus",
    "count_missing": "clipboard-x", "count_found": "clipboard-check", "void": "ban",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paid:
    """A top-up with its refund, or what a refund would pay out."""

    top_up: TopUp
    would_pay: top_ups.Refund | None


@require_GET
@requires("gift_card.read")
def card(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Show a card."""
    viewer = viewer_of(request)
    found = selectors.get_card(viewer, medium_id)
    now = timezone.now()
    context = {
        "card": found,
        "tone": wording.TONES.get(found.state, "neutral"),
        "is_expired": selectors.is_expired(found, now=now),
        "place": places.of_card(found),
        "law_since": _law_since(found.law),
        "law": wording.PACKS.get(found.law.partition("@")[0] or found.type.rule_pack),
        "value": _value(found, now) if found.activated_at else [],
        "paid": _paid(found) if found.type.holds_value else [],
        "history": [_event(move, found, viewer) for move in selectors.history(found)],
        "replaces": Card.objects.filter(replaced_by=found).first(),
        "issuers": _issuers(found, viewer),
    }
    return render(request, "cards/card.html", context | _what_can_be_done(found, viewer))


def _law_since(law: str) -> date | None:
    """Return since when the law holds under which the card was sold; where no law limits it, there is no such day."""
    pack, _at, since = law.partition("@")
    return parse_date(since) if pack != "none" else None


def _value(found: Card, now: datetime) -> Sequence[wallet.UnitBalance]:
    if not found.type.holds_value:
        return []
    mine = {f"stored.{found.type.currency}", f"bonus.{found.type.currency}", f"count.{found.type.code}"}
    held = wallet.balances_of(selectors.owner_of(found), now=now)
    return sorted((each for each in held if each.unit in mine), key=lambda each: each.unit, reverse=True)


def _paid(found: Card) -> list[Paid]:
    made = TopUp.objects.filter(card=found).select_related("store", "card__type", "card__customer", "refund").order_by("-pk")
    return [Paid(each, None if hasattr(each, "refund") or each.uses else cards.quote_refund(each)) for each in made[:20]]


def _event(move: Movement, found: Card, viewer: Viewer) -> dict[str, object]:
    where = [str(places.name_for(viewer, store)) for store in (move.from_store, move.to_store) if store]
    if move.act == Movement.Act.SEND:
        where = [f"{places.name_for(viewer, move.from_store)} → {_target(move, viewer)}"]
    facts = [*dict.fromkeys(where), str(staff.actor(move.by)), move.reason]
    if move.card_id != found.pk:
        facts.insert(0, _("on card %(number)s") % {"number": move.card.number})
    return {
        "icon": _ICONS.get(move.act, "circle"),
        "title": Movement.Act(move.act).label,
        "meta": " · ".join(filter(None, facts)),
        "at": move.at,
        "tone": wording.TONES.get(move.to_state, ""),
    }


def _target(move: Movement, viewer: Viewer) -> object:
    return places.name_for(viewer, move.shipment.to_store) if move.shipment else ""


def _what_can_be_done(found: Card, viewer: Viewer) -> dict[str, object]:
    issues, blocks = viewer.may("gift_card.issue"), viewer.may("card.block")
    stores = selectors.places(viewer, "gift_card.issue") if issues else selectors.places(viewer, "gift_card.read")
    placed = {"stores": stores}
    can = {
        "activates": issues and found.state in {State.IN_STOCK, State.RECEIVED, State.SOLD},
        "tops_up": issues and found.state == State.ACTIVE and found.type.holds_value,
        "freezes": blocks and found.state == State.ACTIVE,
        "thaws": blocks and found.state == State.FROZEN,
        "loses": blocks and found.state in {State.ACTIVE, State.FROZEN},
        "finds": blocks and found.state == State.LOST,
        "replaces_it": blocks and issues and found.state in {State.ACTIVE, State.FROZEN, State.LOST},
        "renames": blocks and found.state in {State.ACTIVE, State.FROZEN},
        "voids": viewer.may("card.correct") and found.activated_at is None and found.state != State.VOID,
        "refunds": viewer.may("wallet.refund"),
        "renews": blocks and found.state == State.ACTIVE and found.expires_at is not None,
    }
    shown: dict[str, object] = {
        "activation_form": forms.ActivationForm(**placed) if can["activates"] else None,
        "top_up_form": forms.TopUpForm(**placed, initial=_usual(found)) if can["tops_up"] else None,
        "replacement_form": forms.ReplacementForm(**placed) if can["replaces_it"] else None,
        "holder_form": forms.HolderForm() if can["renames"] else None,
        "refund_form": forms.RefundForm(**placed) if can["refunds"] else None,
    }
    return {**can, **shown}


def _issuers(found: Card, viewer: Viewer) -> str:
    """Return who activates and tops up, for those who may not: it happens where the money is paid."""
    if viewer.may("gift_card.issue") or not found.type.holds_value or found.state not in {State.ACTIVE, *UNSOLD, State.SOLD}:
        return ""
    roles = access.roles()
    issuing = [role for role in access.matrix()["gift_card.issue"] if Holder.PERSON in roles[role].held_by]
    people = [str(staff.role_label(role)) for role in issuing]
    return _("at a till, or in a store by: %(roles)s") % {"roles": _(", ").join(people)}


def _usual(found: Card) -> dict[str, object]:
    fixed = found.type.price_amount if found.type.kind == found.type.Kind.COUNT else found.type.face_amount
    return {"amount": fixed} if fixed else {}
