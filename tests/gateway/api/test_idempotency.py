"""A call that is sent again, in a row or at once, is done once (G9, G10, G12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections

from regulars.catalog.models import Product
from regulars.customers.models import Customer
from regulars.gateway.api import idempotency
from regulars.gateway.models import IdempotencyKey
from regulars.sales.models import Receipt, ReceiptLine
from tests.gateway.api.conftest import NOW, sale

ANA = {"phone": "+1 212 555 0142", "name": "Ana Lopez"}
MILK = {"sku": "MILK", "name": "Whole milk"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client_of):
    return client_of("support")


def test_the_same_key_answers_as_the_first_time(support):
    first = support.post("/customers", ANA, Idempotency_Key="k-1")
    again = support.post("/customers", ANA, Idempotency_Key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert Customer.objects.count() == 1


def test_another_payload_under_the_key_is_422_and_writes_nothing(support):
    support.post("/customers", ANA, Idempotency_Key="k-1")
    for path, body in (("/customers", ANA | {"name": "Ben"}), ("/customers/bulk", ANA)):
        answer = (
            support.lines(path, body, Idempotency_Key="k-1")
            if "bulk" in path
            else support.post(path, body, Idempotency_Key="k-1")
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.other_payload")
    assert Customer.objects.get().name == "Ana Lopez"


def test_the_key_of_another_caller_is_another_key(client_of):
    marketer, other = client_of("marketer"), client_of("marketer")
    marketer.post("/products", MILK, Idempotency_Key="k-1")
    answer = other.post("/products", {"sku": "HAM"}, Idempotency_Key="k-1")

    assert answer.status_code == 201
    assert answer.json()["sku"] == "HAM"
    assert "milk" not in answer.content.decode()


def test_a_refused_call_can_be_mended_under_the_same_key(support):
    assert support.post("/customers", {"name": "Ana"}, Idempotency_Key="k-1").status_code == 422
    assert support.post("/customers", ANA, Idempotency_Key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é"])
def test_a_key_that_is_none_is_400(support, key):
    answer = support.post("/customers", ANA, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_format")
    assert not Customer.objects.exists()


def test_a_key_is_kept_for_29_days_and_the_business_key_for_ever(support):
    first = support.post("/customers", ANA, Idempotency_Key="k-1")
    with time_machine.travel(NOW + timedelta(days=29)):
        assert support.post("/customers", ANA, Idempotency_Key="k-1").content == first.content
    with time_machine.travel(NOW + timedelta(days=36)):
        assert idempotency.forget_old(now=NOW + timedelta(days=36)) == 1
        assert support.post("/customers", ANA, Idempotency_Key="k-1").json()["code"] == "identifier.taken"


def test_a_kept_answer_tells_a_database_dump_nothing(support):
    support.post("/customers", ANA, Idempotency_Key="k-1")
    row = IdempotencyKey.objects.get()
    stored = b"".join(bytes(getattr(row, name)) for name in ("digest", "request_digest", "sealed"))
    assert b"Ana" not in stored
    assert b"2125550142" not in stored


def at_once(call, count: int) -> list:
    """Call from `count` threads, each with a database connection of its own."""

    def run(_: int):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as threads:
        return list(threads.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_copies_of_a_receipt_at_once_are_one_receipt(client_of, north):
    till = client_of("pos", store=north)
    answers = at_once(lambda: till.post("/receipts", sale(customer={"kind": "card", "value": "88001"})), 24)

    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert len([answer for answer in answers if answer.status_code == 201]) >= 1
    assert len({answer.content for answer in answers}) == 1
    assert (Receipt.objects.count(), ReceiptLine.objects.count(), Customer.objects.count()) == (1, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_contents_for_one_receipt_at_once_leave_one(client_of, north):
    till = client_of("pos", store=north)
    tills = iter(range(100))
    answers = at_once(lambda: till.post("/receipts", sale(till=str(next(tills) % 2))), 12)

    assert {answer.status_code for answer in answers} == {200, 201, 409}
    assert Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_copies_of_a_keyed_call_at_once_are_done_once(client_of):
    marketer = client_of("marketer")
    for number in range(5):
        body = {"sku": f"SKU-{number}", "name": "x"}
        answers = at_once(lambda: marketer.post("/products", body, Idempotency_Key=f"k-{number}"), 12)  # noqa: B023
        done = [answer for answer in answers if answer.status_code == 201]
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in done}) == 1
        assert all(it.json()["code"] == "idempotency.in_progress" for it in answers if it.status_code == 409)
        assert marketer.post("/products", body, Idempotency_Key=f"k-{number}").content == done[0].content
    assert Product.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_one_phone_created_at_once_is_one_customer(client_of):
    support = client_of("support")
    answers = at_once(lambda: support.post("/customers", ANA), 12)

    assert sorted({answer.status_code for answer in answers}) == [201, 409]
    assert Customer.objects.count() == 1
