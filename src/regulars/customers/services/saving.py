"""Save many customers at once, from a file or the REST API: find who is known, make who is not, never lose what is there.

Rows that share an identifier are one customer; later rows and later files add to earlier ones. A row whose identifiers belong
to several customers is refused: joining people is a decision (identity), not a side effect of a file.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db import transaction

from regulars.core import bulk, pii
from regulars.core.errors import Problem
from regulars.core.outcomes import SaveOutcome
from regulars.customers import identifiers
from regulars.customers.models import Customer
from regulars.customers.services import recognition, writing
from regulars.customers.services.writing import PROFILE, SEALED, Person
from regulars.organization.access import Scope, Viewer
from regulars.organization.company import get_company

CUSTOMERS = pa.schema(
    [("row", pa.int64())]
    + [(name, pa.string()) for name in ("external_id", "namespace", "phone", "email", "card")]
    + [(name, pa.string()) for name in PROFILE]
    + [(name, pa.string()) for name in SEALED]  # birth_date as 1986-05-04 or --05-04 without a year
    + [("home_store", pa.string()), ("joined_on", pa.date32()), ("custom", pa.string()), ("tags", pa.string())]
)
LENGTHS = {field.name: field.max_length or 0 for field in Customer._meta.fields if field.name in PROFILE}
_ATTEMPTS_MAX = 5
_CHOICES = ("kind", "gender")  # what is none of the choices needs no second fault for its length
_IDENTIFIERS = (("external_id", "external"), ("phone", "phone"), ("email", "email"), ("card", "card"))


def save_customers(
    table: pa.Table, *, source: str, now: datetime, viewer: Viewer, action: str = "customer.edit"
) -> SaveOutcome:
    """Create or update customers (columns: `CUSTOMERS`), recognized by any of their identifiers.

    A null says nothing and changes nothing. `action` is the right under which the viewer writes. Where another process
    makes the same new customer at the same moment, one of them looks again and finds the other's.
    """
    scope = viewer.scope(action)
    complete = bulk.complete(table, CUSTOMERS)
    for attempt in range(_ATTEMPTS_MAX):
        try:
            with transaction.atomic():
                return _save(complete, scope, source=source, now=now, viewer=viewer)
        except writing.TakenMeanwhileError:
            if attempt == _ATTEMPTS_MAX - 1:
                raise
    raise AssertionError


def _save(table: pa.Table, scope: Scope, *, source: str, now: datetime, viewer: Viewer) -> SaveOutcome:
    outcome = SaveOutcome()
    people = _read(table, source, outcome)
    _find_known(people, scope, outcome)
    people = [person for person in people if person.rows]
    stores = _stores(people, scope.stores, outcome)
    people = [person for person in people if person.rows]
    writing.write_people(people, stores=stores, outcome=outcome, source=source, now=now, viewer=viewer)
    return outcome


def _read(table: pa.Table, source: str, outcome: SaveOutcome) -> list[Person]:
    """Return the people that the rows tell of; rows that share an identifier are one person."""
    country = get_company().country
    holder: dict[tuple[str, str, bytes], Person] = {}
    people: list[Person] = []
    for row in table.to_pylist():
        found, faults = _identifiers(row, country, source)
        faults += _row_faults(row)
        if not found and not faults:
            faults.append(Problem(row["row"], "external_id", "identifier.missing", "Give a phone, e-mail, card or id."))
        if faults:
            outcome.problems += faults
            continue
        same = list({id(holder[key]): holder[key] for key in found if key in holder}.values())
        person = same[0] if same else Person()
        for other in same[1:]:  # this row ties together people whom earlier rows kept apart
            person.add(other)
            people.remove(other)
        if not same:
            people.append(person)
        person.rows.append(row["row"])
        person.said |= {key: value for key, value in row.items() if value not in (None, "")}
        person.identifiers |= found
        holder |= dict.fromkeys(person.identifiers, person)
    return people


def _identifiers(row: dict[str, Any], country: str, source: str) -> tuple[dict[tuple[str, str, bytes], str], list[Problem]]:
    found: dict[tuple[str, str, bytes], str] = {}
    faults = []
    for column, kind in _IDENTIFIERS:
        if not row[column]:
            continue
        normal = identifiers.normalize(kind, row[column], country=country)
        if isinstance(normal, identifiers.Fault):
            faults.append(Problem(row["row"], column, normal.code, normal.message))
        else:
            space = recognition.scoped(kind, row["namespace"] or "", source)
            found[kind, space, pii.digest(kind, normal)] = normal
    return found, faults


def _row_faults(row: dict[str, Any]) -> list[Problem]:
    faults = []
    if row["gender"] not in (None, "", "F", "M", "X"):
        faults.append(Problem(row["row"], "gender", "choice.unknown", "gender is F, M or X."))
    if row["kind"] not in (None, "", "person", "household", "company"):
        faults.append(Problem(row["row"], "kind", "choice.unknown", "kind is person, household or company."))
    if row["birth_date"]:
        try:
            date.fromisoformat(row["birth_date"].replace("--", "2000-", 1))
        except ValueError:
            faults.append(Problem(row["row"], "birth_date", "date.invalid", "Write the birthday as 1986-05-04."))
    return faults + [
        Problem(row["row"], name, "text.too_long", f"At most {LENGTHS[name]} characters.")
        for name in PROFILE
        if name not in _CHOICES and row[name] and len(row[name]) > LENGTHS[name]
    ]


def _find_known(people: list[Person], scope: Scope, outcome: SaveOutcome) -> None:
    """Give each person its customer; take out those whose identifiers belong to several, or to one of other stores."""
    wanted = [(kind, space, "", digest) for person in people for kind, space, digest in person.identifiers]
    known = recognition.find(wanted) if wanted else {}
    theirs = _elsewhere(set(known.values()), scope)
    holder: dict[int, Person] = {}
    for person in people:
        customers = {known[key] for key in person.identifiers if key in known}
        if len(customers) > 1:
            message = f"These identifiers belong to {len(customers)} customers; merge them first or mend the row."
            _refuse(person, "identifier.ambiguous", message, outcome)
        elif customers & theirs:
            _refuse(
                person, "identifier.elsewhere", "This customer belongs to other stores; head office can import it.", outcome
            )
        elif customers:
            person.customer_id = customers.pop()
            first = holder.setdefault(person.customer_id, person)
            if first is not person:  # told apart in the file, one customer for us
                first.add(person)
                person.rows = []


def _elsewhere(customers: set[int], scope: Scope) -> set[int]:
    """Return which of `customers` nobody in the scope has ever met."""
    if scope.stores is None:
        return set()
    met = bulk.fetch(
        "SELECT customer_id FROM customers_customerstore WHERE customer_id = ANY (%(ids)s) AND store_id = ANY (%(stores)s)",
        {"ids": list(customers), "stores": list(scope.stores)},
    )
    return customers - {row[0] for row in met}


def _refuse(person: Person, code: str, message: str, outcome: SaveOutcome, *, column: str | None = None) -> None:
    outcome.problems += [Problem(row, column, code, message) for row in person.rows]
    person.rows = []


def _stores(people: list[Person], allowed: frozenset[int] | None, outcome: SaveOutcome) -> dict[str, int]:
    """Return code → id of the home stores, taking out people of stores that the viewer does not know."""
    codes = {person.said["home_store"] for person in people if "home_store" in person.said}
    known = dict(bulk.fetch("SELECT code, id FROM organization_store WHERE code = ANY (%(codes)s)", {"codes": list(codes)}))
    if allowed is not None:
        known = {code: store for code, store in known.items() if store in allowed}
    for person in people:
        code = person.said.get("home_store")
        if code is not None and code not in known:
            _refuse(person, "store.unknown", f"There is no store {code} for you.", outcome, column="home_store")
    return known
