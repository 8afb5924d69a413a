"""A year that was imported becomes a ledger, once, and living through it again changes nothing (X2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Membership, TakenBack, TierSpell
from tests.loyalty.program.story import BASE, NOW, START, SYSTEM, balance, club, give_back, publish, sell

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
