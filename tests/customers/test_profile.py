"""People at the screen open and change customers; every change leaves its before and after, and no personal value with it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import connections

from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.customers import selectors
from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerStore, CustomField, Identifier
from regulars.organization.models import AuditEntry
from tests.customers.factories import NOW, PHONE, SYSTEM, ana, card, store, viewer

pytestmark = pytest.mark.django_db


def edit(customer: Customer, viewer=SYSTEM, seen_at=None, now=NOW, **values) -> Customer:
    return customers.edit_profile(customer.pk, values, seen_at=seen_at, viewer=viewer, now=now)


def test_a_new_customer_is_known_in_the_home_store_and_found_by_phone() -> None:
    here = store()
    made = ana(home=here)
    assert CustomerStore.objects.get(customer=made).store == here
    assert selectors.exact_holders("(202) 555-0123") == [made.pk]


def test_an_identifier_that_somebody_holds_refuses_the_new_customer_whole() -> None:
    known = ana()
    with pytest.raises(customers.IdentifierTakenError) as refusal:
        customers.create_customer(
            {"name": "Ben"}, identifiers=[customers.Given("phone", PHONE, field="phone")], viewer=SYSTEM, now=NOW
        )
    assert refusal.value.place == {"field": "phone", "holder": known.pk}
    assert Customer.objects.count() == 1


def test_whose_identifier_it_is_is_not_told_to_another_store() -> None:
    here, there = store(), store()
    ana(home=there)
    with pytest.raises(customers.IdentifierTakenError) as refusal:
        customers.create_customer(
            {"name": "Ben", "home_store": here},
            identifiers=[customers.Given("phone", PHONE)],
            viewer=viewer("associate", [here]),
            now=NOW,
        )
    assert refusal.value.place["holder"] is None


@pytest.mark.parametrize("home", ["none", "foreign"])
def test_an_associate_opens_customers_in_the_own_store_only(home: str) -> None:
    here, there = store(), store()
    values = {"name": "Ana", "home_store": {"none": None, "foreign": there}[home]}
    with pytest.raises(customers.FieldError):
        customers.create_customer(values, viewer=viewer("associate", [here]), now=NOW)
    assert Customer.objects.count() == 0


def test_a_change_is_told_with_before_and_after_and_no_personal_value() -> None:
    known = ana(city="Albany", birth_date="1986-05-04")
    CustomField.objects.create(key="id_number", label="ID number", type="text", is_personal=True)
    edit(known, name="Ana Maria Lopez", city="Troy", birth_date="1986-05-05", address="1 Main St",
         custom={"id_number": "X12345678"})  # fmt: skip
    entry = AuditEntry.objects.get(action="customer.changed")
    assert (entry.before["city"], entry.after["city"]) == ("Albany", "Troy")
    told = json.dumps([entry.before, entry.after])
    assert not [word for word in ("Maria", "1986", "Main", "X12345678") if word in told]


def test_what_is_not_named_stays_as_it_is() -> None:
    known = ana(city="Albany", address="1 Main St")
    edit(known, occupation="Teacher")
    known.refresh_from_db()
    assert (known.city, known.occupation, known.name) == ("Albany", "Teacher", "Ana Lopez")
    assert selectors.open_contact(known, selectors.data_keys([known.pk])) == {"address": "1 Main St"}


def test_an_empty_birthday_is_forgotten() -> None:
    known = edit(ana(birth_date="1986-05-04", address="1 Main St"), birth_date="")
    assert selectors.open_contact(known, selectors.data_keys([known.pk])) == {"address": "1 Main St"}


def test_a_change_that_changes_nothing_leaves_no_entry() -> None:
    known = ana(city="Albany")
    edit(known, city="Albany")
    assert not AuditEntry.objects.filter(action="customer.changed").exists()


def test_a_form_filled_in_from_an_older_state_overwrites_nothing() -> None:
    known = ana()
    seen = known.updated_at
    edit(known, city="Troy", now=NOW + timedelta(minutes=1))
    with pytest.raises(customers.ChangedMeanwhileError):
        edit(known, city="Utica", seen_at=seen, now=NOW + timedelta(minutes=2))
    known.refresh_from_db()
    assert known.city == "Troy"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"birth_date": "1986-02-30"}, "birth_date"),
        ({"kind": "nameless"}, "kind"),
        ({"gender": "female"}, "gender"),
        ({"city": "x" * 121}, "city"),
        ({"address": "x" * 301}, "address"),
        ({"custom": {"unheard_of": "1"}}, "custom_unheard_of"),
        ({"custom": {"shoe_size": "large"}}, "custom_shoe_size"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_written(values, field) -> None:
    CustomField.objects.create(key="shoe_size", label="Shoe size", type="number")
    known = ana(city="Albany")
    before = Customer.objects.values().get()
    with pytest.raises(customers.FieldError) as refusal:
        edit(known, **values)
    assert refusal.value.place["field"] == field
    assert Customer.objects.values().get() == before


def test_a_custom_value_keeps_where_and_when_it_came_from() -> None:
    CustomField.objects.create(key="shoe_size", label="Shoe size", type="number")
    known = edit(ana(), custom={"shoe_size": "38"})
    assert known.custom["shoe_size"] == {"value": 38, "source": "system", "at": NOW.isoformat()}
    assert edit(known, custom={"shoe_size": ""}).custom == {}


def test_a_foreign_customer_looks_missing() -> None:
    here, there = store(), store()
    known = ana(home=there, city="Albany")
    clerk = viewer("associate", [here])
    with pytest.raises(NotFoundError):
        edit(known, viewer=clerk, city="Troy")
    with pytest.raises(NotFoundError):
        customers.edit_profile(999_999, {"city": "Troy"}, viewer=clerk, now=NOW)
    known.refresh_from_db()
    assert known.city == "Albany"


def test_a_customer_who_also_buys_here_cannot_be_moved_away_from_the_home_store() -> None:
    here, there = store(), store()
    known = ana(home=there)
    CustomerStore.objects.create(customer=known, store=here, since=NOW)
    with pytest.raises(customers.FieldError):
        edit(known, viewer=viewer("store_manager", [here]), home_store=here)
    known.refresh_from_db()
    assert known.home_store == there


def test_who_may_not_edit_is_refused() -> None:
    with pytest.raises(ForbiddenError):
        edit(ana(), viewer=viewer("marketer"), city="Troy")


def test_a_card_that_gets_a_name_keeps_its_record() -> None:
    nameless = card()
    named = edit(nameless, name="Ben Okafor")
    assert (named.pk, named.kind) == (nameless.pk, "person")
    assert AuditEntry.objects.filter(action="customer.named", object_id=str(nameless.pk)).exists()
    assert selectors.exact_holders("88001234") == [nameless.pk]


def test_a_card_is_attached_with_its_stores_and_earlier_cards() -> None:
    here = store()
    known, first, second = ana(), card("1", at=here), card("2")
    Customer.objects.filter(pk=second.pk).update(merged_into=first)
    customers.attach_card(first.pk, known.pk, viewer=SYSTEM, now=NOW)
    assert selectors.same_person(known.pk) == [known.pk, first.pk, second.pk]
    assert CustomerStore.objects.filter(customer=known, store=here).exists()
    assert selectors.heir(SYSTEM, second.pk) == known.pk


@pytest.mark.parametrize("wrong", ["two named", "two nameless", "itself"])
def test_only_a_nameless_card_is_attached_and_only_to_a_name(wrong: str) -> None:
    known, nameless = ana(), card()
    other = customers.create_customer({"name": "Ben"}, viewer=SYSTEM, now=NOW)
    pair = {
        "two named": (other.pk, known.pk),
        "two nameless": (nameless.pk, card("2").pk),
        "itself": (nameless.pk, nameless.pk),
    }[wrong]
    with pytest.raises((customers.NotNamelessError, NotFoundError)):
        customers.attach_card(*pair, viewer=SYSTEM, now=NOW)
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_clerk_cannot_attach_a_card_to_a_foreign_customer() -> None:
    here, there = store(), store()
    known, nameless = ana(home=there), card(at=here)
    with pytest.raises(NotFoundError):
        customers.attach_card(nameless.pk, known.pk, viewer=viewer("associate", [here]), now=NOW)
    assert not Customer.objects.exclude(merged_into=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_the_same_phone_at_once_one_is_refused() -> None:
    start, made, refused = threading.Barrier(2), [], []

    def register(name: str) -> None:
        try:
            start.wait()
            given = [customers.Given("phone", PHONE)]
            made.append(customers.create_customer({"name": name}, identifiers=given, viewer=SYSTEM, now=NOW))
        except customers.IdentifierTakenError as error:
            refused.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=register, args=(name,)) for name in ("Ana", "Ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 1)
    assert Customer.objects.count() == Identifier.objects.count() == 1
