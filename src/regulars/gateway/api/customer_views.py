"""Customers as the API shows them: only those in the caller's scope, contact data masked where the role says so (D9,
P59).

For `resources/customers.py`. A caller bound to stores sees the customers who are known there. Six queries a page.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from regulars.core import pii
from regulars.customers import identifiers
from regulars.customers.models import Customer, CustomerKey, CustomerStore, CustomerTag, CustomField, Identifier
from regulars.customers.services import recognition
from regulars.customers.services.writing import PROFILE
from regulars.gateway.api.shapes.customers import CustomerOut, IdentifierOut, LookUp
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

_SEALED_PURPOSE = "contact"


def visible(viewer: Viewer, action: str) -> QuerySet[Customer]:
    """Return the living customers that the viewer's scope for `action` covers."""
    rows = Customer.objects.filter(merged_into=None).select_related("home_store")
    scope = viewer.scope(action)
    if scope.stores is None:
        return rows
    return rows.filter(Exists(CustomerStore.objects.filter(customer=OuterRef("pk"), store__in=scope.stores)))


def find(named: LookUp, viewer: Viewer) -> Customer | None:
    """Return the customer who holds this identifier now, if the viewer may look that one up."""
    normal = identifiers.normalize(named.kind, named.value, country=get_company().country)
    if isinstance(normal, identifiers.Fault):
        return None
    space = recognition.scoped(named.kind, named.namespace, viewer.source)
    holders = Identifier.objects.filter(kind=named.kind, namespace=space, digest=pii.digest(named.kind, normal), valid_to=None)
    return visible(viewer, "customer.lookup").filter(pk__in=holders.values("customer")).first()


def show(customers: Iterable[Customer], *, masked: bool) -> list[CustomerOut]:
    """Return customers with what belongs to them."""
    customers = list(customers)
    ids = [customer.pk for customer in customers]
    keys = {} if masked else {it.pk: pii.unwrap(bytes(it.wrapped)) for it in CustomerKey.objects.filter(pk__in=ids)}
    held = _by_customer(Identifier.objects.filter(customer__in=ids, valid_to=None).order_by("kind", "id"))
    tags = _by_customer(CustomerTag.objects.filter(customer__in=ids, removed_at=None).select_related("tag"))
    personal = set(CustomField.objects.filter(is_personal=True).values_list("key", flat=True)) if masked else set()
    return [
        _customer(it, key=keys.get(it.pk), held=held[it.pk], tags=tags[it.pk], personal=personal, masked=masked)
        for it in customers
    ]


def _customer(
    customer: Customer,
    *,
    key: pii.DataKey | None,
    held: list[Identifier],
    tags: list[CustomerTag],
    personal: set[str],
    masked: bool,
) -> CustomerOut:
    contact = _contact(customer, key)
    return CustomerOut(
        id=customer.pk,
        birth_date=contact.get("birth_date"),
        address=contact.get("address"),
        **{name: getattr(customer, name) for name in PROFILE},
        custom={name: it["value"] for name, it in customer.custom.items() if name not in personal},
        home_store=customer.home_store.code if customer.home_store else None,
        joined_on=customer.joined_on,
        identifiers=[_identifier(it, key=key, masked=masked) for it in held],
        tags=sorted(it.tag.name for it in tags),
        completeness=customer.completeness,
        is_masked=masked,
        source=customer.source,
        created_at=customer.created_at,
        updated_at=customer.updated_at,
    )


def _contact(customer: Customer, key: pii.DataKey | None) -> dict[str, str]:
    if key is None or customer.sealed is None:
        return {}
    opened: dict[str, str] = json.loads(pii.open_sealed(key, bytes(customer.sealed), purpose=_SEALED_PURPOSE))
    return opened


def _identifier(held: Identifier, *, key: pii.DataKey | None, masked: bool) -> IdentifierOut:
    value: str | None = None
    if not masked:
        value = held.value or None
        if key is not None and held.sealed is not None:
            value = pii.open_sealed(key, bytes(held.sealed), purpose=held.kind)
    return IdentifierOut(
        kind=held.kind,
        namespace=held.namespace,
        value=value,
        hint=held.hint,
        verified=held.verified_at is not None,
        source=held.source,
    )


def value_of(held: Identifier) -> str:
    """Return the whole value of an identifier, opened if it is sealed."""
    if held.sealed is None:
        return held.value
    key = pii.unwrap(bytes(CustomerKey.objects.get(pk=held.customer_id).wrapped))
    return pii.open_sealed(key, bytes(held.sealed), purpose=held.kind)


def _by_customer(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found
