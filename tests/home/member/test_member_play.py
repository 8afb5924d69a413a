"""What members do on their own page: sign in, take turns, bring friends; each within the rules and each once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from regulars.customers.models import Customer
from regulars.loyalty.cards import services as cards
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Draw, DrawTurn, Referral, SignIn
from regulars.organization.models import Company
from tests.home.member.test_member_page import path_of, words
from tests.loyalty.cards import factories as make
from tests.loyalty.program.story import SYSTEM, balance, club, publish
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Customer:
    """Ana, a member of a club with sign-in, referral and a draw that costs 2 points a turn."""
    cache.clear()
    Company.objects.create(pk=1, name="East Wind", currency="USD", timezone="America/New_York", country="US")
    store = places.store(code="N1", name="North", timezone="America/New_York", currency="USD")
    publish(
        sign_in={"points": 5, "row_days": 7, "row_points": 20}, referral={"referrer_points": 40, "referred_points": 20},
        effective_from=date(2020, 1, 1),
    )  # fmt: skip
    member, now = make.member("Ana Lopez", at=store), datetime.now(UTC)
    joining = program.Joining(customer_id=member.pk, joined_on=now.date(), joined_at=now, store_id=store.pk)
    program.enroll_many([joining], program=club())
    wheel = {"code": "wheel", "name": "Wheel", "points_price": 2, "per_day": 2, "budget_amount": 5_00}
    program.save_draw(club(), wheel, [{"name": "Mug", "weight": 1, "cost_amount": 5_00}], viewer=SYSTEM, now=now)
    badge = {"code": "week", "name": "A week of sign-ins", "measure": "streak", "from_value": 7}
    program.save_badge(club(), badge, viewer=SYSTEM, now=now)
    return member


def turn_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(key|draw)" value="([^"]+)"', page))


def test_a_member_signs_in_and_takes_turns_as_the_desk_would_let_them(ana: Customer) -> None:
    browser, path = Client(enforce_csrf_checks=True), path_of(ana)
    page = browser.get(path).content.decode()
    assert "Get 5 points" in page
    asked = turn_of(page)
    assert browser.post(path + "turns/", asked).status_code == 403  # a form of some other site

    asked |= {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    refused = browser.post(path + "turns/", asked)
    assert refused.url == path
    assert not DrawTurn.objects.exists()  # there are no points yet to pay with
    for _ in range(2):
        browser.post(path + "sign-in/", asked)
    assert [signed.points for signed in SignIn.objects.all()] == [5]
    assert "1 of 7" in words(browser.get(path))

    first, again = (browser.post(path + "turns/", asked) for _ in range(2))
    assert first.url == again.url == f"{path}?turn={DrawTurn.objects.get().pk}"
    assert "Mug Show this in the store" in words(browser.get(first.url))
    assert balance(ana.pk, now=datetime.now(UTC)).posted == 3
    assert Draw.objects.get().spent_amount == 5_00
    browser.post(path + "turns/", asked | {"key": "another"})
    assert DrawTurn.objects.latest("pk").prize is None  # beyond the budget
    assert "taken all turns of today" in words(browser.get(path))

    ben = make.member("Ben Reed", at=ana.home_store)
    theirs = path_of(ben)
    assert browser.post(theirs + "turns/", asked).status_code == 404  # in no program
    assert "Mug" not in words(browser.get(theirs + first.url.removeprefix(path)))


def test_an_invitation_shows_a_code_by_which_the_desk_knows_who_brought_a_friend(ana: Customer) -> None:
    page = Client().get(path_of(ana)).content.decode()
    assert "You get 40 points and your friend 20" in page
    address = re.search(r'data-share="[^"]*(/i/[^"]+)"', page)
    assert address
    invited = Client().get(address[1]).content.decode()
    code = re.search(r"<code[^>]*>([^<]+)</code>", invited)
    assert code
    assert "Lopez" not in invited
    assert Client().get("/i/AAAA-AAAA/").status_code == 404

    friend = make.member("Chiara Neri", at=ana.home_store)
    desk = Client()
    desk.force_login(places.person("store_manager", store=ana.home_store))
    desk.post(reverse("program:bring", args=[friend.pk]), {"friend": code[1].lower().replace("-", " ")})
    assert Referral.objects.get().referrer_id == ana.pk
    assert "1 friend so far" in words(Client().get(path_of(ana)))

    now = datetime.now(UTC)
    assert program.referral_code_of(ana.pk, now=now + timedelta(days=1)) == code[1]
    cards.end_pass(ana.pk, viewer=SYSTEM, now=now)
    assert Client().get(address[1]).status_code == 200  # the phone is lost, the invitation is not
