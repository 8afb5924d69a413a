"""Receipts find their customer by any spelling; who is unknown becomes one nameless customer, also when two ask at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerKey, Identifier
from tests.customers.factories import NOW, PHONE, SYSTEM, ana, card, save

pytestmark = pytest.mark.django_db


def test_every_spelling_of_a_phone_is_the_same_customer() -> None:
    known = ana()
    keys = [("phone", "", PHONE), ("phone", "", "(202) 555-0123"), ("phone", "", "202 555 0123")]
    assert set(customers.recognize(keys, source="till", now=NOW).values()) == {known.pk}


def test_an_unknown_card_becomes_one_nameless_customer_and_stays_it() -> None:
    first = customers.recognize([("card", "", "88-0012 34"), ("card", "", "88001234")], source="till", now=NOW)
    again = customers.recognize([("card", "", "88001234")], source="till", now=NOW)
    (pk,) = set(first.values()) | set(again.values())
    customer = Customer.objects.get(pk=pk)
    assert (customer.kind, customer.name) == (Customer.Kind.NAMELESS, "")
    assert Identifier.objects.get().hint == "****1234"


def test_a_phone_of_an_unknown_customer_is_sealed_and_can_be_opened() -> None:
    customers.recognize([("phone", "", PHONE)], source="till", now=NOW)
    held = Identifier.objects.get()
    assert held.value == ""
    assert PHONE.encode() not in bytes(held.sealed)
    assert customers.show_identifier(held.customer_id, held.pk, viewer=SYSTEM, now=NOW) == PHONE


def test_a_card_needs_no_key_until_something_is_sealed() -> None:
    customer = card()
    assert not CustomerKey.objects.filter(pk=customer.pk).exists()


def test_the_same_card_number_of_two_tills_is_two_customers() -> None:
    assert card(source="north").pk != card(source="south").pk


def test_what_is_no_identifier_is_left_out() -> None:
    assert customers.recognize([("phone", "", "call me"), ("email", "", "ana@")], source="till", now=NOW) == {}
    assert Customer.objects.count() == 0


def test_a_merged_card_leads_to_whom_it_became() -> None:
    known, nameless = ana(), card()
    customers.attach_card(nameless.pk, known.pk, viewer=SYSTEM, now=NOW)
    assert customers.recognize([("card", "", "88001234")], source="till", now=NOW) == {("card", "", "88001234"): known.pk}


def test_an_ended_identifier_finds_nobody_and_may_be_held_by_somebody_else() -> None:
    known = ana()
    held = known.identifiers.get(kind="phone")
    customers.end_identifier(known.pk, held.pk, viewer=SYSTEM, now=NOW)
    (other,) = customers.recognize([("phone", "", PHONE)], source="till", now=NOW).values()
    assert other != known.pk


@pytest.mark.django_db(transaction=True)
def test_two_tills_that_meet_a_new_card_at_once_make_one_customer() -> None:
    start, found = threading.Barrier(4), []

    def meet() -> None:
        try:
            start.wait()
            keys = [("card", "", str(number)) for number in range(1000, 1040)]
            found.append(customers.recognize(keys, source="till", now=NOW))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)
    assert Customer.objects.count() == Identifier.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_two_files_with_the_same_new_person_make_one_customer() -> None:
    start, outcomes = threading.Barrier(2), []

    def load() -> None:
        try:
            start.wait()
            outcomes.append(save({"phone": PHONE, "name": "Ana Lopez"}))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM customers_customer c WHERE NOT EXISTS "
            "(SELECT FROM customers_identifier i WHERE i.customer_id = c.id)"
        )
        (orphans,) = cursor.fetchone()
    assert len(outcomes) == 2
    assert Identifier.objects.filter(valid_to=None).count() == 1
    assert orphans == 0
