"""The member's own page: theirs alone, by a signed link, with nothing on it that names them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from regulars.customers.models import Customer
from regulars.loyalty.cards import services as cards
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization.models import Company, Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import SYSTEM
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store() -> Store:
    cache.clear()
    Company.objects.create(pk=1, name="East Wind", currency="CNY", timezone="Asia/Shanghai", country="CN")
    return places.store(code="SH-1", name="Nanjing Road", timezone="Asia/Shanghai", currency="CNY")


@pytest.fixture
def ana(store: Store) -> Customer:
    """Ana with 1,280 points, of which 300 end soon, and a card with 100 yuan on it."""
    member = make.member("Ana Lopez", at=store)
    owner, now = Owner(OwnerKind.CUSTOMER, member.pk), datetime.now(UTC)
    wallet.define_unit("points.club", kind="points", name="Club points")
    parts = (
        Give(owner=owner, unit="points.club", amount=980, house=House.ISSUED),
        Give(owner=owner, unit="points.club", amount=300, house=House.ISSUED, expires_at=now + timedelta(days=9)),
    )
    earned = Command(source="t", key="1", kind="earn", at=now - timedelta(days=1), parts=parts)
    wallet.post([earned], now=now, viewer=SYSTEM)
    make.top_up(make.active(store, make.card_type(is_named=True, name="Savings card"), customer=member), 100_00, store)
    return member


def path_of(member: Customer) -> str:
    now = datetime.now(UTC)
    token = cards.link_token(cards.pass_of(member.pk, now=now), today=now.date())
    return reverse("home:member_page", args=[token])


def words(response: HttpResponse) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_page_opens_without_signing_in_and_shows_what_is_theirs(ana: Customer) -> None:
    page = words(Client().get(path_of(ana)))
    assert "Hello A**" in page
    assert "1,280" in page
    assert "300 expire on" in page
    assert "Savings card" in page
    assert "+CN¥100.00" in page
    chinese = words(Client().get(path_of(ana), headers={"Accept-Language": "zh-hans"}))
    assert "会员码" not in chinese or "积分" in chinese
    assert "您好" in chinese


def test_it_names_nobody_and_is_kept_nowhere(ana: Customer) -> None:
    answer = Client().get(path_of(ana))
    text = answer.content.decode()
    assert "Lopez" not in text
    assert not any(card.number in text for card in ana.cards.all())
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_code_on_the_page_is_a_picture_with_its_next_ten_minutes_at_hand(ana: Customer) -> None:
    path = path_of(ana)
    told = Client().get(path + "code/").json()
    page = Client().get(path).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    steps, drawn = zip(*told["codes"], strict=True)
    assert list(steps) == list(range(told["now"] // 30_000, told["now"] // 30_000 + 20))
    assert len(set(drawn)) == 20
    assert re.search(r' d="([^"]+)"', page[page.index("<svg") :])[1] in drawn  # type: ignore[index]


def test_a_forged_an_old_and_an_ended_link_look_alike(ana: Customer) -> None:
    path = path_of(ana)
    cards.end_pass(ana.pk, viewer=SYSTEM, now=datetime.now(UTC))
    now = datetime.now(UTC)
    old = cards.link_token(cards.pass_of(ana.pk, now=now), today=now.date() - timedelta(days=366))
    pages = set()
    for each in (path, reverse("home:member_page", args=[old]), reverse("home:member_page", args=["A" * 35])):
        answer = Client().get(each)
        pages.add(
            (answer.status_code, re.sub(r"(nonce|csrfmiddlewaretoken|X-CSRFToken|next)[^>]*", "", answer.content.decode()))
        )
    assert len(pages) == 1
    assert next(iter(pages))[0] == 404


def test_wrong_links_lock_their_address_out(ana: Customer) -> None:
    browser = Client()
    for number in range(20):
        assert browser.get(reverse("home:member_page", args=[f"{number:035d}"])).status_code == 404
    assert browser.get(path_of(ana)).status_code == 429
    assert browser.get(path_of(ana), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_staff_hand_out_the_link_and_end_it(ana: Customer, store: Store) -> None:
    browser = Client()
    browser.force_login(places.person("store_manager", store=store))
    page = browser.get(reverse("home:member_link", args=[ana.pk])).content.decode()
    token = re.search(r"/m/([\w-]{35})/", page)
    assert token
    assert Client().get(reverse("home:member_page", args=[token[1]])).status_code == 200
    browser.post(reverse("home:end_member_link", args=[ana.pk]))
    assert Client().get(reverse("home:member_page", args=[token[1]])).status_code == 404
