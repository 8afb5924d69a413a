"""The pages of the design system are for signed-in staff: `client` is one of them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.organization import factories


@pytest.fixture
def client(db: None) -> Client:
    signed_in = Client()
    signed_in.force_login(factories.person("admin"), backend="django.contrib.auth.backends.ModelBackend")
    return signed_in
