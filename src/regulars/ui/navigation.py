"""What stands in the navigation: rooms register their items, the frame shows those the viewer may use.

For each room's own `navigation.py`, which the `ui` app imports at start. The groups and their order are fixed here,
because they are the order of the flow that people learn once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NewType

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GroupKey = NewType("GroupKey", str)
Text = str | Promise

TODAY, CUSTOMERS, SEGMENTS, CAMPAIGNS, JOURNEYS, PROGRAM = map(
    GroupKey, ("today", "customers", "segments", "campaigns", "journeys", "program")
)
OFFERS, CARDS, SERVICE, STORES, INSIGHT, SETTINGS = map(
    GroupKey, ("offers", "cards", "service", "stores", "insight", "settings")
)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the navigation with its icon."""

    key: GroupKey
    label: Text
    icon: str


GROUPS = (
    Group(TODAY, _("Today"), "house"),
    Group(CUSTOMERS, _("Customers"), "users"),
    Group(SEGMENTS, _("Segments"), "shapes"),
    Group(CAMPAIGNS, _("Campaigns"), "megaphone"),
    Group(JOURNEYS, _("Journeys"), "route"),
    Group(PROGRAM, _("Program"), "award"),
    Group(OFFERS, _("Offers"), "ticket-percent"),
    Group(CARDS, _("Cards"), "credit-card"),
    Group(SERVICE, _("Service"), "message-circle"),
    Group(STORES, _("Stores"), "store"),
    Group(INSIGHT, _("Insight"), "chart-line"),
    Group(SETTINGS, _("Settings"), "settings"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One place to go. `resource` and `action` together name the right it needs; without them it is open to all."""

    group: GroupKey | str
    label: Text
    url_name: str
    icon: str = ""
    resource: str = ""
    action: str = ""
    order: int = 100
    also: tuple[str, ...] = ()  # further addresses whose pages belong here

    @property
    def right(self) -> str:
        return ".".join(part for part in (self.resource, self.action) if part)


@dataclass(frozen=True, slots=True)
class Place:
    """An item as the frame draws it for one request."""

    label: Text
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A group with the places in it that this viewer may use; `current` marks where the viewer is."""

    key: str
    label: Text
    icon: str
    places: tuple[Place, ...]
    current: bool


_items: list[Item] = []
_account: list[Item] = []
_named: dict[str, str] = {}


def register(*items: Item) -> None:
    """Add items to the navigation; registering the same place twice keeps one."""
    known = {group.key for group in GROUPS}
    for item in items:
        if item.group not in known:
            raise ValueError(f"{item.group!r} is no group of the navigation; choose one of {', '.join(known)}.")
        if item not in _items:
            _items.append(item)


def register_search(url_name: str) -> None:
    """Name the view that answers the search box of the frame (`?q=`)."""
    _named["search"] = url_name


def register_account(*items: Item, sign_out: str) -> None:
    """Add the places of the person menu, and the view that signs a person out (by POST)."""
    _account.extend(item for item in items if item not in _account)
    _named["sign_out"] = sign_out


def search_url() -> str:
    """Return where the search box asks, or nothing while no room answers."""
    return _reverse(_named.get("search", ""))


def sign_out_url() -> str:
    """Return where the person menu signs out, or nothing while no room answers."""
    return _reverse(_named.get("sign_out", ""))


def account_places() -> list[Place]:
    """Return the places of the person menu."""
    return [Place(item.label, url, item.icon, current=False) for item in _account if (url := _reverse(item.url_name))]


def sections(*, viewer: Any, path: str) -> list[Section]:
    """Return the navigation of this viewer, empty groups left out, with the place of `path` marked."""
    offered = [(item, _reverse(item.url_name)) for item in sorted(_items, key=lambda item: item.order)]
    allowed = [(item, url) for item, url in offered if url and _may(viewer, item)]
    here = _closest(path, (place for item, url in allowed for place in (url, *item.also)))
    found = []
    for group in GROUPS:
        places = tuple(
            Place(item.label, url, item.icon or group.icon, here in (url, *item.also))
            for item, url in allowed
            if item.group == group.key
        )
        if places:
            found.append(Section(group.key, group.label, group.icon, places, any(place.current for place in places)))
    return found


def _closest(path: str, urls: Iterable[str]) -> str:
    """Return the registered address that `path` lies under, the longest if there are several."""
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=len, default="")


def _may(viewer: Any, item: Item) -> bool:
    """Ask the viewer for the right; before anybody has signed in only open items show."""
    if not item.right:
        return True
    ask = getattr(viewer, "may", None)
    return bool(ask is not None and ask(item.right))


def _reverse(url_name: str) -> str:
    """Return the address, or nothing if the room that registered it is not part of this installation's URLs."""
    try:
        return reverse(url_name) if url_name else ""
    except NoReverseMatch:
        return ""
