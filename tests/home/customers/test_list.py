"""The customer list: found at once, sorted by index, filtered, kept as views, and exported as the role may have it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerStore
from regulars.insight.models import CustomerFigures
from regulars.organization.models import Approval, AuditEntry
from tests.customers.factories import NOW, PHONE, SYSTEM, ana, card, save, store, tag
from tests.home.customers.selling import figures, sell, signed_in
from tests.organization.factories import person

PAGE = "/customers/"


def names(client: Client, **asked: str) -> list[str]:
    text = client.get(PAGE, asked).content.decode()
    return re.findall(r'class="lead"><a href="/customers/\d+/">.*?</span>([^<]+)</span></a>', text)


@pytest.fixture
def support() -> Client:
    return signed_in(person("support"))


def test_an_empty_list_says_what_comes_first(support: Client) -> None:
    text = support.get(PAGE).content.decode()
    assert "No customers yet" in text
    assert "/customers/new/" in text


def test_the_best_customers_come_first_and_those_without_figures_last(support: Client) -> None:
    save(*[{"external_id": str(number), "name": f"C{number}"} for number in range(5)])
    for number, amount in ((3, 500), (1, 9000)):
        figures(Customer.objects.get(name=f"C{number}"), net_amount_12m=amount)
    assert names(support)[:2] == ["C1", "C3"]
    assert sorted(names(support)[2:]) == ["C0", "C2", "C4"]


@pytest.mark.parametrize("sort", ["-figures__net_amount_12m", "figures__last_purchase_date", "name", "-name", "joined_on"])
def test_walking_the_pages_loses_and_repeats_nobody(support: Client, sort: str) -> None:
    save(*[{"external_id": str(number), "name": f"C{number % 70}"} for number in range(130)])
    for customer in Customer.objects.order_by("pk")[:90]:
        figures(customer, net_amount_12m=customer.pk % 7)
    seen: list[str] = []
    href = f"{PAGE}?sort={sort}"
    while href:
        text = support.get(href).content.decode()
        seen += re.findall(r'class="lead"><a href="/customers/(\d+)/"', text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        href = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 130


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "lopez"}, ["Ana Lopez"]),
        ({"q": PHONE}, ["Ana Lopez"]),
        ({"stage": "declining"}, ["Ana Lopez"]),
        ({"stage": "lost"}, []),
        ({"value": "large"}, ["Ana Lopez"]),
        ({"rfm": "key_keep"}, ["Ana Lopez"]),
        ({"bought": "90"}, ["Ana Lopez"]),
        ({"bought": "30"}, []),
        ({"bought": "never"}, ["Ben"]),
        ({"late": "yes"}, ["Ana Lopez"]),
        ({"has_phone": "yes"}, ["Ana Lopez"]),
        ({"has_phone": "no"}, ["Ben"]),
        ({"has_email": "yes"}, ["Ana Lopez"]),
        ({"tag": "wine club"}, ["Ana Lopez"]),
        ({"kind": "household"}, ["Ben"]),
    ],
)
def test_a_filter_keeps_whom_it_names(support: Client, asked: dict[str, str], expected: list[str]) -> None:
    known = ana()
    figures(known)
    customers.add_tag(known.pk, tag(), reason="Said so", viewer=SYSTEM, now=NOW)
    save({"external_id": "2", "name": "Ben", "kind": "household"})
    assert names(support, **asked) == expected


def test_a_nameless_card_is_listed_by_its_last_signs(support: Client) -> None:
    card("88001234")
    assert "Nameless card ****1234" in support.get(PAGE).content.decode()


def test_contact_data_is_masked_on_every_screen(support: Client) -> None:
    ana()
    text = support.get(PAGE, {"columns": ["phone", "email"]}).content.decode()
    assert "202****0123" in text
    assert "2025550123" not in text
    assert "ana@example.test" not in text


@pytest.mark.parametrize("asked", [{"q": "a\0b"}, {"tag": "\0"}, {"stage": "'"}, {"store": "%"}])
def test_strange_words_in_the_address_break_nothing(support: Client, asked: dict[str, str]) -> None:
    ana()
    assert support.get(PAGE, asked).status_code == 200


def test_a_list_of_many_takes_few_queries(support: Client) -> None:
    save(*[{"external_id": str(number), "name": f"C{number}", "tags": "a,b"} for number in range(60)])
    with CaptureQueriesContext(connection) as queries:
        assert support.get(PAGE).status_code == 200
    assert len(queries) <= 20


def test_the_first_page_by_value_is_read_from_the_index(support: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        support.get(PAGE)
    statement = next(
        each["sql"] for each in queries.captured_queries if "ORDER BY" in each["sql"] and "INNER JOIN" in each["sql"]
    )
    assert "NULLS" not in statement.upper().split("ORDER BY")[1]


class TestOfAStore:
    def test_only_customers_of_the_own_store_are_listed(self) -> None:
        here, there = store(), store()
        ana(home=here)
        save({"external_id": "2", "name": "Ben", "home_store": there.code})
        client = signed_in(person("associate", store=here))
        assert names(client) == ["Ana Lopez"]
        assert names(client, q="Ben") == []

    def test_sums_hold_the_own_stores_alone(self) -> None:
        here, there = store(), store()
        save({"external_id": "7", "name": "Chiara", "home_store": here.code}, source="till")
        chiara = Customer.objects.get()
        figures(chiara, net_amount_12m=777700)
        sell(chiara, here, NOW.date(), amount=1234)
        sell(chiara, there, NOW.date(), amount=5678)
        text = signed_in(person("associate", store=here)).get(PAGE).content.decode()
        assert "$12.34" in text
        assert not [amount for amount in ("$56.78", "$69.12", "$7,777.00") if amount in text]

    @pytest.mark.parametrize("asked", [{"sort": "-figures__net_amount_12m"}, {"bought": "90"}, {"late": "yes"}])
    def test_what_was_bought_elsewhere_shows_in_no_order_and_no_filter(self, asked: dict[str, str]) -> None:
        here = store()
        for number in range(4):
            save({"external_id": str(number), "name": f"C{number}", "home_store": here.code})
            figures(Customer.objects.get(name=f"C{number}"), net_amount_12m=number * 100)
        client = signed_in(person("associate", store=here))
        assert names(client, **asked) == names(client)


class TestExport:
    def rows(self, client: Client, **asked: str) -> list[dict[str, str]]:
        response = client.get(PAGE, {"export": "csv"} | asked)
        body = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(body)))

    def test_a_masked_role_gets_a_masked_file(self) -> None:
        ana()
        (row,) = self.rows(signed_in(person("marketer")))
        assert (row["Customer"], row["Phone"]) == ("Ana Lopez", "202****0123")
        assert AuditEntry.objects.get(action="customers.exported").actor

    def test_an_unmasked_role_gets_whole_numbers_that_no_spreadsheet_runs(self) -> None:
        ana()
        (row,) = self.rows(signed_in(person("privacy")), columns="phone")
        assert row["Phone"] == "'" + PHONE

    def test_only_what_the_list_shows_is_exported(self) -> None:
        ana()
        save({"external_id": "2", "name": "=HYPERLINK(1)"})
        (row,) = self.rows(signed_in(person("privacy")), q="hyper")
        assert row["Customer"] == "'=HYPERLINK(1)"

    @pytest.mark.parametrize("role", ["support", "associate"])
    def test_a_role_without_the_right_gets_no_file_and_no_button(self, role: str) -> None:
        here = store()
        ana(home=here)
        client = signed_in(person(role, **({"store": here} if role == "associate" else {})))
        assert client.get(PAGE, {"export": "csv"}).status_code == 403
        assert "export=csv" not in client.get(PAGE).content.decode()
        assert not AuditEntry.objects.filter(action="customers.exported").exists()

    def test_a_large_file_waits_for_a_second_person(self, settings) -> None:
        settings.EXPORT_ROWS_WITHOUT_APPROVAL = 1
        save({"external_id": "1", "name": "Ana"}, {"external_id": "2", "name": "Ben"})
        asking, second = person("marketer"), person("marketer")
        client = signed_in(asking)
        assert client.get(PAGE, {"export": "csv"}).status_code == 302
        approval = Approval.objects.get()
        decision = f"/approvals/{approval.pk}/decision/"
        assert client.post(decision, {"verdict": "approve"}).status_code == 403  # nobody approves what they asked for
        assert signed_in(second).post(decision, {"verdict": "approve"}).status_code == 302
        assert len(self.rows(client)) == 2
        assert client.get(PAGE, {"export": "csv"}).status_code == 302


def test_a_view_is_kept_and_shown(support: Client) -> None:
    support.post("/views/", {"page": PAGE, "name": "Declining", "query": "stage=declining"})
    text = support.get(PAGE).content.decode()
    assert "/customers/?stage=declining" in text
    assert "Declining" in text


def test_figures_of_who_is_gone_show_nowhere(support: Client) -> None:
    nameless, known = card(), ana()
    figures(nameless)
    customers.attach_card(nameless.pk, known.pk, viewer=SYSTEM, now=NOW)
    assert CustomerFigures.objects.count() == 1
    assert names(support) == ["Ana Lopez"]
    assert CustomerStore.objects.count() == 0
