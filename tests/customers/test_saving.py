"""Files and the API add to what is known and never take away; rows that share an identifier are one customer."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.core.errors import ForbiddenError
from regulars.customers import selectors
from regulars.customers.models import Customer, CustomerStore, CustomerTag, Identifier
from tests.customers.factories import PHONE, SYSTEM, ana, card, save, store, viewer

pytestmark = pytest.mark.django_db


def test_rows_that_share_an_identifier_are_one_customer() -> None:
    outcome = save(
        {"phone": PHONE, "name": "Ana"},
        {"email": "ANA@example.test", "city": "Albany"},
        {"phone": "202-555-0123", "email": "ana@example.test", "occupation": "Teacher"},
    )
    customer = Customer.objects.get()
    assert (outcome.created, outcome.updated, outcome.problems) == (1, 0, [])
    assert (customer.name, customer.city, customer.occupation) == ("Ana", "Albany", "Teacher")
    assert Identifier.objects.count() == 2


def test_the_same_file_again_changes_nothing() -> None:
    row = {"external_id": "7", "name": "Ana", "phone": PHONE, "birth_date": "1986-05-04", "tags": "wine club"}
    save(row)
    before = Customer.objects.values().get()
    outcome = save(row)
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 1)
    assert Customer.objects.values().get() == before


def test_an_empty_cell_forgets_nothing() -> None:
    save({"external_id": "7", "name": "Ana", "city": "Albany", "joined_on": date(2024, 3, 4)})
    save({"external_id": "7", "name": None, "city": "", "occupation": "Teacher"})
    customer = Customer.objects.get()
    assert (customer.name, customer.city, customer.occupation) == ("Ana", "Albany", "Teacher")
    assert customer.joined_on == date(2024, 3, 4)


def test_birthday_and_address_are_sealed_together_and_add_up() -> None:
    save({"external_id": "7", "birth_date": "1986-05-04"})
    save({"external_id": "7", "address": "1 Main St"})
    customer = Customer.objects.get()
    assert b"1986" not in bytes(customer.sealed)
    opened = selectors.open_contact(customer, selectors.data_keys([customer.pk]))
    assert opened == {"birth_date": "1986-05-04", "address": "1 Main St"}


def test_a_row_that_belongs_to_two_customers_is_refused_and_changes_neither() -> None:
    save({"external_id": "1", "name": "Ana"}, {"external_id": "2", "phone": PHONE, "name": "Ben"})
    outcome = save({"external_id": "1", "phone": PHONE, "name": "Chiara"}, {"external_id": "3", "name": "Dora"})
    assert [problem.code for problem in outcome.problems] == ["identifier.ambiguous"]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ana", "Ben", "Dora"]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ({"name": "Ana"}, "external_id", "identifier.missing"),
        ({"phone": "1.38E+10"}, "phone", "cell.number_format"),
        ({"email": "ana at example"}, "email", "email.invalid"),
        ({"external_id": "1", "birth_date": "1986-02-30"}, "birth_date", "date.invalid"),
        ({"external_id": "1", "gender": "female"}, "gender", "choice.unknown"),
        ({"external_id": "1", "city": "x" * 121}, "city", "text.too_long"),
        ({"external_id": "1", "home_store": "nowhere"}, "home_store", "store.unknown"),
    ],
)
def test_a_faulty_row_is_named_and_the_others_are_saved(row, column, code) -> None:
    outcome = save(row, {"external_id": "9", "name": "Ben"})
    assert [(problem.row, problem.column, problem.code) for problem in outcome.problems] == [(1, column, code)]
    assert list(Customer.objects.values_list("name", flat=True)) == ["Ben"]


def test_a_nameless_card_gets_its_name_from_a_file_and_stays_the_same_customer() -> None:
    nameless = card("88001234", source="shop")
    save({"card": "88001234", "name": "Ana Lopez"})
    nameless.refresh_from_db()
    assert (nameless.name, nameless.kind) == ("Ana Lopez", "person")


def test_tags_come_with_their_reason_and_only_once() -> None:
    save({"external_id": "7", "tags": "wine club，parent; wine club"})
    save({"external_id": "7", "tags": "parent"})
    assert sorted(CustomerTag.objects.values_list("tag__name", flat=True)) == ["parent", "wine club"]
    assert set(CustomerTag.objects.values_list("reason", flat=True)) == {"Imported"}


def test_a_home_store_makes_the_customer_known_there() -> None:
    here = store()
    save({"external_id": "7", "home_store": here.code})
    assert CustomerStore.objects.get().store == here


def test_a_store_manager_cannot_put_customers_into_a_foreign_store() -> None:
    here, there = store(), store()
    manager = viewer("store_manager", [here])
    outcome = save({"external_id": "7", "home_store": there.code}, viewer=manager)
    assert [problem.code for problem in outcome.problems] == ["store.unknown"]
    assert Customer.objects.count() == 0


def test_who_may_not_edit_saves_nothing() -> None:
    with pytest.raises(ForbiddenError):
        save({"external_id": "7", "name": "Ana"}, viewer=viewer("analyst"))
    assert Customer.objects.count() == 0


def test_a_known_person_is_found_by_any_identifier() -> None:
    known = ana()
    outcome = save({"phone": PHONE, "external_id": "7"}, viewer=SYSTEM)
    assert outcome.updated == 1
    assert Identifier.objects.get(kind="external").customer_id == known.pk
