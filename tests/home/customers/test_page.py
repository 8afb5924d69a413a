"""The 360 page: everything of one customer that the viewer may see, and nothing of what they may not."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomField
from regulars.sales.models import Receipt
from tests.customers.factories import NOW, PHONE, SYSTEM, ana, card, save, store, tag
from tests.home.customers.selling import figures, sell, signed_in
from tests.organization.factories import person

TODAY = NOW.date()


def chiara(*homes: object) -> Customer:
    save({"external_id": "7", "name": "Chiara Rossi"}, source="till")
    return Customer.objects.get(name="Chiara Rossi")


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.fixture
def support() -> Client:
    return signed_in(person("support"))


def test_the_page_says_how_a_customer_buys_and_why(support: Client) -> None:
    known = chiara()
    sell(known, store(), *(TODAY - timedelta(days=day) for day in range(48, 360, 21)))
    figures(known)
    text = text_of(support, f"/customers/{known.pk}/")
    assert "Usually comes every 21 days, last seen 48 days ago" in text
    assert "Declining" in text
    assert "Large customer" in text
    assert "30% bought on discount" in text
    assert "between 20% and 40%" in text


def test_a_customer_without_purchases_says_so(support: Client) -> None:
    assert "Has not bought yet" in text_of(support, f"/customers/{ana().pk}/")


def test_contact_data_comes_only_when_asked_for(support: Client) -> None:
    known = ana(birth_date="1986-05-04", address="1 Main St")
    text = text_of(support, f"/customers/{known.pk}/")
    assert "202****0123" in text
    assert not [word for word in (PHONE, "ana@example.test", "1986", "Main St") if word in text]
    held = known.identifiers.get(kind="phone")
    whole = support.post(f"/customers/{known.pk}/identifiers/{held.pk}/whole/").content.decode()
    assert PHONE in whole
    assert "1 Main St" in support.post(f"/customers/{known.pk}/contact/").content.decode()


@pytest.mark.parametrize("role", ["associate", "marketer", "analyst"])
def test_a_masked_role_is_offered_nothing_whole(role: str) -> None:
    here = store()
    CustomField.objects.create(key="id_number", label="ID number", type="text", is_personal=True)
    known = ana(home=here, address="1 Main St", custom={"id_number": "X12345678"})
    client = signed_in(person(role, **({"store": here} if role == "associate" else {})))
    text = text_of(client, f"/customers/{known.pk}/")
    assert "whole/" not in text
    assert "X12345678" not in text
    held = known.identifiers.get(kind="phone")
    assert client.post(f"/customers/{known.pk}/identifiers/{held.pk}/whole/").status_code == 403
    assert client.post(f"/customers/{known.pk}/contact/").status_code == 403


class TestOfAnotherStore:
    @pytest.fixture
    def places(self):
        return store(name="Harbor Street"), store(name="Market Square")

    @pytest.fixture
    def shared(self, places) -> Customer:
        here, there = places
        known = chiara()
        sell(known, here, TODAY - timedelta(days=40), TODAY - timedelta(days=70), amount=1111)
        sell(known, there, TODAY - timedelta(days=3), amount=8888)
        figures(known, store_id=there.pk, store_share=0.7, net_amount_12m=777700)
        customers.add_note(known.pk, "Secret of the square", viewer=self.clerk_viewer(there), now=NOW)
        return known

    @staticmethod
    def clerk_viewer(at):
        from tests.customers.factories import viewer

        return viewer("associate", [at])

    def test_purchases_notes_and_figures_of_it_are_hidden(self, places, shared: Customer) -> None:
        client = signed_in(person("associate", store=places[0]))
        text = text_of(client, f"/customers/{shared.pk}/")
        assert "$11.11" in text
        assert "last seen 40 days ago" in text
        hidden = ("$88.88", "Market Square", "Secret", "7,777", "3 days ago", str(TODAY - timedelta(days=3)), "MILK")
        assert not [word for word in hidden if word in text]

    def test_its_receipts_look_missing(self, places, shared: Customer) -> None:
        client = signed_in(person("associate", store=places[0]))
        foreign = Receipt.objects.get(store=places[1])
        own = Receipt.objects.filter(store=places[0]).first()
        assert client.get(f"/customers/{shared.pk}/receipts/{own.pk}/").status_code == 200
        assert client.get(f"/customers/{shared.pk}/receipts/{foreign.pk}/").status_code == 404
        assert client.get(f"/customers/{shared.pk}/receipts/999999/").status_code == 404

    def test_its_customers_look_missing_on_every_address(self, places) -> None:
        stranger = ana(home=places[1])
        client = signed_in(person("associate", store=places[0]))
        for part in ("", "timeline/", "edit/", "claim/"):
            foreign, missing = (client.get(f"/customers/{pk}/{part}") for pk in (stranger.pk, 999_999))
            assert foreign.status_code == missing.status_code == 404
            assert self.body(foreign, stranger.pk) == self.body(missing, 999_999)

    def test_its_customers_cannot_be_written_to(self, places) -> None:
        stranger, club = ana(home=places[1]), tag()
        client = signed_in(person("associate", store=places[0]))
        said = {"text": "x", "kind": "card", "value": "1", "tag": club.pk, "reason": "x"}
        for part in ("notes/", "tags/", "identifiers/"):
            assert client.post(f"/customers/{stranger.pk}/{part}", said).status_code == 404
        assert (stranger.notes.count(), stranger.tags.count(), stranger.identifiers.count()) == (0, 0, 2)

    @staticmethod
    def body(response, pk: int) -> str:
        """Return the page without what is new at every request: its own address and the form's token."""
        text = re.sub(r'nonce="[^"]+"|[A-Za-z0-9]{64}', "", response.content.decode())
        return text.replace(f"/{pk}/", "//").replace(f"%2F{pk}%2F", "")


def test_a_merged_card_leads_to_whom_it_became_with_its_purchases(support: Client) -> None:
    nameless, known = card(source="till"), ana()
    sell(nameless, store(), TODAY, amount=4321)
    customers.attach_card(nameless.pk, known.pk, viewer=SYSTEM, now=NOW)
    assert support.get(f"/customers/{nameless.pk}/").headers["Location"] == f"/customers/{known.pk}/"
    assert "$43.21" in text_of(support, f"/customers/{known.pk}/")


def test_a_receipt_opens_with_lines_discounts_and_tenders(support: Client) -> None:
    known = chiara()
    (receipt,) = sell(known, store(), TODAY)
    text = text_of(support, f"/customers/{known.pk}/receipts/{receipt.pk}/")
    assert "Promotion" in text
    assert "−$1.00" in text
    assert "$10.00" in text


class TestTimeline:
    def walk(self, client: Client, pk: int, show: str = "") -> list[str]:
        titles: list[str] = []
        href = f"/customers/{pk}/timeline/?show={show}"
        while href:
            text = text_of(client, href)
            titles += re.findall(r'timeline__title">([^<]+)<', text)
            following = re.search(r'hx-get="([^"]+cursor=[^"]+)"', text)
            href = following.group(1).replace("&amp;", "&") if following else ""
        return titles

    def test_everything_stands_on_it_once_newest_first(self, support: Client) -> None:
        known = chiara()
        sell(known, store(), *(TODAY - timedelta(days=day) for day in range(60)))
        for number in range(30):
            customers.add_note(known.pk, f"Note {number}", viewer=SYSTEM, now=NOW)  # all at the same moment
        customers.add_tag(known.pk, tag(), reason="Said so", viewer=SYSTEM, now=NOW)
        customers.edit_profile(known.pk, {"city": "Troy"}, viewer=SYSTEM, now=NOW)
        titles = self.walk(support, known.pk)
        assert len([title for title in titles if title.startswith("Bought")]) == 60
        notes = [title for title in titles if title.startswith("Note")]
        assert len(notes) == len(set(notes)) == 30
        assert "Tag on: wine club" in titles
        assert "Profile changed" in titles

    def test_a_filter_shows_one_kind(self, support: Client) -> None:
        known = chiara()
        sell(known, store(), TODAY)
        customers.add_note(known.pk, "Note", viewer=SYSTEM, now=NOW)
        assert self.walk(support, known.pk, "notes") == ["Note"]
        assert self.walk(support, known.pk, "receipts") == ["Bought 1 item"]

    def test_looking_at_contact_data_stands_in_the_trail_and_not_here(self, support: Client) -> None:
        known = ana()
        customers.show_contact(known.pk, viewer=SYSTEM, now=NOW)
        assert self.walk(support, known.pk) == ["Record opened"]

    @pytest.mark.parametrize("cursor", ["nonsense", "e30", "W10", "WzEsMiwzXQ", "WyIyMDI2LTAxLTAxIiwxLDFd"])
    def test_a_foreign_cursor_is_refused(self, support: Client, cursor: str) -> None:
        assert support.get(f"/customers/{ana().pk}/timeline/?cursor={cursor}").status_code == 422


def test_ten_thousand_entries_open_fast_and_with_few_queries(support: Client) -> None:
    known = chiara()
    sell(known, store(), *(date(2026, 11, 20) - timedelta(days=day % 3000) for day in range(10_000)))
    figures(known)
    support.get(f"/customers/{known.pk}/")
    with CaptureQueriesContext(connection) as queries:
        started = time.perf_counter()
        assert support.get(f"/customers/{known.pk}/").status_code == 200
        seconds = time.perf_counter() - started
    assert len(queries) <= 30
    assert seconds < 1.0  # 0.3 s on an idle machine; the benchmark holds the line


def test_a_key_beyond_a_thousand_stays_one_number_in_every_address(support: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), 1234567)")
        cursor.execute("SELECT setval(pg_get_serial_sequence('customers_identifier', 'id'), 7654321)")
    known = ana()
    for path in (f"/customers/{known.pk}/", f"/customers/{known.pk}/edit/", "/customers/"):
        text = text_of(support, path)
        assert "1,234,5" not in text
        assert "7,654,3" not in text
