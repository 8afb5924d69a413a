"""Opening, changing, naming and attaching customers from the pages, tags and fields of the company, and files."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.customers.models import Customer, CustomField, Tag
from tests.customers.factories import PHONE, ana, card, store, tag
from tests.home.customers.selling import signed_in
from tests.organization.factories import person


@pytest.fixture
def support() -> Client:
    return signed_in(person("support"))


def filled(client: Client, path: str, **changes: str) -> dict[str, str]:
    """Return what a form posts when only `changes` are typed."""
    text = client.get(path).content.decode()
    values = dict(re.findall(r'<input type="(?:text|hidden|date)" name="(\w+)"[^>]*? value="([^"]*)"', text))
    values |= dict(re.findall(r'<input type="(?:text|hidden|date)" name="(\w+)" value="([^"]*)"', text))
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen.group(1) if chosen else ""
    values.pop("csrfmiddlewaretoken", None)
    return values | changes


def test_a_customer_is_opened_with_a_phone(support: Client) -> None:
    response = support.post("/customers/new/", {"kind": "person", "name": "Ana Lopez", "phone": "(202) 555-0123"})
    customer = Customer.objects.get()
    assert response.headers["Location"] == f"/customers/{customer.pk}/"
    assert customer.identifiers.get().kind == "phone"


def test_who_is_known_already_is_shown_instead(support: Client) -> None:
    known = ana()
    response = support.post("/customers/new/", {"kind": "person", "name": "Ben", "phone": PHONE})
    assert response.status_code == 422
    assert f"/customers/{known.pk}/" in response.content.decode()
    assert Customer.objects.count() == 1


def test_nothing_at_all_is_no_customer(support: Client) -> None:
    assert support.post("/customers/new/", {"kind": "person"}).status_code == 422
    assert Customer.objects.count() == 0


def test_only_what_was_typed_is_changed_and_sealed_values_never_stand_in_the_form(support: Client) -> None:
    known = ana(city="Albany", birth_date="1986-05-04", address="1 Main St")
    path = f"/customers/{known.pk}/edit/"
    text = support.get(path).content.decode()
    assert "1986-05-04" not in re.sub(r"Such as [^<]+", "", text)
    assert "Main St" not in text
    before = bytes(known.sealed)
    assert support.post(path, filled(support, path, city="Troy")).status_code == 302
    known.refresh_from_db()
    assert (known.city, known.name, bytes(known.sealed)) == ("Troy", "Ana Lopez", before)


def test_two_who_edit_at_once_do_not_overwrite_each_other(support: Client) -> None:
    known = ana(city="Albany")
    path = f"/customers/{known.pk}/edit/"
    first, second = filled(support, path, city="Troy"), filled(support, path, city="Utica")
    support.post(path, first)
    support.post(path, second)
    known.refresh_from_db()
    assert known.city == "Troy"


def test_fields_that_no_form_names_cannot_be_set(support: Client) -> None:
    known = ana()
    path = f"/customers/{known.pk}/edit/"
    forged = {"merged_into": "1", "source": "forged", "completeness": "99", "written_xid": "1", "id": "5"}
    support.post(path, filled(support, path, city="Troy", **forged))
    known.refresh_from_db()
    assert (known.source, known.merged_into) == ("manual", None)
    assert known.completeness != 99


def test_a_card_is_named_and_keeps_its_page(support: Client) -> None:
    nameless = card()
    path = f"/customers/{nameless.pk}/edit/"
    assert support.post(path, filled(support, path, name="Ben Okafor", kind="person")).status_code == 302
    nameless.refresh_from_db()
    assert (nameless.name, nameless.kind) == ("Ben Okafor", "person")


def test_a_card_is_attached_to_whom_the_search_finds(support: Client) -> None:
    nameless, known = card(), ana()
    path = f"/customers/{nameless.pk}/claim/"
    assert "Ana Lopez" in support.get(path, {"q": PHONE}).content.decode()
    assert support.post(path, {"customer": str(known.pk)}).headers["Location"] == f"/customers/{known.pk}/"
    nameless.refresh_from_db()
    assert nameless.merged_into == known


@pytest.mark.parametrize("customer", ["", "x", "-1", "99999999999999999999"])
def test_a_card_cannot_be_attached_to_nobody(support: Client, customer: str) -> None:
    nameless = card()
    assert support.post(f"/customers/{nameless.pk}/claim/", {"customer": customer}).status_code == 404
    nameless.refresh_from_db()
    assert nameless.merged_into is None


def test_tag_note_identifier_and_file_come_from_the_page(support: Client) -> None:
    known, club = ana(), tag()
    at = f"/customers/{known.pk}"
    support.post(f"{at}/tags/", {"tag": club.pk, "reason": "Said so", "expires_on": "2999-01-01"})
    support.post(f"{at}/notes/", {"text": "Call after six"})
    support.post(f"{at}/identifiers/", {"kind": "card", "value": "88001234"})
    support.post(f"{at}/files/", {"file": SimpleUploadedFile('a"\r\nX: y.txt', b"Dear shop")})
    text = support.get(f"{at}/").content.decode()
    for word in ("wine club", "Call after six", "****1234", ".txt"):
        assert word in text
    kept = known.files.get()
    response = support.get(f"{at}/files/{kept.pk}/")
    assert response.content == b"Dear shop"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment")
    for part, pk in (("tags", known.tags.get().pk), ("notes", known.notes.get().pk), ("files", kept.pk)):
        support.post(f"{at}/{part}/{pk}/removal/")
    support.post(f"{at}/identifiers/{known.identifiers.get(kind='card').pk}/end/")
    text = support.get(f"{at}/").content.decode()
    assert "kept__words" not in text
    assert known.identifiers.filter(valid_to=None).count() == 2


def test_a_small_form_with_a_fault_changes_nothing_and_says_why(support: Client) -> None:
    known, club = ana(), tag()
    at = f"/customers/{known.pk}"
    page = f"http://testserver{at}/"
    response = support.post(f"{at}/tags/", {"tag": club.pk, "reason": ""}, headers={"Referer": page})
    assert response.status_code == 302
    assert "Why" in support.get(f"{at}/").content.decode()
    assert not known.tags.exists()


def test_the_company_designs_its_tags_and_fields() -> None:
    client = signed_in(person("marketer"))
    client.post("/tags/", {"name": "wine club", "description": "Gets the list", "lasts_days": "90"})
    made = Tag.objects.get()
    client.post(f"/tags/{made.pk}/", {"name": "wine circle", "description": "", "lasts_days": ""})
    client.post("/profile-fields/", {"label": "Drink", "type": "choice", "choices": "Tea\nCoffee\n", "key": "drink"})
    field = CustomField.objects.get()
    client.post(f"/profile-fields/{field.pk}/", {"label": "Favorite drink", "choices": "Tea\nCoffee\nWater"})
    made.refresh_from_db()
    field.refresh_from_db()
    assert (made.name, made.lasts_days) == ("wine circle", None)
    assert (field.key, field.label, field.choices) == ("drink", "Favorite drink", ["Tea", "Coffee", "Water"])
    assert "Favorite drink" in signed_in(person("support")).get("/customers/new/").content.decode()
    client.post(f"/tags/{made.pk}/removal/")
    client.post(f"/profile-fields/{field.pk}/removal/")
    assert (Tag.objects.count(), CustomField.objects.count()) == (0, 0)


@pytest.mark.parametrize("path", ["/tags/", "/profile-fields/"])
def test_an_associate_designs_nothing(path: str) -> None:
    client = signed_in(person("associate", store=store()))
    assert client.get(path).status_code == 403
    assert client.post(path, {"name": "x", "label": "x", "type": "text"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_answers_in_both_languages_within_thirty_queries(language: str, django_assert_max_num_queries) -> None:
    known, nameless = ana(), card()
    support, marketer = signed_in(person("support")), signed_in(person("marketer"))
    pages = [
        (support, "/customers/"), (support, "/customers/new/"), (support, f"/customers/{known.pk}/"),
        (support, f"/customers/{nameless.pk}/"), (support, f"/customers/{known.pk}/edit/"),
        (support, f"/customers/{nameless.pk}/claim/?q=Ana"), (support, "/search/?q=zzz"), (support, "/search/"),
        (marketer, "/tags/"), (marketer, "/profile-fields/"),
    ]  # fmt: skip
    for client, path in pages:
        client.cookies["django_language"] = language
        with django_assert_max_num_queries(30):
            assert client.get(path).status_code == 200, path
