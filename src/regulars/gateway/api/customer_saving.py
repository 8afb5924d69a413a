"""Hands customers from the API to the customers room, and keeps callers inside their scope.

For `resources/customers.py`. Creating never changes somebody who is known already: whose identifier it is, is not
told, and the profile of a customer of another store is nobody's to overwrite.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction

from regulars.core import pii
from regulars.core.errors import DomainError, InvalidInputError, NotFoundError, Problem
from regulars.core.outcomes import SaveOutcome
from regulars.customers import identifiers
from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomField, Identifier
from regulars.customers.services import recognition
from regulars.gateway.api import customer_views, saving
from regulars.gateway.api.shapes.customers import CustomerIn, CustomerPatch, ProfileFields
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.models import Store

AMBIGUOUS = "identifier.ambiguous"
_COLUMNS = {"phone": "phone", "email": "email", "card": "card", "external": "external_id"}


class IdentifierTakenError(DomainError):
    """Somebody is known by one of these identifiers already."""

    code = "identifier.taken"


class NoIdentifierError(DomainError):
    """The customer has no identifier left by which it could be changed."""

    code = "customer.no_identifier"


class HomeStoreNeededError(InvalidInputError):
    """The caller works for several stores and must say which one the customer belongs to."""

    code = "field.missing"


@transaction.atomic
def create(customer: CustomerIn, *, viewer: Viewer, now: datetime) -> int:
    """Create one customer and return the id; refuse if anybody is known by one of the identifiers."""
    outcome, ids = _save({1: customer}, viewer=viewer, now=now)
    taken = [problem for problem in outcome.problems if problem.code == AMBIGUOUS]
    saving.refuse_faults(problem for problem in outcome.problems if problem not in taken)
    if taken or outcome.created != 1 or ids.get(1) != outcome.changes[0].object_id:
        raise IdentifierTakenError("A customer is known by one of these identifiers. Look the customer up instead.")
    return ids[1]


@transaction.atomic
def change(customer: Customer, changes: CustomerPatch, *, viewer: Viewer, now: datetime) -> None:
    """Change the profile of one customer."""
    held = Identifier.objects.filter(customer=customer, valid_to=None, kind__in=_COLUMNS).order_by("id").first()
    if held is None:
        raise NoIdentifierError("This customer has no phone, e-mail, card or external id to be changed by.")
    named = {_COLUMNS[held.kind]: customer_views.value_of(held), "namespace": held.namespace or None}
    _refuse_foreign([changes], viewer)
    saving.refuse_faults(_custom_faults({1: changes}))
    row = _row(changes) | named | {"row": 1}
    outcome = _to_room([row], viewer=viewer, now=now)
    saving.refuse_faults(outcome.problems)


@transaction.atomic
def save_many(rows: Mapping[int, CustomerIn], *, viewer: Viewer, now: datetime) -> tuple[SaveOutcome, dict[int, int]]:
    """Create or change customers by line; return the outcome and the id that each saved line has.

    A line about somebody, or some store, outside the caller's scope refuses them all.
    """
    known = _ids(rows, viewer)
    seen = customer_views.visible(viewer, "customer.edit").filter(pk__in=known.values())
    if seen.count() < len(set(known.values())):
        raise NotFoundError
    return _save(rows, viewer=viewer, now=now)


def _save(rows: Mapping[int, CustomerIn], *, viewer: Viewer, now: datetime) -> tuple[SaveOutcome, dict[int, int]]:
    _refuse_foreign(rows.values(), viewer)
    faults = _custom_faults(rows)
    wrong = {fault.row for fault in faults}
    good = {line: row for line, row in rows.items() if line not in wrong}
    known, home = _ids(good, viewer), _home_store(viewer)
    table = [_row(row, home_store=None if line in known else home) | _named(row) | {"row": line} for line, row in good.items()]
    outcome = _to_room(table, viewer=viewer, now=now)
    refused = {problem.row for problem in outcome.problems}
    ids = _ids({line: row for line, row in good.items() if line not in refused}, viewer)
    lost = good.keys() - refused - ids.keys()
    outcome.problems += faults
    outcome.problems += [Problem(line, None, AMBIGUOUS, "These identifiers belong to several customers.") for line in lost]
    return outcome, ids


def _to_room(rows: list[dict[str, Any]], *, viewer: Viewer, now: datetime) -> SaveOutcome:
    table = pa.Table.from_pylist(rows, customers.CUSTOMERS)
    return customers.save_customers(table, source=viewer.source, now=now, viewer=viewer)


def _row(said: ProfileFields, *, home_store: str | None = None) -> dict[str, Any]:
    """Return the profile as the customers room's flat row."""
    row = {name: value for name, value in said.model_dump().items() if value is not None}
    if home_store is not None:
        row.setdefault("home_store", home_store)
    if "custom" in row:
        row["custom"] = json.dumps(row["custom"])
    if "tags" in row:
        row["tags"] = ",".join(row["tags"])
    return row


def _named(customer: CustomerIn) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in (*_COLUMNS.values(), "namespace")}


def _ids(rows: Mapping[int, CustomerIn], viewer: Viewer) -> dict[int, int]:
    """Return the customer of each line whose identifiers all belong to one."""
    keys = {line: list(_keys(row, viewer)) for line, row in rows.items()}
    wanted = [(kind, space, "", digest) for found in keys.values() for kind, space, digest in found]
    known = recognition.find(wanted) if wanted else {}
    holders = {line: {known.get(key) for key in found} for line, found in keys.items()}
    return {line: id for line, ids in holders.items() if len(ids) == 1 and (id := next(iter(ids))) is not None}


def _keys(customer: CustomerIn, viewer: Viewer) -> Iterable[tuple[str, str, bytes]]:
    country = get_company().country
    for kind, column in _COLUMNS.items():
        if (value := getattr(customer, column)) is not None:
            normal = identifiers.normalize(kind, value, country=country)
            if isinstance(normal, str):
                yield kind, recognition.scoped(kind, customer.namespace or "", viewer.source), pii.digest(kind, normal)


def _home_store(viewer: Viewer) -> str | None:
    """Return the store of a caller who has one: its new customers are known there."""
    scope = viewer.scope("customer.edit")
    if scope.stores is None or len(scope.stores) != 1:
        return None
    return Store.objects.values_list("code", flat=True).get(pk__in=scope.stores)


def _refuse_foreign(rows: Iterable[ProfileFields], viewer: Viewer) -> None:
    """Refuse tags without their right, and home stores that are not the caller's: they look missing."""
    rows = list(rows)
    if any(row.tags for row in rows):
        viewer.require("customer.annotate")
    scope = viewer.scope("customer.edit")
    codes = {row.home_store for row in rows} - {None}
    if scope.stores is None:
        return
    if codes and Store.objects.filter(code__in=codes, pk__in=scope.stores).count() < len(codes):
        raise NotFoundError
    if len(scope.stores) != 1 and any(isinstance(row, CustomerIn) and row.home_store is None for row in rows):
        raise HomeStoreNeededError("Say in which of your stores the customer is at home.", field="home_store")


def _custom_faults(rows: Mapping[int, ProfileFields]) -> list[Problem]:
    asked = {name for row in rows.values() for name in row.custom or {}}
    known = set(CustomField.objects.filter(key__in=asked).values_list("key", flat=True)) if asked else set()
    return [
        Problem(line, f"custom.{name}", "custom.unknown", "There is no such custom field.")
        for line, row in rows.items()
        for name in row.custom or {}
        if name not in known
    ]
