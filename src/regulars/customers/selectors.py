"""Reads of customers: who a viewer may see, and how one is found by phone, e-mail, card, other ids or name.

For the pages, the search box and the API. A viewer bound to stores sees the customers who are known there (D14).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, NoReturn

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.core import pii
from regulars.core.errors import DomainError, NotFoundError
from regulars.customers import identifiers
from regulars.customers.models import Customer, CustomerKey, CustomerStore, CustomerTag, Identifier, Note
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

CONTACT = "contact"  # under this purpose address and birthday are sealed
HOLDERS_MAX = 200  # a number that more customers share finds nobody in particular
_PLAIN_KINDS = (Identifier.Kind.CARD, Identifier.Kind.EXTERNAL, Identifier.Kind.OPENID)


class MergedError(DomainError):
    """The customer was merged into another one, whose number `merged_into` tells."""

    code: ClassVar[str] = "customer.merged"
    status_code: ClassVar[int] = 410


def list_customers(viewer: Viewer, action: str = "customer.list") -> QuerySet[Customer]:
    """Return the living customers that the viewer's scope for `action` covers: known in one of its stores, or at home."""
    living = Customer.objects.filter(merged_into=None)
    stores = viewer.scope(action).stores
    if stores is None:
        return living
    known = CustomerStore.objects.filter(store__in=stores).values("customer")
    at_home = Customer.objects.filter(home_store__in=stores).values("pk")
    return living.filter(pk__in=known.union(at_home))


def get_customer(viewer: Viewer, customer_id: int, action: str = "customer.read") -> Customer:
    """Return one customer, or refuse as if it were not there; a merged one tells whom it became."""
    found = list_customers(viewer, action).select_related("home_store").filter(pk=customer_id).first()
    return found if found is not None else _refuse_missing(viewer, customer_id, action)


def lock_customer(viewer: Viewer, customer_id: int, action: str) -> Customer:
    """Return one customer for writing: nobody else changes it until the transaction ends."""
    found = list_customers(viewer, action).select_for_update(of=("self",)).filter(pk=customer_id).first()
    return found if found is not None else _refuse_missing(viewer, customer_id, action)


def _refuse_missing(viewer: Viewer, customer_id: int, action: str) -> NoReturn:
    living = heir(viewer, customer_id, action)
    if living is None:
        raise NotFoundError
    raise MergedError(_("This customer is now customer %(id)s.") % {"id": living}, merged_into=living)


def heir(viewer: Viewer, customer_id: int, action: str = "customer.read") -> int | None:
    """Return whom a merged customer became, if the viewer may see that one."""
    gone = Customer.objects.filter(pk=customer_id).exclude(merged_into=None).values("merged_into")
    return list_customers(viewer, action).filter(pk__in=gone).values_list("pk", flat=True).first()


def same_person(customer_id: int) -> list[int]:
    """Return the ids under which facts of this customer stand: its own, then those of the cards that became it."""
    return [
        customer_id,
        *Customer.objects.filter(merged_into=customer_id).order_by("pk").values_list("pk", flat=True),
    ]


def search(rows: QuerySet[Customer], words: str, *, masked: bool) -> QuerySet[Customer]:
    """Return the rows whose name holds `words`, or who hold the phone, e-mail, card or other id that `words` is.

    Whoever sees the whole of cards and ids finds them by their beginning too; for everybody else a beginning would tell
    what is masked.
    """
    holders = _holders(words, masked=masked)
    by_name = Q(name__icontains=words) if len(words) > 2 else Q(name__istartswith=words)  # a trigram needs three signs
    return rows.filter(by_name | Q(pk__in=holders)) if holders else rows.filter(by_name)


def exact_holders(words: str) -> list[int]:
    """Return the living customers who hold just this phone, e-mail, card or other id."""
    return _holders(words, masked=True)


def _holders(words: str, *, masked: bool) -> list[int]:
    wanted = _as_contact(words) | Q(kind__in=_PLAIN_KINDS, value__iexact=_as_card(words))
    wanted |= Q(kind__in=_PLAIN_KINDS, value__iexact=words.strip())
    if not masked and len(words.strip()) > 1:
        wanted |= Q(kind__in=_PLAIN_KINDS, value__istartswith=words.strip())
    found = (
        Identifier.objects.filter(wanted, valid_to=None)
        .order_by()
        .values_list("customer_id", "customer__merged_into_id")[:HOLDERS_MAX]
    )
    return list(dict.fromkeys(living or holder for holder, living in found))


def _as_contact(words: str) -> Q:
    """Return the condition for a phone number or mail address, which can only be found whole."""
    country = get_company().country
    condition = Q(pk__in=())
    for kind in ("phone", "email"):
        normal = identifiers.normalize(kind, words, country=country)
        if isinstance(normal, str):
            condition |= Q(kind=kind, namespace="", digest=pii.digest(kind, normal))
    return condition


def _as_card(words: str) -> str:
    normal = identifiers.normalize("card", words, country="")
    return normal if isinstance(normal, str) else words


def list_identifiers(customer_ids: Iterable[int]) -> QuerySet[Identifier]:
    """Return what these customers are recognized by now, contact data first."""
    return Identifier.objects.filter(customer__in=customer_ids, valid_to=None).order_by("-kind", "pk")


def list_tags(customer_ids: Iterable[int], *, now: datetime) -> QuerySet[CustomerTag]:
    """Return the tags in force."""
    return (
        CustomerTag.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), customer__in=customer_ids, removed_at=None)
        .select_related("tag")
        .order_by("tag__name")
    )


def list_notes(viewer: Viewer, customer_ids: Iterable[int], *, action: str = "customer.read") -> QuerySet[Note]:
    """Return the notes that the viewer may read: those of the own stores and those of head office."""
    notes = Note.objects.filter(customer__in=customer_ids, removed_at=None)
    stores = viewer.scope(action).stores
    return notes if stores is None else notes.filter(Q(store=None) | Q(store__in=stores))


def data_keys(customer_ids: Iterable[int]) -> dict[int, pii.DataKey]:
    """Return the keys that open what is sealed; an erased customer has none."""
    found = CustomerKey.objects.filter(pk__in=customer_ids)
    return {key.pk: pii.unwrap(bytes(key.wrapped)) for key in found}


def open_identifier(held: Identifier, keys: Mapping[int, pii.DataKey]) -> str:
    """Return the whole value of an identifier, or nothing where its key was destroyed."""
    if held.sealed is None:
        return held.value
    key = keys.get(held.customer_id)
    return pii.open_sealed(key, bytes(held.sealed), purpose=held.kind) if key is not None else ""


def open_contact(customer: Customer, keys: Mapping[int, pii.DataKey]) -> dict[str, str]:
    """Return address and birthday, as far as they are known and can be opened."""
    key = keys.get(customer.pk)
    if key is None or customer.sealed is None:
        return {}
    opened: dict[str, str] = json.loads(pii.open_sealed(key, bytes(customer.sealed), purpose=CONTACT))
    return opened


def store_of(viewer: Viewer, customer: Customer, action: str) -> int | None:
    """Return the store for which the viewer acts on this customer; None for head office."""
    stores = viewer.scope(action).stores
    if stores is None:
        return None
    if customer.home_store_id in stores:
        return customer.home_store_id
    known = CustomerStore.objects.filter(customer=customer, store__in=stores).order_by("since", "pk")
    return known.values_list("store_id", flat=True).first() or min(stores)


def known_namespaces(kind: str) -> list[str]:
    """Return who issues identifiers of this kind; walks the index from one issuer to the next."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMESPACES, {"kind": kind})
        return [row[0] for row in cursor.fetchall()]


_NAMESPACES = """
WITH RECURSIVE issuer (namespace) AS (
    (SELECT namespace FROM customers_identifier WHERE kind = %(kind)s AND valid_to IS NULL ORDER BY namespace LIMIT 1)
    UNION ALL
    SELECT (SELECT i.namespace FROM customers_identifier i
            WHERE i.kind = %(kind)s AND i.valid_to IS NULL AND i.namespace > issuer.namespace
            ORDER BY i.namespace LIMIT 1)
    FROM issuer WHERE issuer.namespace IS NOT NULL
)
SELECT namespace FROM issuer WHERE namespace IS NOT NULL AND namespace <> '' LIMIT 50
"""
