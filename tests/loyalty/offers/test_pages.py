"""The pages of offers, in both languages, used as people use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from regulars.customers.models import Customer
from regulars.loyalty.offers import drafting
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.forms import KINDS, OfferForm
from regulars.loyalty.offers.models import Coupon, CouponBatch, Offer
from regulars.loyalty.offers.rules import terms as offer_terms
from tests.loyalty.offers.published import NOW, SYSTEM, codes_of, five_off, quote, sell
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_a_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def client(role: str = "marketer", *, language: str = "en") -> Client:
    browser = Client(headers={"accept-language": language})
    browser.force_login(places.person(role))
    return browser


def words(response: HttpResponse) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


FILLED: dict[str, dict[str, Any]] = {
    "amount": {"off_amount": "5", "each": "on"},
    "percent": {"off_share": "12.5", "off_max": "20", "scope": "category", "scope_names": "Bakery, Dairy"},
    "time": {"off_share": "20", "weekdays": ["fri"], "from_time": "17:00", "to_time": "18:59"},
    "n_for_m": {"take": "3", "pay": "2", "scope": "brand", "scope_names": "Ahorn"},
    "threshold": {"from_amount": "100", "off_amount": "10", "every": "on", "takes_back": "on"},
    "step": {"steps": "50 5\n100 15%"},
    "product": {
        "quantity": "1",
        "off_share": "100",
        "times_max": "2",
        "scope": "sku",
        "scope_names": "4711",
        "buy_quantity": "2",
        "buy_scope": "category",
        "buy_names": "Bakery",
    },
    "bundle": {"price": "9.90", "parts": "1 category: Bakery\n2 sku: 4711, 4712"},
    "member_price": {"prices": "4711 2.49\n4712 3"},
    "shipping": {"off_share": "100", "when": '{"attr": "customer.tags", "op": "has_any", "value": ["vip"]}'},
}
PLAIN = {
    "code": "autumn", "title": "Autumn", "ends_on": "2026-12-31", "budget": "1,000", "phase": "basket", "exclusive": "nothing",
    "supplier_share": "33.33", "supplier_name": "Acme", "more_funders": "20% Zest\n10% partner: City Bank",
}  # fmt: skip
HOURS = "mon tue 17:00-18:59\nsat 22:00-02:00"


def filled(kind: str, **more: Any) -> dict[str, Any]:
    phase = "item" if kind in {"n_for_m", "product", "bundle", "member_price"} else "basket"
    return {**PLAIN, "phase": phase, **FILLED[kind], **more}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_published_and_opened_again_unchanged(kind: str) -> None:
    browser = client()
    made = browser.post(reverse("offers:create", args=["promotion", kind]), filled(kind, more_windows=HOURS))
    assert made.status_code == 302, words(made)
    offer = Offer.objects.get()
    terms = offer_terms.read(offer.draft)
    assert terms.body.kind == kind
    assert (terms.budget_amount, terms.funding[1].name) == (1_000_00, "Acme")
    assert [(each.party, each.share_bp) for each in terms.funding] == [
        ("retailer", 3667), ("supplier", 3333), ("supplier", 2000), ("partner", 1000),
    ]  # fmt: skip
    assert [each.to_time for each in terms.windows[-2:]] == ["18:59", "02:00"]
    initial = drafting.initial(terms)
    form = OfferForm(None, kind=kind, is_coupon=False, is_new=False, initial=initial)
    shown = {name: form[name].value() for name in form.fields}
    again = {name: value for name, value in shown.items() if value not in (None, False, "")} | {"title": "Autumn"}
    assert browser.post(reverse("offers:edit", args=[offer.pk]), again).status_code == 302
    offer.refresh_from_db()
    assert offer_terms.read(offer.draft) == terms
    browser.post(reverse("offers:publish", args=[offer.pk]))
    assert "Autumn" in words(browser.get(reverse("offers:offer", args=[offer.pk])))
    offer.refresh_from_db()
    assert offer.state == "live"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(language: str, ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 50, "uses_per_person": 9, "tiers": [], "channels": ["store", "app"]})
    sell("1", customer=ana, codes=codes_of(offer, 2))
    offers.make_public_code(offer.pk, "AUTUMN", viewer=SYSTEM, now=NOW)
    five_off("PLAIN")
    browser = client(language=language)
    coupon = Coupon.objects.filter(state="used").get()
    paths = [
        reverse("offers:offers"), reverse("offers:choose"), reverse("offers:choose") + "?group=coupon",
        reverse("offers:create", args=["coupon", "percent"]), reverse("offers:offer", args=[offer.pk]),
        reverse("offers:edit", args=[offer.pk]), reverse("offers:uses", args=[offer.pk]),
        reverse("offers:coupons", args=[offer.pk]), reverse("offers:coupon", args=[coupon.pk]),
    ]  # fmt: skip
    for path in paths:
        said = words(browser.get(path))
        assert ("优惠" in said) is (language == "zh-hans"), path
    assert "$5.00" in words(browser.get(reverse("offers:offer", args=[offer.pk]))).replace("US$", "$")


def preview(browser: Client, kind: str, **said: Any) -> str:
    return words(browser.post(reverse("offers:preview", args=["promotion", kind]), said))


def test_the_preview_says_what_it_takes_off_and_why_others_are_refused() -> None:
    five_off("OTHER", terms={"group": "one"})
    browser = client()
    said = preview(browser, "percent", **filled("percent", scope="", off_max="", group="one", basket="4711 2 50"))
    assert "It takes $12.50 off this basket." in said
    assert "The offer OTHER" in said
    assert "It does not go together with “Autumn”; the basket would cost $7.50 more." in said
    assert "Fill in what it takes off" in preview(browser, "percent", basket="4711 1 5", phase="basket")
    assert "Write article number" in preview(browser, "amount", **filled("amount", basket="4711 many"))
    assert "2026" in preview(browser, "amount", **filled("amount", ends_on="2026-01-01", basket="4711 1 50"))
    assert Offer.objects.count() == 1


def test_a_form_that_makes_no_sense_says_so_beside_the_field() -> None:
    browser = client()
    said = words(browser.post(reverse("offers:create", args=["promotion", "step"]), filled("step", steps="fifty")))
    assert "This line cannot be read: fifty" in said
    said = words(browser.post(reverse("offers:create", args=["promotion", "amount"]), filled("amount", when='{"attr": "x"}')))
    assert "none of them" in said or "cannot be asked" in said or "shape" in said
    said = words(browser.post(reverse("offers:create", args=["promotion", "percent"]), filled("percent", scope_names="")))
    assert "Say which ones." in said
    assert not Offer.objects.exists()


def test_codes_are_made_downloaded_once_and_used(ana: Customer) -> None:
    offer = five_off(is_coupon=True)
    browser = client()
    assert browser.post(reverse("offers:make_batch", args=[offer.pk]), {"size": "3", "uses_each": "1"}).status_code == 302
    batch = CouponBatch.objects.get()
    assert "Download codes" in words(browser.get(reverse("offers:offer", args=[offer.pk])))
    file = browser.post(reverse("offers:take_codes", args=[batch.pk]))
    codes = b"".join(file.streaming_content).decode().split()[1:]
    assert len(codes) == 3
    assert quote(codes=[codes[0]]).saved == 5_00
    assert browser.post(reverse("offers:take_codes", args=[batch.pk])).status_code == 409
    found = words(browser.get(reverse("offers:coupons", args=[offer.pk]), {"q": codes[1]}))
    assert found.count("…") == 1
    browser.post(reverse("offers:make_public_code", args=[offer.pk]), {"code": "AUTUMN"})
    assert quote(codes=["autumn"]).saved == 5_00


def test_the_kill_switch_is_two_taps() -> None:
    offer = five_off()
    browser = client()
    browser.post(reverse("offers:stop", args=[offer.pk]), {"reason": "loophole"})
    assert quote().saved == 0
    assert "Since" in words(browser.get(reverse("offers:offer", args=[offer.pk])))
    browser.post(reverse("offers:start", args=[offer.pk]))
    assert quote().saved == 5_00
    browser.post(reverse("offers:archive", args=[offer.pk]))
    assert quote().saved == 0


def test_the_list_is_searched_filtered_and_exported(ana: Customer) -> None:
    five_off("ONE")
    five_off("TWO", is_coupon=True)
    browser = client()
    assert "The offer ONE" in words(browser.get(reverse("offers:offers"), {"q": "one"}))
    assert "The offer TWO" not in words(browser.get(reverse("offers:offers"), {"group": "promotion"}))
    file = browser.get(reverse("offers:offers"), {"export": "csv"})
    body = b"".join(file.streaming_content).decode()
    assert "ONE" in body
    assert "TWO" in body


@pytest.mark.parametrize(("role", "code"), [("associate", 200), ("analyst", 200), ("privacy", 403), ("admin", 403)])
def test_who_may_read_offers(role: str, code: int) -> None:
    offer = five_off()
    browser = client(role) if role != "associate" else Client()
    if role == "associate":
        browser.force_login(places.person(role, store=places.store()))
    assert browser.get(reverse("offers:offer", args=[offer.pk])).status_code == code
    assert browser.get(reverse("offers:choose")).status_code == 403


def test_uses_show_only_the_viewers_stores(ana: Customer) -> None:
    offer = five_off()
    sell("1", customer=ana)
    browser = Client()
    browser.force_login(places.person("store_manager", store=places.store()))
    assert "$5.00" not in words(browser.get(reverse("offers:uses", args=[offer.pk])))
