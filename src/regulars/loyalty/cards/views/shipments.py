"""Shipments: sent here, taken in there, and what never arrived."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import InvalidInputError
from regulars.loyalty.cards import forms, selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.cards.views import places
from regulars.loyalty.cards.views.second import try_with_second
from regulars.organization.requests import requires, viewer_of


@require_POST
@requires("card.stock")
def send(request: HttpRequest) -> HttpResponse:
    """Send cards off."""
    viewer = viewer_of(request)
    form = forms.SendForm(request.POST, own=places.own(viewer), every=places.known(viewer))
    if not form.is_valid():
        raise InvalidInputError(_("Say from where to where, and how many cards of which type."))
    said = form.cleaned_data
    pick = cards.Pick(
        type_id=said["type"].pk if said["type"] else None, quantity=said["quantity"] or 0,
        first=numbers.tidy(said["first"]), last=numbers.tidy(said["last"]),
    )  # fmt: skip
    shipment = cards.send(
        pick, from_store=places.chosen(said["from_store"]), to_store=places.chosen(said["to_store"]), viewer=viewer,
        now=timezone.now(), note=said["note"],
    )  # fmt: skip
    messages.success(
        request,
        ngettext("%(count)s card is on its way.", "%(count)s cards are on their way.", shipment.quantity)
        % {"count": shipment.quantity},
    )
    return redirect("cards:shipment", shipment.pk)


@require_GET
@requires("card.stock")
def shipment(request: HttpRequest, shipment_id: int) -> HttpResponse:
    """Show a shipment and what of it is still on its way."""
    viewer = viewer_of(request)
    found = selectors.get_shipment(viewer, shipment_id)
    waiting = Card.objects.filter(shipment=found).order_by("number")
    scope = viewer.scope("card.stock")
    context = {
        "shipment": found,
        "from_place": places.name_for(viewer, found.from_store),
        "to_place": places.name_for(viewer, found.to_store),
        "sent_by": found.sent_by if viewer.scope("gift_card.read").covers(found.from_store_id) else "",
        "waiting": waiting.count(),
        "numbers": list(waiting.values_list("pk", "number")[:50]),
        "takes_in": scope.covers(found.to_store_id),
        "gives_up": viewer.may("card.correct") and viewer.scope("card.correct").covers(found.to_store_id),
    }
    return render(request, "cards/shipment.html", context)


@require_POST
@requires("card.stock")
def receive(request: HttpRequest, shipment_id: int) -> HttpResponse:
    """Take in all of a shipment, or the numbers that were scanned."""
    viewer = viewer_of(request)
    selectors.get_shipment(viewer, shipment_id)
    scanned = [numbers.tidy(line) for line in request.POST.get("numbers", "").splitlines() if line.strip()]
    arrived = cards.receive(shipment_id, viewer=viewer, now=timezone.now(), numbers=scanned or None)
    messages.success(request, ngettext("%(count)s card taken in.", "%(count)s cards taken in.", arrived) % {"count": arrived})
    return redirect("cards:shipment", shipment_id)


@require_POST
@requires("card.correct")
def give_up(request: HttpRequest, shipment_id: int) -> HttpResponse:
    """Void what never arrived, with a second person."""
    viewer = viewer_of(request)
    selectors.get_shipment(viewer, shipment_id, "card.correct")
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise InvalidInputError(_("Say why these cards are given up."), field="reason")
    lost = try_with_second(
        request, "card.give_up", action="card.correct", payload=cards.shipment_asked(shipment_id, reason),
        deed=lambda given: cards.give_up(shipment_id, reason=reason, viewer=viewer, now=timezone.now(), approval=given),
    )  # fmt: skip
    if lost is not None:
        messages.success(request, ngettext("%(count)s card voided.", "%(count)s cards voided.", lost) % {"count": lost})
    return redirect("cards:shipment", shipment_id)
