"""Pages of lists: every row once, in order, whatever comes in between."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.catalog.models import Product
from tests.gateway.api.conftest import NOW, results, sale

pytestmark = pytest.mark.django_db


def add_product(sku: str) -> None:
    Product.objects.create(sku=sku, name=sku, created_at=NOW, updated_at=NOW)


def walk(client, path: str, **query) -> list[dict]:
    found, cursor = [], None
    while True:
        page = client.get(path, **query, **({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_a_walk_sees_every_row_once_and_in_order(client_of):
    for number in range(23):
        add_product(f"SKU-{number:02}")
    client = client_of("marketer")
    for limit in (1, 7, 23, 24):
        assert [it["sku"] for it in walk(client, "/products", limit=limit)] == [f"SKU-{n:02}" for n in range(23)]


def test_rows_that_come_in_between_shift_nothing(client_of):
    for sku in ("B", "D", "F"):
        add_product(sku)
    client = client_of("marketer")
    first = client.get("/products", limit=2).json()
    add_product("A")
    add_product("E")
    second = client.get("/products", limit=2, cursor=first["next_cursor"]).json()
    assert [it["sku"] for it in first["items"] + second["items"]] == ["B", "D", "E", "F"]


def test_equal_dates_are_told_apart(client_of, north):
    till, manager = client_of("pos", store=north), client_of("store_manager", store=north)
    results(till.lines("/receipts/bulk", *[sale(f"T-{number}") for number in range(11)]))
    seen = [it["receipt_id"] for it in walk(manager, "/receipts", limit=3)]
    assert sorted(seen) == sorted(f"T-{number}" for number in range(11))
    assert len(seen) == 11


def test_a_cursor_belongs_to_its_list_and_filters(client_of):
    for number in range(3):
        add_product(f"SKU-{number}")
    client = client_of("marketer")
    cursor = client.get("/products", limit=1).json()["next_cursor"]
    for path, query in (("/products", {"search": "SKU"}), ("/categories", {})):
        answer = client.get(path, cursor=cursor, **query)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor.invalid")
    assert client.get("/products", cursor=cursor[:-2] + "xx").status_code == 422


def test_a_page_of_receipts_costs_the_same_whatever_its_length(client_of, north):
    till, manager = client_of("pos", store=north), client_of("store_manager", store=north)
    results(till.lines("/receipts/bulk", *[sale(f"T-{number}") for number in range(40)]))

    def queries(limit: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(manager.get("/receipts", limit=limit).json()["items"]) == limit
        return len(seen)

    queries(1)
    assert queries(2) == queries(40) <= 12
