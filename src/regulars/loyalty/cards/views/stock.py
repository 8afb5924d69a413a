"""Where card stock lies: by place, type and state, with what is on its way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.loyalty.cards import forms, selectors
from regulars.loyalty.cards.models import CardType, Shipment, State
from regulars.loyalty.cards.views import places, wanting
from regulars.organization.access import Viewer
from regulars.organization.models import Store
from regulars.organization.requests import requires, viewer_of

SHOWN = (State.ORDERED, State.MADE, State.RECEIVED, State.IN_TRANSIT, State.IN_STOCK)


@dataclass(slots=True)
class Shelf:
    """The cards of one type at one place."""

    place: object
    type: str
    store_id: int | None
    type_id: int
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def cells(self) -> list[tuple[str, object, int]]:
        return [(state.value, state.label, self.counts.get(state.value, 0)) for state in SHOWN]


@require_GET
@requires("gift_card.read")
def stock(request: HttpRequest) -> HttpResponse:
    """Show the stock of the viewer's places."""
    viewer = viewer_of(request)
    keeps = viewer.may("card.stock")
    shelves = _shelves(viewer)
    context = {
        "shelves": shelves,
        "states": [state.label for state in SHOWN],
        "totals": [sum(shelf.counts.get(state.value, 0) for shelf in shelves) for state in SHOWN],
        "open": [
            (each, places.name_for(viewer, each.from_store), places.name_for(viewer, each.to_store)) for each in _open(viewer)
        ],
        "wishes": wanting.wishes(viewer) if keeps else [],
        "wanted_form": forms.WantedForm(stores=selectors.places(viewer)) if keeps else None,
        "send_form": forms.SendForm(own=places.own(viewer), every=places.known(viewer)) if keeps else None,
    }
    return render(request, "cards/stock.html", context)


def _shelves(viewer: Viewer) -> list[Shelf]:
    stores = {store.pk: store for store in Store.objects.all()}
    types = dict(CardType.objects.values_list("pk", "name"))
    found: dict[tuple[int | None, int], Shelf] = {}
    for heap in selectors.stock(viewer):
        key = (heap.store_id, heap.type_id)
        place = places.name(stores.get(heap.store_id or 0))
        shelf = found.setdefault(key, Shelf(place, types[heap.type_id], heap.store_id, heap.type_id))
        shelf.counts[heap.state] += heap.count
    return sorted(found.values(), key=lambda shelf: (shelf.store_id is not None, str(shelf.place), shelf.type))


def _open(viewer: Viewer) -> list[Shipment]:
    return list(selectors.list_shipments(viewer).filter(closed_at=None).order_by("-sent_at")[:50])
