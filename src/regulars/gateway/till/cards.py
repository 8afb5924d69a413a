"""What tills do with cards: look one up, activate, top up, pay a top-up back, take uses; and what they keep to check alone.

For `urls`; done by `loyalty.cards`. A deed carries the till's own number and is done once, however often it is sent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from regulars.core.errors import InvalidInputError
from regulars.gateway.api import problems
from regulars.gateway.till import door, lists
from regulars.gateway.till.reading import Body
from regulars.loyalty.cards import selectors, wording
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, TopUp
from regulars.loyalty.checkout import database, members
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import identifying
from regulars.loyalty.wallet import selectors as wallet
from regulars.loyalty.wallet.commands import Owner
from regulars.organization.access import Viewer
from regulars.organization.models import Store

_TENDERS = frozenset({"cash", "card", "wallet", "invoice", "other"})
BLOCKED_MAX = 10_000
_Verb = Callable[[Any, bytes, HttpRequest, Viewer], HttpResponse]


def _with_reasons(verb: _Verb) -> _Verb:
    """Let a refusal carry the code and figures of each of its reasons, and the cashier's words for them."""

    @wraps(verb)
    def tell(body: Any, digest: bytes, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            try:
                return verb(body, digest, request, viewer)
            except cards.CardRefusedError as refused:
                response = problems.refusal(refused)
                response.content = json.dumps({**json.loads(response.content), "reasons": refused.place["reasons"]})
                return response

    return tell


@door.message
@_with_reasons
def lookups(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Say what a card or code opens; a number alone shows no balance."""
    said, now = Body(body), timezone.now()
    store, till = _open_store(said.code("store", most=64), viewer), said.code("till", most=24, default="")
    text, pin = said.text("value", most=200), said.text("pin", most=12, default="")
    said.end()
    reader = identifying.till_of(viewer, store.code, till)
    found = database.in_transaction(lambda: cards.recognize(text, viewer=viewer, now=now, pin=pin, used_for=reader))
    return _answer(
        {
            "card": _card(found.card) if found.card else None,
            "member": members.handle_of(found.customer_id, source=viewer.source, proved_at=now if found.may_pay else None)
            if found.customer_id
            else None,
            "may_pay": found.may_pay,
            "balances": _balances(found.owner, now) if found.may_pay else [],
            "reasons": [{"code": each.code, "text": wording.sentence(each), **each.params} for each in found.reasons],
        }
    )


@door.message
@_with_reasons
def activations(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Activate a card, for a member or for its bearer."""
    said, now = Body(body), timezone.now()
    store, key = _deed(said, viewer)
    card, member = _unsold(said.text("card", most=40)), said.text("member", most=120, default="")
    said.end()
    holder = members.find_identified(member, source=viewer.source, now=now)
    active = cards.activate(
        card.pk, store_id=store.pk, customer_id=holder[0] if holder else None, source=viewer.source, key=key, viewer=viewer,
        now=now,
    )  # fmt: skip
    return _answer({"card": _card(active)})


@door.message
@_with_reasons
def top_ups(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Put a payment and its bonus on a card; the law's reasons come back with code and figures."""
    said, now = Body(body), timezone.now()
    store, key = _deed(said, viewer)
    card = _unsold(said.text("card", most=40))
    payment = cards.Payment(
        amount=said.amount("amount"), currency=card.type.currency, tender=said.choice("tender", _TENDERS),
        by_company=said.flag("by_company"), buyer_identified=said.flag("buyer_identified"),
    )  # fmt: skip
    said.end()
    done = cards.top_up(card.pk, payment, store_id=store.pk, source=viewer.source, key=key, viewer=viewer, now=now)
    return _answer({"top_up": done.pk, "card": _card(card), **_paid(done)})


@door.message
def refunds(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Pay a top-up back; the answer says how much to hand out."""
    said, now = Body(body), timezone.now()
    store, key = _deed(said, viewer)
    top_up, reason = said.whole("top_up", least=1, most=2**53), said.text("reason", most=200)
    said.end()
    done = cards.refund_top_up(top_up, store_id=store.pk, source=viewer.source, key=key, reason=reason, viewer=viewer, now=now)
    return _answer(
        {
            "paid_out": done.paid_out_amount,
            "bonus_taken": done.bonus_taken_amount,
            "bonus_charged": done.bonus_used_amount,
        }
    )


@door.message
@_with_reasons
def uses(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Take uses from a count card that was proved by its code or PIN."""
    said, now = Body(body), timezone.now()
    store, key = _deed(said, viewer)
    reader = identifying.till_of(viewer, store.code, key.split("/")[1])
    text, pin = said.text("value", most=200), said.text("pin", most=12, default="")
    count = said.whole("uses", least=1, most=1000, default=1)
    said.end()
    shown = database.in_transaction(lambda: cards.recognize(text, viewer=viewer, now=now, pin=pin, used_for=reader))
    if shown.card is None or not shown.may_pay:
        raise members.NotProvedError("Scan the code of the card, or ask for its PIN.", field="value")
    done = cards.use_count(shown.card.pk, uses=count, store_id=store.pk, source=viewer.source, key=key, viewer=viewer, now=now)
    left = [each for each in _balances(shown.owner, now) if each["unit"] == f"count.{shown.card.type.code}"]
    return _answer({"uses": done.uses, "revenue": done.revenue_amount, "currency": done.currency, "balances": left})


@lists.look_up
def offline(viewer: Viewer, since: int) -> dict[str, Any]:
    """Return what a till needs to check codes without a connection: the public key, and what was blocked after `since`."""
    viewer.scope("gift_card.read")
    rows = selectors.blocked_numbers(since=since, limit=BLOCKED_MAX)
    return {
        "public_key": base64.b64encode(cards.public_key()).decode(),
        "algorithm": "Ed25519",
        "blocked": [{"number": number, "is_blocked": is_blocked} for _mark, number, is_blocked in rows],
        "next": rows[-1][0] if rows else since,
        "has_more": len(rows) == BLOCKED_MAX,
    }


def _deed(said: Body, viewer: Viewer) -> tuple[Store, str]:
    """Return the store, and the key of this deed: the till's own number, once under its till."""
    store = _open_store(said.code("store", most=64), viewer)
    till, number = said.code("till", most=24), said.code("number", most=30)
    return store, f"{store.code}/{till}/{number}"


def _open_store(code: str, viewer: Viewer) -> Store:
    found = viewer.restrict(Store.objects.filter(code=code), "gift_card.read", store="pk").first()
    if found is None:
        raise InvalidInputError("There is no such store for this key.", field="store")
    return found


def _unsold(number: str) -> Card:
    """Return the card with this printed number; whoever sells it has it in hand."""
    found = selectors.find_by_number(number)
    if found is None:
        raise InvalidInputError("No card has this number.", field="card")
    return found


def _card(card: Card) -> dict[str, Any]:
    return {
        "number": card.number,
        "type": card.type.code,
        "kind": card.type.kind,
        "state": card.state,
        "expires_at": card.expires_at.isoformat() if card.expires_at else None,
    }


def _paid(done: TopUp) -> dict[str, Any]:
    return {
        "paid": done.principal_amount,
        "bonus": done.bonus_amount,
        "uses": done.uses,
        "currency": done.currency,
        "law": done.law,
    }


def _balances(owner: Owner, now: datetime) -> list[dict[str, Any]]:
    held = wallet.balances_of(owner, now=now)
    return [
        {"unit": each.unit, "spendable": each.spendable}
        for each in held
        if each.unit.startswith(("stored.", "bonus.", "count."))
    ]


def _answer(said: dict[str, Any]) -> HttpResponse:
    return HttpResponse(receipts.write(said), content_type="application/json")
