"""Challenges count what members bought and kept; each round is rewarded once, and goods that go back undo it (F35)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from regulars.core import outbox
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Coupon, OfferVersion, OwedCoupon
from regulars.loyalty.program import progress
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Badge, BadgeHeld, ChallengeMet
from tests.loyalty.offers.published import five_off
from tests.loyalty.program.story import BASE, NOW, SYSTEM, TODAY, balance, club, give_back, publish, sell
from tests.organization import factories as people

pytestmark = pytest.mark.django_db


def challenge(code, **values):
    fields = {
        "code": code, "name": code, "target": 2, "from_amount": 500, "period": "week", "starts_on": TODAY - timedelta(days=30),
        "ends_on": TODAY + timedelta(days=30), "points": 50,
    }  # fmt: skip
    return program.save_challenge(club(), fields | values, viewer=SYSTEM, now=NOW)


def deliver():
    while outbox.deliver_waiting(now=NOW):
        pass


def points(customer):
    return balance(customer).spendable


def test_a_challenge_is_met_once_a_period_undone_by_a_return_and_met_again():
    publish(BASE | {"points": 1, "amount": 100_000})
    challenge("twice")
    ana = sell("S1", 800).customer_id
    sell("S2", 499)  # too little to count
    deliver()
    (here,) = progress.progress_of(ana, today=TODAY)
    assert (here.value, here.missing, here.percent, here.is_met, points(ana)) == (1, 1, 50, False, 0)

    sell("S3", 600, 200)
    deliver()
    assert points(ana) == 50
    sell("S0", 900, sold_at=NOW - timedelta(days=8))  # last week is another round
    program.judge_challenges(club(), viewer=SYSTEM, now=NOW)
    deliver()
    assert points(ana) == 50

    give_back("R1", "S3", (1, 600))  # 200 are left of it
    deliver()
    assert points(ana) == 0
    assert (ChallengeMet.objects.get().is_met, progress.progress_of(ana, today=TODAY)[0].value) == (False, 1)

    sell("S4", 700)
    deliver()
    challenge("twice")  # saved again: everything is looked at anew, and nothing changes
    program.judge_challenges(club(), viewer=SYSTEM, now=NOW)
    met = ChallengeMet.objects.get()
    assert (points(ana), met.rounds, met.is_met) == (50, 2, True)


def test_pieces_and_amounts_count_for_goods_alone_and_give_badges_and_coupons():
    publish(BASE | {"points": 1, "amount": 100_000})
    badge = Badge.objects.create(program=club(), code="tea", name="Tea", measure="challenge", from_value=1, points=7)
    five_off("FIVE", is_coupon=True, terms={"claims_max": 5})
    challenge("pieces", measure="pieces", target=3, goods={"skus": ["MILK"]}, reward="badge", badge=badge, from_amount=0)
    challenge("spend", measure="amount", target=2_000, reward="coupon", coupon="FIVE", period="once", from_amount=0)
    ana = sell("S1", 500, product="TEA", quantity_milli=9000).customer_id
    sell("S2", 1600, quantity_milli=3000)
    deliver()
    deliver()

    assert (points(ana), BadgeHeld.objects.get().customer_id) == (7, ana)
    assert (Coupon.objects.get().customer_id, Coupon.objects.get().state) == (ana, "ready")

    give_back("R1", "S1", (1, 500), product="TEA", quantity_milli=9000)
    deliver()
    deliver()
    assert (points(ana), BadgeHeld.objects.count(), Coupon.objects.get().state) == (7, 1, "void")


@time_machine.travel(NOW, tick=False)
def test_a_coupon_that_nobody_can_give_is_owed_shown_and_given_once_there_is_stock():
    publish(BASE | {"points": 1, "amount": 100_000})
    offer = five_off("FIVE", is_coupon=True, terms={"claims_max": 1})
    challenge("spend", measure="amount", target=1_000, reward="coupon", coupon="FIVE", period="once", from_amount=0)
    ana, ben = sell("S1", 1000).customer_id, sell("S2", 1000, customer="8002").customer_id
    deliver()
    deliver()
    (holder,) = Coupon.objects.values_list("customer", flat=True)
    (owed,) = OwedCoupon.objects.all()
    assert {holder, owed.customer_id} == {ana, ben}

    desk, page = Client(), reverse("offers:offer", args=[offer.pk])
    desk.force_login(people.person("marketer"))
    give = reverse("offers:give_owed", args=[offer.pk])
    assert b"1 coupon is owed" in desk.get(page).content
    desk.post(give)
    assert Coupon.objects.count() == 1
    more = OfferVersion.objects.get().terms | {"claims_max": 2}
    offers.save_draft(offer.pk, title=offer.title, raw_terms=more, viewer=SYSTEM, now=NOW)
    offers.publish(offer.pk, viewer=SYSTEM, now=NOW)
    desk.post(give)
    desk.post(give)
    assert sorted(Coupon.objects.values_list("customer", flat=True)) == sorted([ana, ben])
    assert b"owed" not in desk.get(page).content

    OwedCoupon.objects.create(offer=offer, customer_id=ana, key="x", since=NOW)
    desk.post(give, {"verdict": "drop"})
    assert not OwedCoupon.objects.exists()
