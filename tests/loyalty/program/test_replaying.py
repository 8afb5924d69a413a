"""A year that was imported becomes a ledger, once, and living through it again changes nothing (X2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from regulars.customers.models import CustomerTag, Tag
from regulars.loyalty.basket import Member
from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Membership, TakenBack, TierSpell
from regulars.loyalty.program.rules import rate
from tests.loyalty.program import factories
from tests.loyalty.program.story import BASE, NOW, START, SYSTEM, TODAY, balance, club, earned, give_back, publish, sell

pytestmark = pytest.mark.django_db

LADDER = {
    "measure": "spend", "grace_days": 10, "anchor": "calendar", "period_months": 3,
    "tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 20000, "factor_milli": 2000}],
}  # fmt: skip


def ago(days):
    return NOW - timedelta(days=days)


def a_year():
    """Ana buys until she is gold, and stops; Ben buys once and brings it back."""
    for number in range(12):
        sell(f"A{number}", 5000, sold_at=ago(300 - number * 5))
    sell("B1", 9900, customer="8002", sold_at=ago(100))
    give_back("B2", "B1", (1, 9900), customer="8002", sold_at=ago(90))


def replay():
    return program.replay_into_ledger(club(), now=NOW, viewer=SYSTEM)


def test_every_receipt_earns_under_the_tier_that_its_member_had_by_then():
    publish(ladder=LADDER, effective_from=START.replace(year=2025))
    a_year()

    done = replay()

    points = list(
        Earning.objects.filter(receipt__external_id__startswith="A").order_by("business_date").values_list("points", "tier")
    )
    assert points[:5] == [(50, "base")] * 4 + [(100, "gold")]
    assert (done.receipts, done.returns, done.members) == (13, 1, 2)
    ana = Membership.objects.get(customer=Earning.objects.first().customer)
    assert list(TierSpell.objects.filter(customer=ana.customer).order_by("since").values_list("tier", "cause")) == [
        ("base", "joined"), ("gold", "reached"), ("base", "not_kept"),
    ]  # fmt: skip
    assert TakenBack.objects.get().points == 99


def test_a_second_replay_changes_nothing():
    publish(ladder=LADDER, effective_from=START.replace(year=2025))
    a_year()
    replay()
    before = list(Earning.objects.values_list("pk", "points"))

    again = replay()

    assert (again.receipts, again.returns, again.members) == (0, 0, 0)
    assert list(Earning.objects.values_list("pk", "points")) == before


def test_the_ledger_is_what_its_rules_give():
    publish(
        BASE | {"caps": {"per_member": 300}},
        ladder=LADDER,
        effective_from=START.replace(year=2025),
        limits={"points_per_day": 90},
    )
    a_year()
    replay()

    found = program.compare_with_ledger(club())

    assert (found.receipts, found.different) == (13, 0)


def test_a_ledger_that_was_tampered_with_shows():
    publish(effective_from=START.replace(year=2025))
    a_year()
    replay()
    Earning.objects.filter(receipt__external_id="B1").update(points=500)

    assert program.compare_with_ledger(club()).different == 1


def test_balances_are_what_the_year_left():
    publish(effective_from=START.replace(year=2025), expiry={"kind": "lot", "months": 8, "end": "day"})
    a_year()

    replay()

    ana, ben = Membership.objects.order_by("joined_on").values_list("customer_id", flat=True)
    assert balance(ben).posted == 0
    assert balance(ana).posted == 50 * len([number for number in range(12) if 300 - number * 5 <= 245])


VIP = {"attr": "customer.tags", "op": "has_any", "value": ["vip"]}
FIRST = {"attr": "customer.is_first_purchase", "op": "eq", "value": True}
BORN = {"attr": "customer.birth_month", "op": "is_known"}
JOINED = {"attr": "customer.joined_on", "op": "during", "value": {"last": 9, "unit": "month"}}


def test_conditions_are_answered_from_files_as_at_the_till_and_their_answers_stay():
    rules = [
        {"kind": "bonus", "code": code, "from_amount": 1, "points": points, "when": {"condition": tree}}
        for code, points, tree in (("vip", 1, VIP), ("first", 10, FIRST), ("unborn", 100, {"not": BORN}), ("new", 1000, JOINED))
    ]
    publish(*rules, effective_from=START.replace(year=2025))
    first = sell("S1", 500, sold_at=ago(30))
    tag = Tag.objects.create(name="vip", kind="manual")
    held = CustomerTag.objects.create(customer_id=first.customer_id, tag=tag, added_at=NOW)
    second = sell("S2", 500, sold_at=ago(20))
    third = sell("S3", 500, sold_at=ago(10))
    program.rate_receipts(club(), "r.id <> %(id)s", {"id": third.pk}, now=NOW, viewer=SYSTEM)
    book, lines = selectors.book_at(TODAY), (factories.line(1, amount=500),)
    member = selectors.member_at(third.customer_id, book=book, at=third.sold_at)
    basket = factories.basket(*lines, sold_at=third.sold_at, business_date=third.business_date, member=member)

    found = rate(basket, book)

    assert dict(found.by_rule) == {"vip": 1, "unborn": 100, "new": 1000}
    assert earned(first).by_rule == {"vip": 1, "first": 10, "unborn": 100}  # nobody knew yet when he joined
    assert (earned(second).by_rule, earned(second).held) == (dict(found.by_rule), ["vip", "unborn", "new"])
    assert [reason.code for reason in rate(replace(basket, member=Member(1)), book).reasons] == ["earn.unknown"] * 2
    program.rate_receipts(club(), "true", {}, now=NOW, viewer=SYSTEM)
    assert earned(third).by_rule == dict(found.by_rule)

    CustomerTag.objects.filter(pk=held.pk).update(removed_at=NOW)  # a year later he is no vip any more
    differences = program.compare_with_ledger(club())
    assert (differences.receipts, differences.different) == (3, 0)
