"""Which cards a viewer may see, and where the stock lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from regulars.core.errors import NotFoundError
from regulars.customers.models import CustomerStore
from regulars.loyalty.cards.models import Card, CardsWanted, Movement, Shipment, State, StockCount
from regulars.organization.access import Viewer
from regulars.organization.models import Store


@dataclass(frozen=True, slots=True)
class Heap:
    """Cards of one type in one state at one place; no store is the central stock."""

    store_id: int | None
    type_id: int
    state: str
    count: int


def list_cards(viewer: Viewer, action: str = "gift_card.read") -> QuerySet[Card]:
    """Return the cards of the viewer's stores: lying or sold there, or held by somebody known there."""
    cards = Card.objects.select_related("type", "customer", "store", "sold_by")
    stores = viewer.scope(action).stores
    if stores is None:
        return cards
    known = CustomerStore.objects.filter(store__in=stores).values("customer")
    return cards.filter(Q(store__in=stores) | Q(sold_by__in=stores) | Q(customer__in=known))


def get_card(viewer: Viewer, card_id: int, action: str = "gift_card.read") -> Card:
    """Return one card, or refuse as if it were not there."""
    found = list_cards(viewer, action).select_related("batch", "shipment", "replaced_by").filter(pk=card_id).first()
    if found is None:
        raise NotFoundError
    return found


def history(card: Card) -> Sequence[Movement]:
    """Return everything that happened to a card, newest first; a replacement tells of the card before it too."""
    chain = [card.pk]
    before = Card.objects.filter(replaced_by=card).first()
    while before is not None:
        chain.append(before.pk)
        before = Card.objects.filter(replaced_by=before).first()
    moves = Movement.objects.filter(card__in=chain).select_related("card", "from_store", "to_store", "shipment__to_store")
    return list(moves.order_by("-id"))


def list_movements(viewer: Viewer) -> QuerySet[Movement]:
    """Return what happened to the cards of the viewer's stores; `from_known` and `to_known` say whose name they may read."""
    moves = Movement.objects.select_related("card", "card__type", "from_store", "to_store")
    stores = viewer.scope("gift_card.read").stores
    if stores is None:
        return moves.annotate(from_known=Value(True), to_known=Value(True))
    known = {side: Coalesce(ExpressionWrapper(Q(**{f"{side}_store__in": stores}), BooleanField()), Value(True))
             for side in ("from", "to")}  # fmt: skip
    moves = moves.annotate(from_known=known["from"], to_known=known["to"])
    return moves.filter(Q(from_store__in=stores) | Q(to_store__in=stores))


def stock(viewer: Viewer) -> list[Heap]:
    """Return how many cards lie where, by type and state, of those that are not with customers."""
    lying = Card.objects.filter(state__in=[State.ORDERED, State.MADE, State.RECEIVED, State.IN_TRANSIT, State.IN_STOCK])
    scope = viewer.scope("gift_card.read")
    if scope.stores is not None:
        lying = lying.filter(Q(store__in=scope.stores) | Q(shipment__to_store__in=scope.stores))
    rows = lying.order_by("store", "type", "state").values_list("store_id", "type_id", "state").annotate(count=Count("pk"))
    return [Heap(*row) for row in rows]


def places(viewer: Viewer, action: str = "card.stock") -> QuerySet[Store]:
    """Return the stores whose card stock the viewer keeps; head office keeps the central one besides."""
    return viewer.restrict(Store.objects.order_by("name"), action, store="pk")


def list_shipments(viewer: Viewer, action: str = "gift_card.read") -> QuerySet[Shipment]:
    """Return the shipments from or to the viewer's places, with how many cards of each are still on their way (`waiting`)."""
    rows = Shipment.objects.select_related("from_store", "to_store").annotate(waiting=Count("cards"))
    stores = viewer.scope(action).stores
    return rows if stores is None else rows.filter(Q(from_store__in=stores) | Q(to_store__in=stores))


def get_shipment(viewer: Viewer, shipment_id: int, action: str = "card.stock") -> Shipment:
    """Return one shipment, or refuse as if it were not there."""
    found = list_shipments(viewer, action).filter(pk=shipment_id).first()
    if found is None:
        raise NotFoundError
    return found


def list_wanted(viewer: Viewer) -> QuerySet[CardsWanted]:
    """Return what the viewer's stores ask for, and the stores of their regions."""
    rows = CardsWanted.objects.select_related("store", "type")
    stores = viewer.scope("card.stock").stores
    if stores is None:
        return rows
    regions = Store.objects.filter(pk__in=stores, region__isnull=False).values("region")
    return rows.filter(Q(store__in=stores) | Q(store__region__in=regions))


def list_counts(viewer: Viewer, action: str = "card.stock") -> QuerySet[StockCount]:
    """Return the counts of the viewer's places."""
    return viewer.restrict(StockCount.objects.select_related("store", "type"), action)


def get_count(viewer: Viewer, count_id: int, action: str = "card.stock") -> StockCount:
    """Return one count, or refuse as if it were not there."""
    found = list_counts(viewer, action).filter(pk=count_id).first()
    if found is None:
        raise NotFoundError
    return found
