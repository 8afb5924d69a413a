"""Cards at the till: looked up, activated, topped up, refunded and used over HTTP, each deed once (F42, F45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import TopUp
from regulars.organization import services as organization
from regulars.organization.models import Company, Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM
from tests.organization import factories as places

pytestmark = pytest.mark.django_db
Call = Callable[..., HttpResponse]


@pytest.fixture
def store() -> Store:
    Company.objects.create(pk=1, name="East Wind", currency="CNY", timezone="Asia/Shanghai", country="CN")
    return places.store(code="SH-1", name="Nanjing Road", timezone="Asia/Shanghai", currency="CNY")


@pytest.fixture
def call(store: Store) -> Call:
    """Send one message of the till, signed with its key."""
    _key, secret = organization.create_key(name="Till 7", role="pos", store=store, source="till-7", viewer=SYSTEM, now=NOW)

    def send(path: str, **said: Any) -> HttpResponse:
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": said.pop("language", "en")}
        browser, address = Client(headers=headers), f"/api/v1/till/cards/{path}"
        if not said:
            return browser.get(address)
        return browser.post(address, {"store": "SH-1"} | said, content_type="application/json")

    return send


def deed(number: str = "1", **said: Any) -> dict[str, Any]:
    return {"till": "7", "number": number} | said


def test_a_card_is_sold_loaded_and_looked_up(store: Store, call: Call) -> None:
    make.bonus(100_00, 10_00)
    secret = make.stocked(store, make.card_type())[0]
    assert call("lookups", value=secret.code).status_code == 404
    active = call("activations", **deed("1", card=secret.number))
    assert active.json()["card"]["state"] == "active"
    for _ in range(2):
        paid = call("top-ups", **deed("2", card=secret.number, amount=100_00, tender="cash"))
        assert (paid.status_code, paid.json()["paid"], paid.json()["bonus"]) == (200, 100_00, 10_00)
    assert TopUp.objects.count() == 1
    shown = call("lookups", value=secret.code).json()
    assert shown["may_pay"]
    assert shown["balances"] == [{"unit": "bonus.CNY", "spendable": 10_00}, {"unit": "stored.CNY", "spendable": 100_00}]
    assert call("lookups", value=secret.number).json()["balances"] == []
    back = call("refunds", **deed("3", top_up=paid.json()["top_up"], reason="moves away"))
    assert back.json() == {"paid_out": 100_00, "bonus_taken": 10_00, "bonus_charged": 0}


def test_a_refusal_has_code_figures_and_the_cashiers_words(store: Store, call: Call) -> None:
    card = make.active(store, make.card_type(rule_pack="cn-prepaid", lasts_months=36))
    refused = call("top-ups", **deed(card=card.number, amount=1_000_01, tender="card", language="zh-hans"))
    said = refused.json()
    assert (refused.status_code, said["code"]) == (409, "card.refused")
    assert said["reasons"] == [{"code": "balance_limit", "limit": 1_000_00, "balance": 0, "currency": "CNY"}]
    assert "最多" in said["detail"]
    assert TopUp.objects.count() == 0


def test_uses_need_more_than_a_number(store: Store, call: Call) -> None:
    secret = make.stocked(store, make.card_type("count"))[0]
    make.top_up(make.activate(secret, store), 100_00, store)
    assert call("uses", **deed("1", value=secret.number)).status_code == 403
    taken = call("uses", **deed("2", value=secret.code)).json()
    assert (taken["uses"], taken["revenue"], taken["balances"][0]["spendable"]) == (1, 33_33, 2)


def test_guessing_is_counted_although_each_guess_is_refused(store: Store, call: Call) -> None:
    secret = make.stocked(store, make.card_type())[0]
    make.activate(secret, store, now=datetime.now(UTC) - timedelta(minutes=1))
    for _ in range(20):
        assert call("lookups", value="0000-0000-0000-0000-0").status_code == 404
    assert call("lookups", value=secret.code).status_code == 429


def test_a_till_fetches_what_it_needs_to_check_alone(store: Store, call: Call) -> None:
    card = make.active(store, make.card_type())
    cards.freeze(card.pk, reason="x", viewer=SYSTEM, now=NOW)
    kept = call("offline/0").json()
    assert kept["blocked"] == [{"number": card.number, "is_blocked": True}]
    assert (kept["algorithm"], len(kept["public_key"])) == ("Ed25519", 44)
    assert call(f"offline/{kept['next']}").json()["blocked"] == []


def test_a_till_does_nothing_for_another_store(store: Store, call: Call) -> None:
    places.store(code="SH-2", timezone="Asia/Shanghai", currency="CNY")
    secret = make.stocked(store, make.card_type())[0]
    assert call("activations", **deed(card=secret.number, store="SH-2")).status_code == 422
    assert make.card(secret).state == "in_stock"
