"""Partners and badges: written down, paid for, exchanged, settled; and given for visits."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from regulars.core import outbox
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Badge, Partner, PartnerPayment
from tests.loyalty.program.story import NOW, SYSTEM, balance, club, publish, sell
from tests.organization import factories as people

pytestmark = pytest.mark.django_db


def client(role):
    browser = Client()
    browser.force_login(people.person(role))
    return browser


def test_a_partner_is_written_down_pays_and_is_settled(company):
    publish()
    ana = sell("S1", 5000).customer_id
    marketer, finance = client("marketer"), client("finance")
    said = {"name": "Air", "code": "air", "our_points": "1", "their_points": "2", "is_active": "on"}
    assert b"No partners yet" in marketer.get(reverse("program:partners")).content
    marketer.post(reverse("program:add_partner"), said)
    assert marketer.post(reverse("program:add_partner"), said).status_code == 422
    page = reverse("program:partner", args=[Partner.objects.get().pk])
    marketer.post(page, said | {"their_points": "3"})
    paid = {"points": "100", "paid_amount": "5", "key": "k"}
    for _ in range(2):
        finance.post(reverse("program:pay_partner", args=[Partner.objects.get().pk]), paid)

    program.exchange_in(Partner.objects.get(), ana, 30, key="x", viewer=SYSTEM, now=timezone.now())

    assert Partner.objects.values_list("their_points", "prepaid_points").get() == (3, 90)
    assert PartnerPayment.objects.values_list("points", "paid_amount").get() == (100, 500)
    assert b"10 for 30 of theirs" in finance.get(page).content
    lines = b"".join(finance.get(page, {"export": "csv"}).streaming_content).decode().splitlines()
    assert lines[1].endswith(",10,30,0,0")
    assert client("associate").get(page).context["payments"] == []


def test_a_badge_is_written_down_and_given_for_visits(company):
    publish()
    marketer = client("marketer")
    said = {"name": "Regular", "code": "two", "measure": "visits", "from_value": "2", "points": "7", "is_active": "on"}
    marketer.post(reverse("program:add_badge"), said)
    marketer.post(reverse("program:badge", args=[Badge.objects.get().pk]), said | {"name": "Regular guest"})
    ana = sell("S1", 5000).customer_id
    outbox.deliver_waiting(now=NOW)
    assert program.give_visit_badges(club(), viewer=SYSTEM, now=NOW) == 0
    sell("S2", 5000)
    outbox.deliver_waiting(now=NOW)

    assert [program.give_visit_badges(club(), viewer=SYSTEM, now=NOW) for _ in range(2)] == [1, 0]

    assert balance(ana).spendable == 107
    assert "Regular guest" in marketer.get(reverse("program:badges")).content.decode()
