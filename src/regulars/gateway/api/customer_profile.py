"""Opens and changes one customer for the API, with the same verbs that people at the screen use.

For `resources/customers.py`. Creating never changes somebody who is known already; whose identifier it is, is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.customers import services as customers
from regulars.customers.models import Customer, Tag
from regulars.gateway.api.shapes.customers import CustomerIn, CustomerPatch, ProfileFields
from regulars.organization.access import Viewer
from regulars.organization.models import Store

# Our fields that name an identifier → its kind.
IDENTIFIERS = {"phone": "phone", "email": "email", "card": "card", "external_id": "external"}
_NOT_PROFILE = {"tags", "namespace", *IDENTIFIERS}


class IdentifierMissingError(InvalidInputError):
    """A customer whom nothing identifies could never be found again."""

    code = "identifier.missing"


class HomeStoreNeededError(InvalidInputError):
    """The caller works for several stores and must say which one the customer belongs to."""

    code = "field.missing"


class TagUnknownError(InvalidInputError):
    """The company has no such tag."""

    code = "tag.unknown"


@transaction.atomic
def create(said: CustomerIn, *, viewer: Viewer, now: datetime) -> int:
    """Create one customer and return the id; refuse if anybody is known by one of the identifiers."""
    given = [
        customers.Given(kind=kind, value=value, namespace=said.namespace or "", field=name)
        for name, kind in IDENTIFIERS.items()
        if (value := getattr(said, name)) is not None
    ]
    if not given:
        raise IdentifierMissingError("Give a phone, e-mail, card or external_id.", field="phone")
    values = {"joined_through": ""} | _values(said, viewer)
    if "home_store" not in values:
        values["home_store"] = home_store(viewer)
    customer = customers.create_customer(values, identifiers=given, viewer=viewer, now=now)
    _tag(customer, said.tags or (), viewer=viewer, now=now)
    return customer.pk


@transaction.atomic
def change(customer_id: int, said: CustomerPatch, *, viewer: Viewer, now: datetime) -> None:
    """Change what the caller named and leave the rest; null and "" empty a field, tags are added."""
    customer = customers.edit_profile(customer_id, _values(said, viewer), viewer=viewer, now=now)
    _tag(customer, said.tags or (), viewer=viewer, now=now)


def home_store(viewer: Viewer) -> Store | None:
    """Return the store of a caller who has one, so that its new customers are known there."""
    scope = viewer.scope("customer.edit")
    if scope.stores is None:
        return None
    if len(scope.stores) != 1:
        raise HomeStoreNeededError("Say in which of your stores the customer is at home.", field="home_store")
    return Store.objects.get(pk__in=scope.stores)


def _values(said: ProfileFields, viewer: Viewer) -> dict[str, Any]:
    """Return what was said as the customers room takes it: stores as rows, custom values as text."""
    values = said.model_dump(exclude_unset=True, exclude=_NOT_PROFILE)
    if values.get("kind", "") is None:
        del values["kind"]  # there is no customer of no kind
    if values.get("home_store") is not None:
        values["home_store"] = _store(values["home_store"], viewer)
    if values.get("custom") is not None:
        values["custom"] = {key: plain(value) for key, value in values["custom"].items()}
    return values


def _store(code: str, viewer: Viewer) -> Store:
    store = viewer.restrict(Store.objects.filter(code=code), "customer.edit", store="pk").first()
    if store is None:
        raise NotFoundError
    return store


def plain(value: str | float) -> str:
    """Return a custom value as the customers room reads it.

    >>> plain(True), plain(2.5), plain("red")
    ('yes', '2.5', 'red')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _tag(customer: Customer, names: Iterable[str], *, viewer: Viewer, now: datetime) -> None:
    names = list(names)
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=names)} if names else {}
    for index, name in enumerate(names):
        viewer.require("customer.annotate")
        if name not in known:
            raise TagUnknownError("There is no such tag; add it under Customers → Tags.", field=f"tags[{index}]")
        customers.add_tag(customer.pk, known[name], reason=f"API: {viewer.label}"[:300], viewer=viewer, now=now)
