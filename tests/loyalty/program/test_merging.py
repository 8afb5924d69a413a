"""Who turns out to be one customer loses nothing: points, tier, plan, badges and coupons come along, once (P28)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core import outbox
from regulars.customers import services as customers
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Coupon
from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Badge, BadgeHeld, Membership, PaidPlan, TierSpell
from tests.customers import factories as people
from tests.loyalty.offers.published import five_off
from tests.loyalty.program.story import BASE, NOW, SYSTEM, TODAY, balance, club, publish, sell

pytestmark = pytest.mark.django_db

LADDER = {"tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 5_000}]}


def deliver():
    while outbox.deliver_waiting(now=NOW):
        pass


def test_a_card_that_gets_its_holder_brings_everything_along():
    publish(ladder=LADDER)
    card = sell("S1", 6_000, sold_at=NOW - timedelta(days=2)).customer_id
    deliver()
    program.grade_members(club(), now=NOW)
    ana = people.ana().pk
    program.enroll("email", "ana@example.test", source="desk", viewer=SYSTEM, now=NOW)
    assert Membership.objects.get(customer=ana).tier == "base"
    badges = [Badge.objects.create(program=club(), code=code, name=code, measure="visits", from_value=1) for code in "ab"]
    for badge, who in ((badges[0], card), (badges[0], ana), (badges[1], card)):
        BadgeHeld.objects.create(badge=badge, customer_id=who, since=NOW)
    plan = PaidPlan.objects.create(program=club(), code="plus", name="Plus", price_amount=100, months=1)
    program.buy_plan(card, plan, source="desk", key="p", viewer=SYSTEM, now=NOW)
    offer = five_off("FIVE", is_coupon=True, terms={"claims_max": 5})
    offers.claim(offer.pk, customer_id=card, key="k", business_date=TODAY, viewer=SYSTEM, now=NOW)
    assert selectors.find_membership(card).tier == "gold"
    assert balance(card).spendable == 60

    customers.attach_card(card, ana, viewer=SYSTEM, now=NOW)
    deliver()
    deliver()

    assert (balance(ana).spendable, balance(card).spendable) == (60, 0)
    standing = selectors.standing_of(ana, program="club", at=NOW)
    assert (standing.tier, standing.paid_plan, selectors.find_membership(card)) == ("gold", "plus", None)
    assert TierSpell.objects.get(customer=ana, until=None).cause == "merged"
    assert sorted(BadgeHeld.objects.filter(customer=ana).values_list("badge__code", flat=True)) == ["a", "b"]
    assert Coupon.objects.get().customer_id == ana
    year = {"since": TODAY - timedelta(days=99), "until": TODAY + timedelta(days=9)}
    assert selectors.measure_of(ana, program=club(), measure="spend", **year) == 6_000
    assert program.grade_members(club(), now=NOW + timedelta(days=1)) == 0

    sell("S2", 1_000)  # the card is shown again
    deliver()
    assert balance(ana).spendable == 70


def test_caps_and_visits_count_what_both_records_earned():
    publish(BASE | {"caps": {"per_member": 100}})
    card, ana = sell("S1", 6_000).customer_id, people.ana().pk
    deliver()
    assert balance(card).spendable == 60
    customers.attach_card(card, ana, viewer=SYSTEM, now=NOW)
    deliver()

    sell("S2", 6_000)  # 40 are left
    deliver()
    assert balance(ana).spendable == 100
    book = selectors.book_at(NOW, program="club")
    state = selectors.state_of(ana, book=book, day=TODAY)
    assert (state.points_today, state.receipts_today, dict(state.by_rule_ever)) == (100, 2, {"base": 100})
    visits = Badge.objects.create(program=club(), code="two", name="Two", measure="visits", from_value=2)
    assert program.give_visit_badges(club(), viewer=SYSTEM, now=NOW) == 1
    assert BadgeHeld.objects.get(badge=visits).customer_id == ana
