"""Places of cards as people choose them: a store, or the central stock of head office."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.core.errors import NotFoundError
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import Card, State
from regulars.organization.access import Viewer
from regulars.organization.models import Store

CENTRAL = ""
CENTRAL_STOCK: Promise = _("Central stock")
ANOTHER: Promise = _("Another store")
MAKER: Promise = _("At the maker")
Choices = list[tuple[str, str | Promise]]


def own(viewer: Viewer, action: str = "card.stock") -> Choices:
    """Return the places whose stock the viewer keeps."""
    stores: Choices = [(str(store.pk), store.name) for store in selectors.places(viewer, action)]
    return [(CENTRAL, CENTRAL_STOCK), *stores] if viewer.scope(action).covers(None) else stores


def known(viewer: Viewer) -> Choices:
    """Return where the viewer may send cards: back to the central stock, and to the stores that they may know of (G33)."""
    return [(CENTRAL, CENTRAL_STOCK), *((str(store.pk), store.name) for store in selectors.places(viewer))]


def chosen(text: str) -> int | None:
    """Return the store that was chosen; None is the central stock."""
    if text == CENTRAL:
        return None
    if not text.isascii() or not text.isdigit():
        raise NotFoundError
    return int(text)


def name_for(viewer: Viewer, store: Store | None) -> str | Promise:
    """Return what a place is called, as far as the viewer may know of it."""
    scopes = [viewer.rights[action] for action in ("gift_card.read", "card.stock") if action in viewer.rights]
    known = store is None or any(scope.covers(store.pk) for scope in scopes)
    return name(store) if known else ANOTHER


def name(store: Store | None) -> str | Promise:
    """Return what a place is called."""
    return store.name if store else CENTRAL_STOCK


def of_card(card: Card) -> str | Promise:
    """Return where a card lies that nobody has bought yet."""
    return MAKER if card.state in {State.ORDERED, State.MADE} else name(card.store)
