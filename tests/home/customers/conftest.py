"""A company, and clients that are signed in as somebody of the staff."""

from __future__ import annotations

import pytest

from regulars.organization.models import Company
from tests.customers import factories


@pytest.fixture(autouse=True)
def company(db) -> Company:
    return factories.company()
