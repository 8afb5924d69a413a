"""Customers as the API shows them: contact data masked where the role says so (D9, P59). Seven queries a page.

For `resources/customers.py`. Who is shown at all, the customers room decides by the caller's scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from regulars.core import pii
from regulars.customers import identifiers, selectors
from regulars.customers.models import Customer, CustomField, Identifier
from regulars.customers.services import recognition
from regulars.customers.services.writing import PROFILE
from regulars.gateway.api.shapes.customers import CustomerOut, IdentifierOut, LookUp
from regulars.organization.access import Viewer
from regulars.organization.company import get_company


def find(named: LookUp, viewer: Viewer) -> Customer | None:
    """Return the living customer who is known by this identifier, if the caller may look that one up."""
    normal = identifiers.normalize(named.kind, named.value, country=get_company().country)
    if isinstance(normal, identifiers.Fault):
        return None
    space = recognition.scoped(named.kind, named.namespace, viewer.source)
    key = (named.kind, space, pii.digest(named.kind, normal))
    holder = recognition.find([(named.kind, space, normal, key[2])]).get(key)
    seen = selectors.list_customers(viewer, "customer.lookup").select_related("home_store")
    return seen.filter(pk=holder).first() if holder is not None else None


def show(customers: Iterable[Customer], *, masked: bool, now: datetime) -> list[CustomerOut]:
    """Return customers (with `home_store` selected) with what belongs to them, and to the cards that became them."""
    customers = list(customers)
    ids = [customer.pk for customer in customers]
    heirs = dict.fromkeys(ids) | dict(
        Customer.objects.filter(merged_into__in=ids).order_by("pk").values_list("pk", "merged_into")
    )
    keys = {} if masked else selectors.data_keys(heirs)
    held = _by_customer(selectors.list_identifiers(heirs), heirs)
    tags = _by_customer(selectors.list_tags(ids, now=now), heirs)
    personal = set(CustomField.objects.filter(is_personal=True).values_list("key", flat=True)) if masked else set()
    return [
        CustomerOut(
            id=it.pk,
            **{name: getattr(it, name) for name in PROFILE},
            birth_date=(contact := selectors.open_contact(it, keys)).get("birth_date"),
            address=contact.get("address"),
            custom={name: kept["value"] for name, kept in it.custom.items() if name not in personal},
            home_store=it.home_store.code if it.home_store else None,
            joined_on=it.joined_on,
            identifiers=[_identifier(one, keys=keys, masked=masked) for one in held[it.pk]],
            tags=sorted(one.tag.name for one in tags[it.pk]),
            completeness=it.completeness,
            is_masked=masked,
            source=it.source,
            created_at=it.created_at,
            updated_at=it.updated_at,
        )
        for it in customers
    ]


def _identifier(held: Identifier, *, keys: Mapping[int, pii.DataKey], masked: bool) -> IdentifierOut:
    return IdentifierOut(
        kind=held.kind,
        namespace=held.namespace,
        value=None if masked else selectors.open_identifier(held, keys) or None,
        hint=held.hint,
        verified=held.verified_at is not None,
        source=held.source,
    )


def _by_customer(rows: Iterable[Any], heirs: Mapping[int, int | None]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[heirs[row.customer_id] or row.customer_id].append(row)
    return found
