"""What is done to one card at the desk: activate, top up, freeze, replace, pass on, refund, void."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.cards import forms, selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, TopUp
from regulars.loyalty.cards.views.second import try_with_second
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting

SOURCE = "desk"


class _Once(TypedDict):
    store_id: int
    source: str
    key: str
    viewer: Viewer
    now: datetime


_STEPS = {
    "freeze": cards.freeze,
    "thaw": cards.thaw,
    "lose": cards.report_lost,
    "find": cards.report_found,
}


@require_POST
@requires("gift_card.issue")
def activate(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Activate a card, for a customer or for its bearer."""
    viewer, card = _card(request, medium_id)
    said = _clean(forms.ActivationForm(request.POST, stores=selectors.places(viewer, "gift_card.issue")))
    cards.activate(card.pk, customer_id=said["customer"], **_once(said, viewer))
    messages.success(request, _("The card is active."))
    return redirect("cards:card", card.pk)


@require_POST
@requires("gift_card.issue")
def top_up(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Put money on a card."""
    viewer, card = _card(request, medium_id)
    said = _clean(forms.TopUpForm(request.POST, stores=selectors.places(viewer, "gift_card.issue")))
    payment = cards.Payment(
        amount=said["amount"], currency=card.type.currency, tender=said["tender"], by_company=said["by_company"],
        buyer_identified=said["buyer_identified"],
    )  # fmt: skip
    done = cards.top_up(card.pk, payment, **_once(said, viewer))
    paid = formatting.money(done.principal_amount, done.currency)
    if done.bonus_amount:
        bonus = formatting.money(done.bonus_amount, done.currency)
        messages.success(request, _("%(paid)s paid in, %(bonus)s bonus given.") % {"paid": paid, "bonus": bonus})
    else:
        messages.success(request, _("%(paid)s paid in.") % {"paid": paid})
    return redirect("cards:card", card.pk)


@require_POST
@requires("wallet.refund")
def refund(request: HttpRequest, medium_id: int, top_up_id: int) -> HttpResponse:
    """Pay a top-up back."""
    viewer, card = _card(request, medium_id)
    if not TopUp.objects.filter(pk=top_up_id, card=card).exists():
        raise NotFoundError
    said = _clean(forms.RefundForm(request.POST, stores=selectors.places(viewer, "wallet.refund")))
    done = cards.refund_top_up(top_up_id, reason=said["reason"], **_once(said, viewer))
    amount = formatting.money(done.paid_out_amount, card.type.currency)
    messages.success(request, _("Pay %(amount)s back to the customer.") % {"amount": amount})
    return redirect("cards:card", card.pk)


@require_POST
@requires("card.block")
def step(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Freeze, release, report lost or found, or renew the term."""
    viewer, card = _card(request, medium_id, "card.block")
    said = _clean(forms.StepForm(request.POST))
    now = timezone.now()
    if said["act"] == "renew":
        cards.renew(card.pk, viewer=viewer, now=now)
    else:
        _STEPS[said["act"]](card.pk, reason=said["reason"], viewer=viewer, now=now)
    messages.success(request, _("Done."))
    return redirect("cards:card", card.pk)


@require_POST
@requires("gift_card.issue")
def replace(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Give the holder a new card."""
    viewer, card = _card(request, medium_id, "card.block")
    said = _clean(forms.ReplacementForm(request.POST, stores=selectors.places(viewer, "gift_card.issue")))
    new = selectors.find_by_number(said["number"])
    if new is None or not selectors.list_cards(viewer).filter(pk=new.pk).exists():
        raise InvalidInputError(_("There is no new card with this number in your stock."), field="number")
    fresh = cards.replace(card.pk, new.pk, reason=said["reason"], **_once(said, viewer))
    messages.success(request, _("The old card is blocked; this one opens the same accounts."))
    return redirect("cards:card", fresh.pk)


@require_POST
@requires("card.block")
def hold(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Give a bearer card its holder, or pass a named one on."""
    viewer, card = _card(request, medium_id, "card.block")
    said = _clean(forms.HolderForm(request.POST))
    now = timezone.now()
    if card.customer_id is None:
        cards.claim(card.pk, said["customer"].pk, source=SOURCE, key=said["key"], viewer=viewer, now=now)
    else:
        cards.pass_on(card.pk, said["customer"].pk, reason=said["reason"], viewer=viewer, now=now)
    messages.success(request, _("The card has its holder."))
    return redirect("cards:card", card.pk)


@require_POST
@requires("card.correct")
def void(request: HttpRequest, medium_id: int) -> HttpResponse:
    """Destroy an unsold card, with a second person."""
    viewer, card = _card(request, medium_id, "card.correct")
    reason = request.POST.get("reason", "").strip()[:200] or _("misprint")
    done = try_with_second(
        request, "card.void", action="card.correct", payload=cards.asked_void([card.pk], reason),
        deed=lambda given: cards.void([card.pk], reason=reason, viewer=viewer, now=timezone.now(), approval=given),
    )  # fmt: skip
    if done:
        messages.success(request, _("The card is void."))
    return redirect("cards:card", card.pk)


def _card(request: HttpRequest, medium_id: int, action: str = "gift_card.read") -> tuple[Viewer, Card]:
    viewer = viewer_of(request)
    return viewer, selectors.get_card(viewer, medium_id, action)


def _once(said: dict[str, Any], viewer: Viewer) -> _Once:
    """Return what every deed at the desk names, so that a form sent twice does it once."""
    return {"store_id": said["store"].pk, "source": SOURCE, "key": said["key"], "viewer": viewer, "now": timezone.now()}


def _clean(form: django_forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        label = form.fields[field].label if field in form.fields else ""
        raise InvalidInputError(f"{label}: {errors[0]}" if label else str(errors[0]), field=field)
    return form.cleaned_data
