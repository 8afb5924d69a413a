"""One box finds customers by name, phone, e-mail, card and other ids; nobody finds what they may not see."""

from __future__ import annotations

import pytest

from regulars.customers import selectors
from regulars.customers import services as customers
from regulars.customers.models import CustomerStore
from tests.customers.factories import NOW, SYSTEM, ana, card, save, store, viewer

pytestmark = pytest.mark.django_db


def found(words: str, someone=SYSTEM, *, masked: bool = False) -> list[str]:
    rows = selectors.search(selectors.list_customers(someone), words, masked=masked)
    return sorted(rows.values_list("name", flat=True))


@pytest.mark.parametrize("words", ["lopez", "ANA", "(202) 555-0123", "+12025550123", "Ana@Example.TEST"])
def test_a_customer_is_found_by_name_phone_and_mail(words: str) -> None:
    ana()
    assert found(words) == ["Ana Lopez"]


@pytest.mark.parametrize("words", ["张", "张敏"])
def test_a_short_chinese_name_is_found_by_its_beginning(words: str) -> None:
    save({"external_id": "1", "name": "张敏"}, {"external_id": "2", "name": "王芳"})
    assert found(words) == ["张敏"]


@pytest.mark.parametrize("words", ["202", "555-0123", "ana@", "+1202555012"])
def test_part_of_a_phone_or_mail_finds_nobody(words: str) -> None:
    ana()
    assert found(words) == []


def test_a_card_is_found_whole_in_any_spelling_and_by_its_beginning() -> None:
    nameless = card("88001234")
    customers.edit_profile(nameless.pk, {"name": "Ben"}, viewer=SYSTEM, now=NOW)
    assert found("88 0012-34") == found("8800") == ["Ben"]


def test_a_beginning_tells_nothing_to_whom_the_number_is_masked() -> None:
    nameless = card("88001234")
    customers.edit_profile(nameless.pk, {"name": "Ben"}, viewer=SYSTEM, now=NOW)
    assert found("8800", masked=True) == []
    assert found("88001234", masked=True) == ["Ben"]


def test_the_number_of_an_attached_card_finds_whom_it_became() -> None:
    known, nameless = ana(), card("88001234")
    customers.attach_card(nameless.pk, known.pk, viewer=SYSTEM, now=NOW)
    assert found("88001234") == ["Ana Lopez"]


def test_an_external_id_is_found_in_any_namespace() -> None:
    save({"external_id": "W-77", "name": "Ana"}, source="web")
    save({"external_id": "W-77", "name": "Ben"}, source="app")
    assert found("w-77") == ["Ana", "Ben"]


@pytest.mark.parametrize("words", ["Lopez", "+12025550123", "88001234"])
def test_a_clerk_finds_only_customers_of_the_own_store(words: str) -> None:
    here, there = store(), store()
    known = ana(home=there)
    customers.add_identifier(known.pk, customers.Given("card", "88001234"), viewer=SYSTEM, now=NOW)
    assert found(words, viewer("associate", [here]), masked=True) == []
    CustomerStore.objects.create(customer=known, store=here, since=NOW)
    assert found(words, viewer("associate", [here]), masked=True) == ["Ana Lopez"]


def test_a_home_store_alone_makes_a_customer_visible() -> None:
    here = store()
    known = ana(home=here)
    CustomerStore.objects.all().delete()
    assert list(selectors.list_customers(viewer("associate", [here]))) == [known]


@pytest.mark.parametrize("words", ["%", "_", "'; DROP TABLE", "\\", "𝔸𝕟𝕒", "x" * 300])
def test_strange_words_are_only_words(words: str) -> None:
    ana()
    assert found(words) in ([], ["Ana Lopez"])


def test_namespaces_are_walked_without_reading_every_id() -> None:
    save({"external_id": "1"}, {"external_id": "2"}, source="web")
    save({"external_id": "1"}, source="app")
    assert selectors.known_namespaces("external") == ["app", "web"]
