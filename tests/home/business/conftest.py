"""The small invented shop: its lake once per run, and its stores, products and customers in PostgreSQL for every test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from regulars.catalog.models import Category, Product
from regulars.insight.lake.storage import Lake
from regulars.organization.models import Company, Region, Store
from tests.engines import small_shop
from tests.organization.factories import NOW, person

Signed = Callable[..., Client]


@pytest.fixture(scope="session")
def shop_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "lake"
    small_shop.write(Lake(str(folder)))
    return folder


@pytest.fixture(autouse=True)
def shop(db: None, shop_lake: Path, settings: Any) -> None:
    """Regions 1 › 2; stores 1 and 2 in the first, 3 in the second."""
    settings.LAKE_URL = str(shop_lake)
    Company.objects.create(pk=1, name="North", currency="USD", timezone="America/New_York", country="US")
    east = Region.objects.create(pk=1, code="E", name="East")
    north = Region.objects.create(pk=2, code="N", name="North", parent=east)
    for number, region in ((1, east), (2, east), (3, north)):
        Store.objects.create(
            pk=number, code=f"S{number}", name=f"Store {number}", region=region, timezone="America/New_York", currency="USD",
            latitude=40 + number, longitude=-70.0,
        )  # fmt: skip
    with connection.cursor() as cursor:  # products that tests sell get numbers of their own
        cursor.execute("SELECT setval(pg_get_serial_sequence('catalog_product', 'id'), 1000)")
    food = Category.objects.create(pk=1, path="FOOD", name="FOOD", level=1)
    bread = Category.objects.create(pk=2, path="FOOD / BREAD", name="BREAD", level=2, parent=food)
    for number in range(1, 8):
        Product.objects.create(
            pk=number, sku=f"P{number}", name=f"Product {number}", category=bread if number < 3 else None,
            cost_amount=4242, created_at=NOW, updated_at=NOW, is_placeholder=number == 7,
        )  # fmt: skip


@pytest.fixture
def signed() -> Signed:
    def sign_in(role: str | None = "analyst", *, store: int | None = None, region: int | None = None) -> Client:
        place = {"store": Store.objects.get(pk=store)} if store else {}
        place |= {"region": Region.objects.get(pk=region)} if region else {}
        client = Client()
        client.force_login(person(role, **place))
        return client

    return sign_in
