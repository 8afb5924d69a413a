"""The till screen: one field for articles, members and coupons, and the same verbs as the protocol."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from regulars.organization import services as organization
from regulars.organization.access import system
from regulars.organization.models import Grant, Person, Store
from regulars.sales.models import Receipt
from tests.loyalty.checkout import offers, program
from tests.loyalty.checkout.conftest import NOW

pytestmark = pytest.mark.django_db


class Screen:
    """A browser that keeps the form as htmx would."""

    def __init__(self, person: Person) -> None:
        self.client = Client()
        self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        self.html = self.client.get("/till/").content.decode()

    def form(self) -> dict[str, Any]:
        fields: dict[str, list[str]] = {}
        for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.html):
            name, value = re.search(r'name="([^"]*)"', tag)[1], re.search(r'value="([^"]*)"', tag)[1]
            fields.setdefault(name, []).append(value)
        return fields

    def send(self, path: str = "/till/basket/", **done: str) -> str:
        self.html = self.client.post(path, self.form() | done, headers={"HX-Request": "true"}).content.decode()
        return self.html


def associate(store: str = "SH-1") -> Person:
    made = organization.create_person(email=f"lin.{store.lower()}@example.test", name="Lin", viewer=system("tests"), now=NOW)
    Grant.objects.create(person=made, role="associate", store=Store.objects.get(code=store), given_at=NOW)
    return made


@pytest.fixture
def screen(shop: None) -> Screen:
    return Screen(associate())


def test_scan_scan_pay(screen: Screen) -> None:
    screen.send(entry="P1")
    screen.send(entry="P2")
    assert "20.00" in screen.html
    page = screen.send("/till/sales/", pay="cash")
    assert "Sold" in page
    receipt = Receipt.objects.get()
    assert (receipt.paid_amount, receipt.store.code, receipt.cashier) == (2000, "SH-1", "Lin")


def test_a_double_tap_sells_once(screen: Screen) -> None:
    screen.send(entry="P1")
    before = screen.html
    screen.send("/till/sales/", pay="cash")
    screen.html = before
    assert "Sold" in screen.send("/till/sales/", pay="cash")
    assert Receipt.objects.count() == 1


def test_one_field_finds_articles_by_name_members_and_coupons(screen: Screen) -> None:
    program.publish()
    (code,) = offers.codes(offers.publish("SPRING", is_coupon=True))
    several = screen.send(entry="ea")
    assert ("Tea 1" in several, "Bread 4" in several, "10.00" in several) == (True, True, True)
    assert "Coffee 2" in screen.send(entry="coff")
    assert "Ana Lopez" in screen.send(entry="13800000001")
    assert "7.00" in screen.send(entry=code)
    assert "Nothing is known" in screen.send(entry="no such thing")


def test_points_are_used_with_one_tap(screen: Screen) -> None:
    from regulars.customers.models import Customer

    program.publish()
    program.give(Customer.objects.get(name="Ana Lopez").pk, 300)
    screen.send(entry="P1")
    screen.send(entry="13800000001")
    assert "7.00" in screen.send(points="yes")
    screen.send("/till/sales/", pay="card")
    assert dict(Receipt.objects.get().tenders.values_list("kind", "amount")) == {"points": 300, "card": 700}


def test_a_sale_is_paid_in_parts_and_change_is_given(screen: Screen) -> None:
    screen.send(entry="P1")
    screen.send(entry="P2")
    assert "15.00" in screen.send("/till/sales/", pay="card", amount="5")
    screen.send("/till/sales/", pay="wallet", amount="2.5")
    assert "15.00" in screen.send(unpay="1")
    assert "more than" not in screen.send(less="1")
    assert "is not an amount" in screen.send("/till/sales/", pay="cash", amount="five")
    assert not Receipt.objects.exists()
    assert "95.00" in screen.send("/till/sales/", pay="cash", amount="100")
    assert list(Receipt.objects.get().tenders.values_list("kind", "amount")) == [("card", 500), ("cash", 500)]


def test_a_part_that_is_more_than_the_rest_is_taken_back_first(screen: Screen) -> None:
    screen.send(entry="P1")
    screen.send(entry="P2")
    screen.send("/till/sales/", pay="card", amount="15")
    assert "More is paid" in screen.send(less="0")
    assert "More is paid" in screen.send("/till/sales/", pay="cash")
    assert not Receipt.objects.exists()


def test_a_price_that_changed_meanwhile_is_shown_before_money_is_taken(screen: Screen) -> None:
    screen.send(entry="P1")
    offers.publish("THREE-OFF")
    assert "The price has changed" in screen.send("/till/sales/", pay="cash")
    assert not Receipt.objects.exists()


def test_pieces_are_counted_up_and_down(screen: Screen) -> None:
    screen.send(entry="P1")
    assert "20.00" in screen.send(more="0")
    screen.send(less="0")
    assert "The basket is empty" in screen.send(less="0")


def test_nobody_sells_in_another_store(screen: Screen) -> None:
    screen.send(entry="P1")
    screen.html = screen.html.replace('value="SH-1"', 'value="BJ-1"')
    assert "no such store" in screen.send("/till/sales/", pay="cash")
    assert not Receipt.objects.exists()


def test_parked_messages_are_listed(screen: Screen) -> None:
    assert "Nothing is waiting" in screen.client.get("/till/parked/").content.decode()
