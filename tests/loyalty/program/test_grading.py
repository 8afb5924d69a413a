"""Tiers at the close of a day: history rows with their causes, falls told beforehand, returns and late receipts re-judged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core import outbox
from regulars.core.models import OutboxEvent
from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Membership, TierSpell
from tests.loyalty.program.story import NOW, SYSTEM, balance, club, give_back, publish, sell

pytestmark = pytest.mark.django_db

LADDER = {
    "measure": "spend", "grace_days": 10,
    "tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 20000, "factor_milli": 2000}],
}  # fmt: skip


def close(days=1):
    """Rate what is waiting, and close the day that is over `days` after today."""
    outbox.deliver_waiting(now=NOW)
    return program.grade_members(club(), now=NOW + timedelta(days=days))


def tiers():
    return list(TierSpell.objects.order_by("since", "pk").values_list("tier", "cause"))


def test_a_tier_is_reached_at_the_close_of_the_day_and_not_before():
    publish(ladder=LADDER)
    sale = sell("S1", 20000)
    outbox.deliver_waiting(now=NOW)
    assert selectors.standing_of(sale.customer_id, program="club", at=NOW).tier == "base"

    assert close() == 1

    assert tiers() == [("base", "joined"), ("gold", "reached")]
    spell = TierSpell.objects.get(until=None)
    assert (spell.why, spell.before, spell.since) == (
        {"value": 20000, "needed": 20000},
        "base",
        NOW.replace(hour=5) + timedelta(hours=24),
    )
    assert close() == 0


def test_a_return_takes_the_tier_after_the_grace_and_tells_before():
    outbox.on("tiers.fall_announced")(lambda payload, now: None)
    publish(ladder=LADDER)
    sell("S1", 20000)
    close()
    give_back("R1", "S1", (1, 20000))

    close(2)
    assert Membership.objects.get().tier == "gold"
    told = OutboxEvent.objects.get(name="tiers.fall_announced").payload["falls"][0]
    assert (told["fall_to"], told["missing"]) == ("base", 20000)
    close(15)

    assert tiers() == [("base", "joined"), ("gold", "reached"), ("base", "returned")]


def test_whoever_buys_in_time_keeps_the_tier():
    publish(ladder=LADDER)
    sell("S1", 20000)
    close()
    give_back("R1", "S1", (1, 20000))
    close(2)
    sell("S2", 25000)

    close(20)

    assert [tier for tier, _ in tiers()] == ["base", "gold"]


def test_a_late_receipt_counts_where_it_was_bought():
    publish(ladder=LADDER)
    sell("S1", 15000, sold_at=NOW - timedelta(days=5))
    close()
    sell("S0", 9000, sold_at=NOW - timedelta(days=3))

    close(2)

    assert tiers()[-1] == ("gold", "reached")


def test_the_higher_tier_earns_from_the_next_day_on():
    publish(ladder=LADDER)
    sale = sell("S1", 20000)
    close()
    sell("S2", 1000, sold_at=NOW + timedelta(days=1), now=NOW + timedelta(days=1))
    outbox.deliver_waiting(now=NOW + timedelta(days=1))

    assert balance(sale.customer_id, now=NOW + timedelta(days=2)).posted == 200 + 20


def test_points_of_members_who_stay_away_go():
    publish(expiry={"kind": "inactivity", "months": 6})
    sale = sell("S1", 5000, sold_at=NOW - timedelta(days=200))
    sell("S2", 3000, customer="8002", sold_at=NOW - timedelta(days=20))
    outbox.deliver_waiting(now=NOW)

    assert program.expire_idle(now=NOW, viewer=SYSTEM) == 1
    assert program.expire_idle(now=NOW, viewer=SYSTEM) == 0

    assert balance(sale.customer_id).posted == 0
    assert sum(balance(customer).posted for customer in Membership.objects.values_list("customer_id", flat=True)) == 30
