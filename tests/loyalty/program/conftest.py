"""A company with two stores, a program and a few products for every test of this room that has a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from regulars.organization.models import Company
from tests.customers import factories as people
from tests.organization import factories as places


@pytest.fixture(autouse=True)
def company(request: pytest.FixtureRequest) -> Company | None:
    marked = request.node.get_closest_marker("django_db")
    if marked is None:
        return None
    request.getfixturevalue("transactional_db" if marked.kwargs.get("transaction") else "db")
    made = people.company()
    places.store(code="N1", name="North")
    places.store(code="S1", name="South")
    return made


@pytest.fixture(autouse=True)
def two_days_later(request: pytest.FixtureRequest) -> Iterator[None]:
    """Pages read the clock: the points and holds of the story must not run out as the calendar goes on."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=True):
        yield
