"""Cards that stores ask for: asked here, sent there."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.core.errors import InvalidInputError
from regulars.loyalty.cards import forms, selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import CardsWanted
from regulars.loyalty.cards.views import places
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What a store asks for, as the viewer may know it."""

    wanted: CardsWanted
    place: object
    is_own: bool
    senders: places.Choices


def wishes(viewer: Viewer) -> list[Wish]:
    """Return what is asked for now, with the places from which the viewer can send it."""
    scope, own = viewer.scope("card.stock"), places.own(viewer)
    regions = dict(selectors.places(viewer).values_list("pk", "region"))
    found = []
    for wanted in selectors.list_wanted(viewer).filter(closed_at=None).order_by("asked_at")[:50]:
        is_own = scope.covers(wanted.store_id)
        senders = [
            (key, label) for key, label in own
            if key != str(wanted.store_id) and (is_own or regions[int(key)] == wanted.store.region_id)
        ]  # fmt: skip
        found.append(Wish(wanted, places.name_for(viewer, wanted.store), is_own, senders))
    return found


@require_POST
@requires("card.stock")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for cards."""
    viewer = viewer_of(request)
    form = forms.WantedForm(request.POST, stores=selectors.places(viewer))
    if not form.is_valid():
        raise InvalidInputError(_("Say which store needs how many cards of which type."))
    said = form.cleaned_data
    cards.ask_for_cards(said["store"].pk, said["type"], said["quantity"], viewer=viewer, now=timezone.now(), note=said["note"])
    messages.success(request, _("Asked. Head office and the stores of the region see it."))
    return redirect("cards:stock")


@require_POST
@requires("card.stock")
def send(request: HttpRequest, wanted_id: int) -> HttpResponse:
    """Send what a store asked for."""
    number = request.POST.get("quantity", "")
    sent = cards.send_wanted(
        wanted_id, from_store=places.chosen(request.POST.get("from_store", "")),
        quantity=int(number) if number.isascii() and number.isdigit() else 0, viewer=viewer_of(request), now=timezone.now(),
    )  # fmt: skip
    told = ngettext("%(count)s card is on its way.", "%(count)s cards are on their way.", sent.quantity)
    messages.success(request, told % {"count": sent.quantity})
    return redirect("cards:shipment", sent.pk)


@require_POST
@requires("card.stock")
def withdraw(request: HttpRequest, wanted_id: int) -> HttpResponse:
    """Want them no more."""
    cards.want_no_more(wanted_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The request is withdrawn."))
    return redirect("cards:stock")
