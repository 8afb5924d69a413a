"""One box for everything: customers, products, stores and receipts, each only as far as the role and the scope go."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars.catalog.models import Product
from regulars.customers.models import Customer
from tests.customers.factories import NOW, PHONE, ana, save, store
from tests.home.customers.selling import sell, signed_in
from tests.organization.factories import person


def groups(client: Client, words: str) -> list[str]:
    text = client.get("/search/", {"q": words}, headers={"HX-Request": "true"}).content.decode()
    return re.findall(r"</svg>([^<]+)</h2>", text)


def test_each_kind_is_found_by_what_somebody_has_in_hand() -> None:
    here = store(name="Harbor Street", city="Albany")
    save({"external_id": "7", "name": "Harbor Master"}, source="till")
    (receipt,) = sell(Customer.objects.get(), here, NOW.date())
    Product.objects.update(name="Harbor tea", barcode="4006381333931")
    client = signed_in(person("support"))
    assert groups(client, "harbor") == ["Customers", "Products", "Stores"]
    assert groups(client, "4006381333931") == ["Products"]
    assert groups(client, receipt.external_id) == ["Receipts"]


def test_a_single_hit_opens_at_once() -> None:
    known = ana()
    response = signed_in(person("support")).get("/search/", {"q": PHONE})
    assert response.headers["Location"] == f"/customers/{known.pk}/"


def test_what_belongs_to_another_store_is_not_found() -> None:
    here, there = store(name="Harbor Street"), store(name="Market Square")
    save({"external_id": "7", "name": "Chiara", "home_store": there.code}, source="till")
    (receipt,) = sell(Customer.objects.get(), there, NOW.date())
    client = signed_in(person("associate", store=here))
    for words in ("Chiara", "7", receipt.external_id, "Market"):
        assert groups(client, words) == []


def test_a_role_finds_only_what_it_may_open() -> None:
    ana()
    save({"external_id": "7", "name": "Ana Two"})
    assert groups(signed_in(person("finance")), "ana") == []


@pytest.mark.parametrize("words", ["", " ", "%", "'", "x" * 500, "<script>alert(1)</script>", "\0"])
def test_strange_words_find_nothing_and_break_nothing(words: str) -> None:
    response = signed_in(person("support")).get("/search/", {"q": words})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content
