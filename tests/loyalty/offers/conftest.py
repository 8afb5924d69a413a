"""A company with one store and two customers for every test of this room that has a database."""

from __future__ import annotations

import pytest

from regulars.customers.models import Customer
from regulars.organization.models import Store
from tests.customers import factories as people
from tests.organization import factories as places


@pytest.fixture(autouse=True)
def store(request: pytest.FixtureRequest) -> Store | None:
    marked = request.node.get_closest_marker("django_db")
    if marked is None:
        return None
    request.getfixturevalue("transactional_db" if marked.kwargs.get("transaction") else "db")
    people.company()
    return places.store(code="N1", name="North")


@pytest.fixture
def ana(store: Store) -> Customer:
    return people.ana()


@pytest.fixture
def ben(store: Store) -> Customer:
    return people.card("7700")
