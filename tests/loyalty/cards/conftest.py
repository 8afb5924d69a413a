"""A Chinese company with two stores, for every test of this room that has a database."""

from __future__ import annotations

import pytest

from regulars.organization.models import Company, Store
from tests.organization import factories as places


@pytest.fixture(autouse=True)
def company(request: pytest.FixtureRequest) -> Company | None:
    marked = request.node.get_closest_marker("django_db")
    if marked is None:
        return None
    request.getfixturevalue("transactional_db" if marked.kwargs.get("transaction") else "db")
    made = Company.objects.create(pk=1, name="East Wind", currency="CNY", timezone="Asia/Shanghai", country="CN")
    places.store(code="SH-1", name="Nanjing Road", timezone="Asia/Shanghai", currency="CNY")
    places.store(code="SH-2", name="Xujiahui", timezone="Asia/Shanghai", currency="CNY")
    return made


@pytest.fixture
def here(company: Company) -> Store:
    return Store.objects.get(code="SH-1")


@pytest.fixture
def there(company: Company) -> Store:
    return Store.objects.get(code="SH-2")
