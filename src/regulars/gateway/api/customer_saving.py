"""Hands many customers from the API to the customers room at once, and keeps the caller inside its scope.

For `resources/customers.py`. A line about a customer or a store outside the scope refuses them all, so that nobody can feel
around with phone numbers for whom another store knows, or overwrite them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import pyarrow as pa
from django.db import transaction

from regulars.core import pii
from regulars.core.errors import NotFoundError, Problem
from regulars.core.outcomes import SaveOutcome
from regulars.customers import identifiers, rules, selectors
from regulars.customers import services as customers
from regulars.customers.models import CustomField, Tag
from regulars.customers.services import recognition
from regulars.gateway.api import customer_profile
from regulars.gateway.api.shapes.customers import CustomerIn
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.models import Store

AMBIGUOUS = "identifier.ambiguous"


@transaction.atomic
def save_many(rows: Mapping[int, CustomerIn], *, viewer: Viewer, now: datetime) -> tuple[SaveOutcome, dict[int, int]]:
    """Create or change customers by line; return the outcome and the id that each saved line has."""
    _refuse_foreign(rows, viewer)
    faults = _faults(rows)
    wrong = {fault.row for fault in faults}
    good = {line: row for line, row in rows.items() if line not in wrong}
    outcome = customers.save_customers(_table(good, viewer), source=viewer.source, now=now, viewer=viewer)
    refused = {problem.row for problem in outcome.problems}
    ids = _ids({line: row for line, row in good.items() if line not in refused}, viewer)
    lost = good.keys() - refused - ids.keys()
    outcome.problems += faults
    outcome.problems += [Problem(line, None, AMBIGUOUS, "These identifiers belong to several customers.") for line in lost]
    return outcome, ids


def _refuse_foreign(rows: Mapping[int, CustomerIn], viewer: Viewer) -> None:
    if any(row.tags for row in rows.values()):
        viewer.require("customer.annotate")
    scope = viewer.scope("customer.edit")
    if scope.stores is None:
        return
    codes = {row.home_store for row in rows.values()} - {None}
    if codes and Store.objects.filter(code__in=codes, pk__in=scope.stores).count() < len(codes):
        raise NotFoundError
    known = set(_ids(rows, viewer).values())
    if selectors.list_customers(viewer, "customer.edit").filter(pk__in=known).count() < len(known):
        raise NotFoundError


def _table(rows: Mapping[int, CustomerIn], viewer: Viewer) -> pa.Table:
    """Return the room's flat rows; a new customer without a home store is at home in the caller's own."""
    known = _ids(rows, viewer)
    homeless = any(line not in known and row.home_store is None for line, row in rows.items())
    home = customer_profile.home_store(viewer) if homeless else None
    flat = []
    for line, row in rows.items():
        said = {name: value for name, value in row.model_dump().items() if value is not None} | {"row": line}
        if home is not None and line not in known:
            said.setdefault("home_store", home.code)
        if "custom" in said:
            said["custom"] = json.dumps(said["custom"])
        if "tags" in said:
            said["tags"] = ",".join(said["tags"])
        flat.append(said)
    return pa.Table.from_pylist(flat, customers.CUSTOMERS)


def _ids(rows: Mapping[int, CustomerIn], viewer: Viewer) -> dict[int, int]:
    """Return the customer of each line whose known identifiers all belong to one."""
    country = get_company().country
    keys = {line: list(_keys(row, viewer, country)) for line, row in rows.items()}
    wanted = [(kind, space, "", digest) for found in keys.values() for kind, space, digest in found]
    known = recognition.find(wanted) if wanted else {}
    holders = {line: {known[key] for key in found if key in known} for line, found in keys.items()}
    return {line: next(iter(ids)) for line, ids in holders.items() if len(ids) == 1}


def _keys(row: CustomerIn, viewer: Viewer, country: str) -> Iterable[tuple[str, str, bytes]]:
    for name, kind in customer_profile.IDENTIFIERS.items():
        if (value := getattr(row, name)) is not None:
            normal = identifiers.normalize(kind, value, country=country)
            if isinstance(normal, str):
                yield kind, recognition.scoped(kind, row.namespace or "", viewer.source), pii.digest(kind, normal)


def _faults(rows: Mapping[int, CustomerIn]) -> list[Problem]:
    """Return what is wrong with custom fields, and the tags that do not exist; a bulk call makes neither."""
    fields = {field.key: field for field in CustomField.objects.all()}
    tags = set(Tag.objects.values_list("name", flat=True))
    misfits = [
        Problem(line, f"custom.{name}", misfit.code, misfit.message)
        for line, row in rows.items()
        for name, value in (row.custom or {}).items()
        if (misfit := _misfit(fields.get(name), value)) is not None
    ]
    unknown_tags = [
        Problem(line, f"tags[{index}]", customer_profile.TagUnknownError.code, "There is no such tag.")
        for line, row in rows.items()
        for index, name in enumerate(row.tags or ())
        if name not in tags
    ]
    return misfits + unknown_tags


def _misfit(field: CustomField | None, value: str | float) -> rules.Misfit | None:
    if field is None:
        return rules.Misfit("custom.unknown", "There is no such custom field.")
    kept = rules.custom_value(field.type, customer_profile.plain(value), choices=field.choices)
    return kept if isinstance(kept, rules.Misfit) else None
