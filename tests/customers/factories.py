"""Customers, tags and viewers with good defaults. Ana buys weekly, Ben lapsed, the card 88001234 has no name yet."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from regulars.core.outcomes import SaveOutcome
from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerStore, Tag
from regulars.organization import access
from regulars.organization.models import Company, Store
from tests.organization.factories import NOW, store, viewer

SYSTEM = access.system()
PHONE = "+12025550123"

__all__ = ["NOW", "PHONE", "SYSTEM", "ana", "card", "company", "save", "store", "tag", "viewer"]


def company() -> Company:
    return Company.objects.create(pk=1, name="North", currency="USD", timezone="America/New_York", country="US")


def ana(*, home: Store | None = None, **values: Any) -> Customer:
    given = [customers.Given("phone", PHONE), customers.Given("email", "ana@example.test")]
    values = {"name": "Ana Lopez", "home_store": home} | values
    return customers.create_customer(values, identifiers=given, viewer=SYSTEM, now=NOW)


def card(number: str = "88001234", *, source: str = "till", at: Store | None = None) -> Customer:
    (pk,) = customers.recognize([("card", "", number)], source=source, now=NOW).values()
    if at is not None:
        CustomerStore.objects.create(customer_id=pk, store=at, since=NOW)
    return Customer.objects.get(pk=pk)


def tag(name: str = "wine club", **fields: Any) -> Tag:
    return Tag.objects.create(name=name, **fields)


def save(*rows: dict[str, Any], source: str = "shop", viewer: access.Viewer = SYSTEM) -> SaveOutcome:
    numbered = [{"row": number} | row for number, row in enumerate(rows, start=1)]
    return customers.save_customers(pa.Table.from_pylist(numbered, customers.CUSTOMERS), source=source, now=NOW, viewer=viewer)
