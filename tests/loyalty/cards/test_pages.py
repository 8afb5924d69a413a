"""The desk pages, in both languages, used as people use them."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Batch, Card, CardType, Shipment, StockCount, TopUp, TopUpRefund
from regulars.organization.models import Approval, Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


def client(role: str = "finance", **place: Store) -> Client:
    browser = Client()
    browser.force_login(places.person(role, **place))
    return browser


def words(response: HttpResponse) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def key_in(response: HttpResponse) -> str:
    found = re.search(r'name="key" value="([0-9a-f]+)"', response.content.decode())
    assert found
    return found[1]


@pytest.fixture
def card(here: Store, there: Store) -> Card:
    """A bearer card that lived a little: paid in, used elsewhere, settled; beside it stock, a shipment and a count."""
    make.bonus(500_00, 50_00)
    kind = make.card_type(name="Gift card")
    made = make.active(here, kind)
    make.top_up(made, 500_00, here)
    make.spend(made, 120_00, there)
    cards.settle(until=NOW.date(), viewer=SYSTEM, now=NOW)
    make.stocked(here, kind, 2)
    make.made(kind, 3)
    cards.send(cards.Pick(type_id=kind.pk, quantity=2), from_store=None, to_store=there.pk, viewer=SYSTEM, now=NOW)
    cards.begin_count(store_id=here.pk, viewer=SYSTEM, now=NOW)
    return made


def test_every_page_opens_in_both_languages(card: Card) -> None:
    browser = client()
    paths = {
        reverse("cards:cards"): ("Gift card", "顾客"),
        reverse("cards:movements"): ("Activated", "激活"),
        reverse("cards:card", args=[card.pk]): ("at a till, or in a store by", "店长"),
        reverse("cards:stock"): ("Central stock", "总部库存"),
        reverse("cards:shipment", args=[Shipment.objects.latest("pk").pk]): ("still on the way", "在途"),
        reverse("cards:batches"): ("Order cards", "订卡"),
        reverse("cards:types"): ("Partners", "合作方"),
        reverse("cards:add_type"): ("Keep card type", "保存卡种"),
        reverse("cards:type", args=[card.type_id]): ("Reserve numbers", "号段"),
        reverse("cards:top_up_rules"): ("Offer bonus", "赠金"),
        reverse("cards:counts"): ("Begin counting", "开始盘点"),
        reverse("cards:count", args=[StockCount.objects.get().pk]): ("Out of place", "盘"),
        reverse("cards:settlement") + "?first=2026-11-01&last=2026-11-30": ("Xujiahui", "结算"),
    }
    for path, (english, chinese) in paths.items():
        assert english in words(browser.get(path)), path
        said = words(browser.get(path, headers={"Accept-Language": "zh-hans"}))
        assert chinese in said, path
        assert " system " not in said, path  # who acted is said in the reader's language, too


def test_a_card_is_sold_topped_up_and_refunded_at_the_desk(here: Store) -> None:
    make.bonus(100_00, 10_00)
    stocked = make.card(make.stocked(here, make.card_type())[0])
    browser, page = client("store_manager", store=here), reverse("cards:card", args=[stocked.pk])
    key = key_in(browser.get(page))
    browser.post(reverse("cards:activate", args=[stocked.pk]), {"store": here.pk, "key": key})
    key = key_in(browser.get(page))
    paid = {"store": here.pk, "amount": "100.00", "tender": "cash", "key": key}
    for _ in range(2):  # sent twice, done once
        browser.post(reverse("cards:top_up", args=[stocked.pk]), paid)
    top_up = TopUp.objects.get()
    assert (top_up.principal_amount, top_up.bonus_amount) == (100_00, 10_00)
    back = {"store": here.pk, "reason": "moves away", "key": "k"}
    browser.post(reverse("cards:refund", args=[stocked.pk, top_up.pk]), back)
    assert TopUpRefund.objects.get().paid_out_amount == 100_00
    assert "paid back on" in words(browser.get(page))


def test_a_refusal_of_the_law_is_said_in_the_cashiers_language(here: Store) -> None:
    made = make.active(here, make.card_type(rule_pack="cn-prepaid", lasts_months=36))
    browser, page = client("store_manager", store=here), reverse("cards:card", args=[made.pk])
    paid = {"store": here.pk, "amount": "1000.01", "tender": "card", "key": "k"}
    answer = browser.post(
        reverse("cards:top_up", args=[made.pk]), paid, headers={"Accept-Language": "zh-hans", "Referer": f"http://testserver{page}"}
    )  # fmt: skip
    assert answer["Location"].endswith(page)
    assert "最多" in words(browser.get(page, headers={"Accept-Language": "zh-hans"}))
    assert TopUp.objects.count() == 0


def test_codes_are_handed_out_once_and_to_two_people_only() -> None:
    batch = cards.order_batch(make.number_range(make.card_type()), quantity=2, viewer=SYSTEM, now=NOW)
    one, other = places.person("finance"), places.person("finance")
    mine, theirs = Client(), Client()
    mine.force_login(one)
    theirs.force_login(other)
    path = reverse("cards:make", args=[batch.pk])
    assert mine.post(path).status_code == 302
    theirs.post(reverse("organization:decide", args=[Approval.objects.get().pk]), {"verdict": "approve"})
    answer = mine.post(path)
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert (len(lines), answer["Cache-Control"][:24]) == (3, "max-age=0, no-cache, no-")
    assert Batch.objects.get().made_at is not None
    assert mine.post(path, headers={"Referer": "http://testserver/cards/batches/"}).status_code == 302


def test_cards_are_sent_from_the_stock_page(here: Store) -> None:
    kind = make.card_type()
    make.made(kind, 3)
    sent = {"from_store": "", "to_store": str(here.pk), "type": kind.pk, "quantity": "2"}
    answer = client().post(reverse("cards:send"), sent)
    shipment = Shipment.objects.get()
    assert answer["Location"] == reverse("cards:shipment", args=[shipment.pk])
    client("store_manager", store=here).post(reverse("cards:receive", args=[shipment.pk]))
    assert Card.objects.filter(store=here, state="in_stock").count() == 2


def test_a_type_with_numbers_is_set_up_on_the_page() -> None:
    browser = client("marketer")
    said = {"code": "gift", "name": "Gift", "kind": "stored_value", "rule_pack": "cn-prepaid", "lasts_months": "36",
            "spend_order": "bonus_first", "takes_top_ups": "on", "is_active": "on"}  # fmt: skip
    browser.post(reverse("cards:add_type"), said | {"lasts_months": "12"})
    assert not CardType.objects.exists()
    browser.post(reverse("cards:add_type"), said)
    made = CardType.objects.get()
    assert (made.currency, made.rule_pack) == ("CNY", "cn-prepaid")
    numbers = {"prefix": "8600", "serial_digits": "8", "last": "99999999"}
    browser.post(reverse("cards:add_range", args=[made.pk]), numbers)
    assert made.ranges.get().prefix == "8600"


def test_the_settlement_file_has_a_line_for_each_pair_and_day(card: Card) -> None:
    answer = client().get(reverse("cards:settlement") + "?first=2026-11-01&last=2026-11-30&export=csv")
    head, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head == "business_date,currency,debtor_code,debtor,creditor_code,creditor,amount"
    assert line == "2026-11-20,CNY,SH-1,Nanjing Road,SH-2,Xujiahui,70.00"


def test_a_store_finds_no_card_of_another_store(here: Store, there: Store) -> None:
    theirs = make.active(there, make.card_type())
    browser = client("store_manager", store=here)
    assert browser.get(reverse("cards:card", args=[theirs.pk])).status_code == 404
    assert theirs.number not in words(browser.get(reverse("cards:cards")))
