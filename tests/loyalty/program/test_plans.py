"""Paid membership: written down, sold at the desk, going on by itself from stored value, given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import outbox
from regulars.loyalty.program import events, selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import PaidPeriod, PaidPlan
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from tests.loyalty.program.story import NOW, SYSTEM, balance, club, noon, publish, sell
from tests.organization import factories as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """What is told upward, nobody having subscribed yet."""
    heard: list[object] = []
    monkeypatch.setattr(outbox, "publish", lambda event, *, now: heard.append(event))  # noqa: PLW0108 (now is named)
    return heard


@pytest.fixture
def ana(company, told):
    """A customer with 200.00 of stored value."""
    publish()
    sale = sell("S1", 5000)
    wallet.define_unit("stored.USD", kind="stored_principal", currency="USD")
    owner = Owner(OwnerKind.CUSTOMER, sale.customer_id)
    paid_in = Give(owner=owner, unit="stored.USD", amount=20000, house=House.CASH)
    wallet.post([Command(source="t", key="1", kind="top_up", at=NOW, parts=(paid_in,))], now=NOW, viewer=SYSTEM)
    told.clear()
    return sale.customer_id


def plus(**values):
    fields = {"code": "plus", "name": "Plus", "price_amount": 15000, "months": 1, "renews": True, "notice_days": 5}
    return program.save_plan(club(), fields | values, viewer=SYSTEM, now=NOW)


def run(day):
    return program.renew_plans(club(), viewer=SYSTEM, now=noon(day))


def test_it_goes_on_once_after_a_notice_and_ends_when_the_money_is_gone(ana, told):
    first = program.buy_plan(ana, plus(), source="desk", key="1", tender="cash", renews=True, viewer=SYSTEM, now=NOW)
    last_day = first.ends_on - timedelta(days=1)

    run(last_day - timedelta(days=6))
    assert not told
    run(last_day - timedelta(days=5))
    run(last_day - timedelta(days=5))
    assert [one["price_amount"] for one in told[0].renewals] == [15000]
    assert (run(last_day), run(last_day), run(first.ends_on)) == (1, 0, 0)
    second = PaidPeriod.objects.get(tender="stored_value")
    assert (second.starts_on, balance(ana, "stored.USD").spendable) == (first.ends_on, 5000)

    run(second.ends_on - timedelta(days=6))
    run(second.ends_on - timedelta(days=1))  # 50.00 are too little: tried to the end, then closed
    assert [type(one) for one in told] == [events.PaidPlanRenewalsDue, events.PaidPlanRenewed, events.PaidPlanRenewalsDue]
    run(second.ends_on)
    run(second.ends_on)

    assert told[-1] == events.PaidPlanEnded("club", "plus", ana, second.ends_on.isoformat(), "not_paid")
    assert len(told) == 4
    assert balance(ana, "stored.USD").spendable == 5000
    assert selectors.standing_of(ana, program="club", at=noon(second.ends_on)).paid_plan == ""


def test_a_price_that_nobody_was_told_is_not_taken(ana, told):
    first = program.buy_plan(ana, plus(), source="desk", key="1", tender="cash", renews=True, viewer=SYSTEM, now=NOW)
    run(first.ends_on - timedelta(days=6))
    plus(price_amount=19000)
    run(first.ends_on - timedelta(days=1))
    run(first.ends_on)

    assert told[-1].cause == "not_told"
    assert balance(ana, "stored.USD").spendable == 20000


def test_what_stored_value_paid_goes_back_to_it(ana):
    period = program.buy_plan(ana, plus(), source="desk", key="1", tender="stored_value", viewer=SYSTEM, now=NOW)
    assert balance(ana, "stored.USD").spendable == 5000
    with pytest.raises(wallet.InsufficientBalanceError):
        program.buy_plan(ana, plus(), source="desk", key="2", tender="stored_value", viewer=SYSTEM, now=NOW)

    left = program.give_back_plan(period.pk, viewer=SYSTEM, now=NOW)

    assert left.refunded_amount == 14500  # 29 of 30 days
    assert balance(ana, "stored.USD").spendable == 19500


def test_a_plan_is_written_sold_at_the_desk_and_given_back_there(ana):
    marketer, desk = Client(), Client()
    marketer.force_login(people.person("marketer"))
    marketer.post(
        reverse("program:benefits"), {"name": "Cake", "code": "cake", "kind": "other", "quota": "1", "period": "year"}
    )
    cake = club().benefits.get()
    said = {"name": "Plus", "code": "plus", "price_amount": "120", "months": "12", "notice_days": "5", "is_active": "on",
            "renews": "on", "benefits": [cake.pk]}  # fmt: skip
    assert marketer.post(reverse("program:add_plan"), said | {"price_amount": "much"}).status_code == 422
    assert marketer.post(reverse("program:add_plan"), said).status_code == 302
    plan = PaidPlan.objects.get()
    assert b"Plus" in marketer.get(reverse("program:plans")).content
    marketer.post(reverse("program:plan", args=[plan.pk]), said | {"price_amount": "100"})
    cake.refresh_from_db()

    desk.force_login(people.person("support"))
    assert (
        desk.post(reverse("program:sell_plan", args=[ana]), {"plan": plan.pk, "tender": "cash", "key": "k"}).status_code == 403
    )
    desk.force_login(people.person("store_manager"))
    sold = {"plan": plan.pk, "tender": "cash", "key": "k", "renews": "on"}
    desk.post(reverse("program:sell_plan", args=[ana]), sold)
    desk.post(reverse("program:sell_plan", args=[ana]), sold)
    period = PaidPeriod.objects.get()
    assert "Plus" in desk.get(reverse("program:membership", args=[ana])).content.decode()
    desk.post(reverse("program:renewal", args=[period.pk]), {"renews": "no"})
    desk.post(reverse("program:refund", args=[period.pk]))

    period.refresh_from_db()
    assert (cake.plans, period.price_amount, period.renews, period.ended_on) == (["plus"], 10000, False, period.starts_on)
    assert 0 < period.refunded_amount < 10000
