"""Customers over the API: scope, masking, look-up, creating and changing."""

from __future__ import annotations

import pytest

from regulars.customers.models import Customer, CustomerTag, CustomField, Identifier, Tag
from tests.gateway.api.conftest import results, sale

pytestmark = pytest.mark.django_db
PHONE = "+1 212 555 0142"
ANA = {
    "phone": PHONE,
    "email": "Ana@Example.com",
    "external_id": "A-1",
    "name": "Ana Lopez",
    "gender": "F",
    "birth_date": "1986-05-04",
    "address": "1 Harbor Street",
}


@pytest.fixture
def manager(client_of, north, south):
    return client_of("store_manager", store=north)


@pytest.fixture
def other(client_of, north, south):
    return client_of("store_manager", store=south)


@pytest.fixture
def support(client_of, north, south):
    return client_of("support")


def test_a_created_customer_is_known_in_the_caller_s_store(manager):
    answer = manager.post("/customers", ANA)

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer["Location"] == f"/api/v1/customers/{body['id']}"
    assert (body["name"], body["home_store"], body["kind"]) == ("Ana Lopez", "NORTH", "person")
    assert {it["kind"]: it["value"] for it in body["identifiers"]} == {
        "phone": "+12125550142",
        "email": "ana@example.com",
        "external": "A-1",
    }
    assert (body["birth_date"], body["address"]) == ("1986-05-04", "1 Harbor Street")
    assert manager.get(f"/customers/{body['id']}").json() == body


def test_contact_data_is_masked_by_role(manager, client_of, north):
    id = manager.post("/customers", ANA).json()["id"]
    for role, place in (("pos", {"store": north}), ("associate", {"store": north}), ("analyst", {})):
        seen = client_of(role, **place).get(f"/customers/{id}")
        assert seen.status_code == 200, role
        text = seen.content.decode()
        assert seen.json()["is_masked"]
        for secret in ("2125550142", "ana@example.com", "1986-05-04", "1 Harbor Street"):
            assert secret not in text, role


def test_a_customer_of_another_store_looks_missing_everywhere(manager, other):
    id = manager.post("/customers", ANA).json()["id"]
    missing = other.get("/customers/999999")

    assert missing.status_code == 404
    for answer in (
        other.get(f"/customers/{id}"),
        other.get(f"/customers/{id}/receipts"),
        other.get(f"/customers/{id}/figures"),
        other.patch(f"/customers/{id}", {"name": "Stolen"}),
        other.post("/customers/lookup", {"kind": "phone", "value": PHONE}),
    ):
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert other.get("/customers").json()["items"] == []
    assert Customer.objects.get().name == "Ana Lopez"


def test_a_till_looks_a_customer_up_by_phone_and_sees_no_phone(manager, client_of, north):
    manager.post("/customers", ANA)
    found = client_of("pos", store=north).post("/customers/lookup", {"kind": "phone", "value": "(212) 555-0142"})

    assert found.status_code == 200
    assert found.json()["name"] == "Ana Lopez"
    assert [it["value"] for it in found.json()["identifiers"]] == [None, None, None]


def test_creating_never_changes_somebody_who_is_known(manager, other):
    manager.post("/customers", ANA)
    mine = manager.post("/customers", {"phone": PHONE, "name": "Someone Else"})
    foreign = other.post("/customers", {"phone": PHONE, "name": "Someone Else"})

    assert (mine.status_code, mine.json()["code"]) == (409, "identifier.taken")
    assert foreign.content == mine.content
    assert Customer.objects.get().name == "Ana Lopez"


def test_a_customer_is_changed_and_nothing_else(manager):
    Tag.objects.create(name="wine")
    before = manager.post("/customers", ANA).json()
    after = manager.patch(f"/customers/{before['id']}", {"city": "Boston", "tags": ["wine"]}).json()

    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"city", "tags", "updated_at", "completeness"}
    assert CustomerTag.objects.get().tag.name == "wine"


@pytest.mark.parametrize(
    "field",
    ["id", "merged_into", "sealed", "completeness", "source", "home_store_id", "store_id", "is_staff", "consent"],
)
def test_a_field_that_is_not_offered_cannot_be_set(manager, field):
    id = manager.post("/customers", ANA).json()["id"]
    before = Customer.objects.values().get()
    answer = manager.patch(f"/customers/{id}", {"name": "Ana", field: 1})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": field, "row": None, "code": "field.unknown", "detail": "Extra inputs are not permitted"}
    ]
    assert Customer.objects.values().get() == before


def test_null_empties_a_field(manager):
    id = manager.post("/customers", ANA).json()["id"]
    after = manager.patch(f"/customers/{id}", {"gender": None, "address": None}).json()
    assert (after["gender"], after["address"], after["birth_date"]) == ("", None, "1986-05-04")


def test_tags_must_exist(manager, support):
    refused = manager.post("/customers", ANA | {"tags": ["wine"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "tags[0]")
    (line,) = results(support.lines("/customers/bulk", ANA | {"tags": ["wine"]}))
    assert line["errors"][0]["code"] == "tag.unknown"
    assert not Customer.objects.exists()


def test_a_card_that_became_somebody_brings_its_receipts(manager, client_of, north):
    client_of("pos", store=north).post("/receipts", sale("A-1", customer={"kind": "card", "value": "8800"}))
    card, id = Customer.objects.get(), manager.post("/customers", ANA).json()["id"]
    Customer.objects.filter(pk=card.pk).update(merged_into=id)

    assert [it["receipt_id"] for it in manager.get(f"/customers/{id}/receipts").json()["items"]] == ["A-1"]
    assert "card" in {it["kind"] for it in manager.get(f"/customers/{id}").json()["identifiers"]}
    moved = manager.get(f"/customers/{card.pk}")
    assert (moved.status_code, moved.json()["code"], moved["Location"]) == (410, "customer.merged", f"/api/v1/customers/{id}")


def test_a_till_may_not_tag(client_of, north):
    Tag.objects.create(name="wine")
    answer = client_of("pos", store=north).post("/customers", ANA | {"tags": ["wine"]})

    assert answer.status_code == 403
    assert not Customer.objects.exists()


def test_custom_fields_must_exist(manager):
    refused = manager.post("/customers", ANA | {"custom": {"pet": "cat"}})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "custom.pet")
    assert not Customer.objects.exists()

    CustomField.objects.create(key="pet", label="Pet", type="text")
    assert manager.post("/customers", ANA | {"custom": {"pet": "cat"}}).json()["custom"] == {"pet": "cat"}


def test_bulk_checks_custom_values_by_their_type(support):
    CustomField.objects.create(key="pets", label="Pets", type="number")
    good, bad = results(
        support.lines("/customers/bulk", ANA | {"custom": {"pets": 2}}, {"card": "77", "custom": {"pets": "many"}})
    )
    assert (good["status"], bad["status"], bad["errors"][0]["field"]) == ("created", "refused", "custom.pets")
    assert Customer.objects.get().custom["pets"]["value"] == 2


def test_bulk_creates_and_changes_and_names_the_bad_lines(support):
    first = results(support.lines("/customers/bulk", ANA, {"name": "Nobody"}, {"phone": "12", "name": "Short"}))
    again = results(support.lines("/customers/bulk", ANA, ANA | {"city": "Boston"}))

    assert [line["status"] for line in first] == ["created", "refused", "refused"]
    assert [line["errors"][0]["code"] for line in first[1:]] == ["identifier.missing", "phone.invalid"]
    assert first[1]["errors"][0]["row"] == 2
    assert {line["status"] for line in again} == {"updated"}  # two lines about one customer
    assert Customer.objects.get().city == "Boston"


def test_bulk_about_a_foreign_customer_or_store_does_nothing_at_all(manager, other):
    manager.post("/customers", ANA)
    ben = {"phone": "+1 212 555 0143", "name": "Ben Cole"}

    by_person = other.lines("/customers/bulk", ben, {"phone": PHONE, "name": "Stolen"})
    by_store = other.lines("/customers/bulk", ben | {"home_store": "NORTH"})
    missing = other.lines("/customers/bulk", ben | {"home_store": "NOWHERE"})
    assert by_person.status_code == 404
    assert by_person.content == by_store.content == missing.content
    assert Customer.objects.get().name == "Ana Lopez"


def test_customers_are_searched_and_filtered(manager, support, other):
    Tag.objects.create(name="wine")
    manager.post("/customers", ANA | {"tags": ["wine"]})
    other.post("/customers", {"phone": "+1 212 555 0143", "name": "Ben Cole"})

    def names(client, **filters):
        return [it["name"] for it in client.get("/customers", **filters).json()["items"]]

    assert names(support) == ["Ana Lopez", "Ben Cole"]
    assert names(manager) == ["Ana Lopez"]
    assert names(support, search="lop") == ["Ana Lopez"]
    assert names(support, tag="wine") == ["Ana Lopez"]
    assert names(support, home_store="SOUTH") == ["Ben Cole"]
    assert names(support, stage="lost") == []


def test_b_s_purchases_are_hidden_from_a(manager, other, client_of, north, south):
    known = {"kind": "phone", "value": PHONE}
    manager.post("/customers", ANA)
    client_of("pos", store=north).post("/receipts", sale("A-1", customer=known))
    client_of("pos", store=south).post("/receipts", sale("B-1", store="SOUTH", customer=known))
    id = Identifier.objects.get(kind="phone").customer_id

    def receipts(client):
        return [it["receipt_id"] for it in client.get(f"/customers/{id}/receipts").json()["items"]]

    assert receipts(manager) == ["A-1"]
    assert receipts(other) == ["B-1"]  # the purchase made her known there
