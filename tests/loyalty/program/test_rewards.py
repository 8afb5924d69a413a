"""Benefits, paid membership, gifts, play, referral and partners: each within its limits, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core import outbox
from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import (
    Badge,
    BadgeHeld,
    Benefit,
    BenefitUse,
    Draw,
    DrawTurn,
    Gift,
    GiftStock,
    PaidPeriod,
    PaidPlan,
    Partner,
    Prize,
    Referral,
)
from regulars.loyalty.wallet import services as wallet
from regulars.organization.models import Store
from tests.loyalty.program.story import NOW, SYSTEM, balance, club, give_back, publish, sell

pytestmark = pytest.mark.django_db
WHO = {"viewer": SYSTEM, "now": NOW}


@pytest.fixture
def ana(company):
    """A member with 500 points, the rules giving for sign-in and referral."""
    publish(
        sign_in={"points": 2, "row_days": 3, "row_points": 10}, referral={"keep_days": 0, "from_amount": 1000},
        ladder={"tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 999_999}]},
    )  # fmt: skip
    sale = sell("S1", 50000)
    outbox.deliver_waiting(now=NOW)
    return sale.customer_id


def north():
    return Store.objects.get(code="N1")


def benefit(code="cake", **values):
    fields = {"program": club(), "name": code, "kind": "birthday", "tiers": ["base"], "quota": 1, "cost_amount": 500}
    return Benefit.objects.create(code=code, **(fields | values))


def use(customer, which, key="u1", **values):
    return program.use_benefit(customer, which, source="till", key=key, store_id=north().pk, **(WHO | values))


def test_a_benefit_is_used_within_its_quota_and_once_per_key(ana):
    cake = benefit()

    first = use(ana, cake)
    assert use(ana, cake) == first
    with pytest.raises(program.QuotaUsedError):
        use(ana, cake, key="u2")
    use(ana, cake, key="u3", now=NOW + timedelta(days=60))  # another year

    assert BenefitUse.objects.count() == 2


def test_a_benefit_of_another_tier_is_refused(ana):
    with pytest.raises(program.NotEntitledError):
        use(ana, benefit(tiers=["gold"]))

    assert not BenefitUse.objects.exists()


def plan():
    return PaidPlan.objects.create(program=club(), code="plus", name="Plus", price_amount=36500, months=12)


def test_a_payment_buys_one_period_and_a_renewal_loses_no_day(ana):
    plus = plan()
    pay = {"source": "till", **WHO}

    first = program.buy_plan(ana, plus, key="p1", **pay)
    assert program.buy_plan(ana, plus, key="p1", **pay) == first
    second = program.buy_plan(ana, plus, key="p2", **pay)

    assert PaidPeriod.objects.count() == 2
    assert second.starts_on == first.ends_on
    assert selectors.standing_of(ana, program="club", at=NOW).paid_plan == "plus"


def test_of_tier_and_plan_the_better_benefit_counts_and_not_both(ana):
    program.buy_plan(ana, plan(), source="till", key="p1", **WHO)
    benefit("five", kind="discount", strength=50)
    benefit("eight", kind="discount", tiers=[], plans=["plus"], strength=80)

    assert [one.code for one in program.entitled_to(ana, program="club", at=NOW)] == ["eight"]


def test_leaving_gives_back_the_unused_days_less_the_benefits_used(ana):
    period = program.buy_plan(ana, plan(), source="till", key="p1", **WHO)
    use(ana, benefit("trial", kind="trial", tiers=[], plans=["plus"]))

    later = NOW + timedelta(days=99)
    left = program.give_back_plan(period.pk, viewer=SYSTEM, now=later)

    assert left.refunded_amount == 36500 - 100 * 100 - 500
    assert selectors.standing_of(ana, program="club", at=later).paid_plan == ""
    with pytest.raises(program.PeriodEndedError):
        program.give_back_plan(period.pk, viewer=SYSTEM, now=later)


def mug(price=300, on_hand=1, **values):
    gift = Gift.objects.create(program=club(), code="mug", name="Mug", points_price=price, **values)
    program.count_stock(gift, store_id=north().pk, on_hand=on_hand, **WHO)
    return gift


def order(customer, gift, key="o1"):
    return program.order_gift(customer, gift, store_id=north().pk, source="app", key=key, **WHO)


def stock():
    return GiftStock.objects.values_list("on_hand", "reserved").get()


def test_stock_and_points_are_reserved_together_and_come_back_together(ana):
    gift = mug()

    waiting = order(ana, gift)
    assert order(ana, gift) == waiting
    assert (stock(), balance(ana).spendable) == ((1, 1), 200)
    program.cancel_order(waiting.pk, **WHO)

    assert (stock(), balance(ana).spendable) == ((1, 0), 500)
    with pytest.raises(program.GiftDecidedError):
        program.hand_out(waiting.pk, **WHO)


def test_a_gift_that_is_handed_out_takes_piece_and_points(ana):
    waiting = order(ana, mug())

    program.hand_out(waiting.pk, **WHO)

    assert (stock(), balance(ana).posted) == ((0, 0), 200)


def test_without_points_no_piece_is_reserved_and_without_a_piece_no_points(ana):
    dear = mug(price=600)
    with pytest.raises(wallet.InsufficientBalanceError):
        order(ana, dear)
    assert stock() == (1, 0)

    program.count_stock(dear, store_id=north().pk, on_hand=0, **WHO)
    with pytest.raises(program.GiftGoneError):
        order(ana, dear)
    assert balance(ana).held == 0


def test_a_gift_that_nobody_picks_up_comes_back_by_itself(ana):
    order(ana, mug())

    assert program.cancel_stale(now=NOW + timedelta(days=15), viewer=SYSTEM) == 1
    assert stock() == (1, 0)


def test_signing_in_counts_once_a_day_and_more_in_a_row(ana):
    for day in (0, 0, 1, 2, 4):
        program.sign_in(ana, program="club", viewer=SYSTEM, now=NOW + timedelta(days=day))

    assert balance(ana).posted == 500 + 2 + 2 + 12 + 2


def test_a_badge_is_given_once_with_its_points(ana):
    Badge.objects.create(program=club(), code="first", name="First visit", measure="visits", from_value=1, points=5)

    program.give_badges(ana, program="club", **WHO)
    program.give_badges(ana, program="club", **WHO)

    assert (BadgeHeld.objects.count(), balance(ana).posted) == (1, 505)


def test_a_draw_logs_its_odds_and_never_goes_beyond_budget_stock_or_turns(ana):
    draw = Draw.objects.create(program=club(), code="wheel", name="Wheel", points_price=10, per_day=3, budget_amount=1000)
    big = Prize.objects.create(draw=draw, name="Basket", weight=1, cost_amount=800, stock=5)
    Prize.objects.create(draw=draw, name="Points", weight=9, points=20)

    def turn(key, chance):
        return program.take_turn(ana, draw.pk, key=key, chance=chance, **WHO)

    first = turn("a", lambda _: 0)
    assert turn("a", lambda _: 5) == first
    second = turn("b", lambda _: 0)
    turn("c", lambda _: 9)
    with pytest.raises(program.DrawOverError):
        turn("d", lambda _: 0)

    assert (first.prize, second.prize) == (big, None)  # the budget has 200 left: the number falls on nothing
    assert DrawTurn.objects.get(key="b").odds["0"] == 1
    draw.refresh_from_db()
    assert (draw.spent_amount, DrawTurn.objects.count(), balance(ana).posted) == (800, 3, 500 - 30 + 20)


def bring(ana, customer="8002", **values):
    friend = sell("F0", 100, customer=customer, **values).customer_id
    return friend, program.refer(ana, friend, program=club(), viewer=SYSTEM, now=NOW)


def test_both_are_rewarded_once_the_first_purchase_is_kept(ana):
    friend, _made = bring(ana)
    outbox.deliver_waiting(now=NOW)
    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 0
    sell("F1", 5000, customer="8002", till="T2")
    outbox.deliver_waiting(now=NOW)

    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 1
    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 0
    assert (balance(ana).posted, balance(friend).posted) == (600, 101)


def test_a_purchase_that_was_brought_back_rewards_nobody(ana):
    bring(ana)
    sell("F1", 5000, customer="8002")
    give_back("R1", "F1", (1, 5000), customer="8002")
    outbox.deliver_waiting(now=NOW)

    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 0


def test_a_reward_goes_when_the_purchase_comes_back_and_comes_again_with_the_next_one(ana):
    friend, _made = bring(ana)
    outbox.deliver_waiting(now=NOW)
    sell("F1", 4000, 1000, customer="8002", till="T2")
    outbox.deliver_waiting(now=NOW)
    program.reward_referrals(club(), now=NOW, viewer=SYSTEM)
    before = balance(ana).posted, balance(friend).posted
    give_back("R1", "F1", (1, 4000), customer="8002")
    outbox.deliver_waiting(now=NOW)
    assert program.take_back_referrals(club(), now=NOW, viewer=SYSTEM) == 0  # what is left is still enough

    give_back("R2", "F1", (2, 1000), customer="8002")
    outbox.deliver_waiting(now=NOW)
    assert [program.take_back_referrals(club(), now=NOW, viewer=SYSTEM) for _ in range(2)] == [1, 0]
    assert (Referral.objects.get().state, Referral.objects.get().rounds) == ("waiting", 2)
    assert (balance(ana).posted, balance(friend).posted) == (before[0] - 100, before[1] - 100)  # 50 points earned go as well
    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 0

    sell("F2", 5000, customer="8002", till="T2")
    outbox.deliver_waiting(now=NOW)
    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 1
    assert (balance(ana).posted, balance(friend).posted) == before


def test_whoever_buys_at_one_till_with_their_friend_is_looked_at(ana):
    bring(ana)
    sell("S9", 1000, till="T1")
    sell("F1", 5000, customer="8002", till="T1", sold_at=NOW + timedelta(minutes=5))
    outbox.deliver_waiting(now=NOW)

    assert program.reward_referrals(club(), now=NOW, viewer=SYSTEM) == 0
    assert (Referral.objects.get().state, Referral.objects.get().signs) == ("held_back", ["same_till"])
    assert balance(ana).posted == 510


def test_a_member_cannot_be_brought_again(ana):
    friend = sell("F1", 5000, customer="8002").customer_id
    outbox.deliver_waiting(now=NOW)

    with pytest.raises(program.ReferralError):
        program.refer(ana, friend, program=club(), viewer=SYSTEM, now=NOW + timedelta(hours=1))
    assert not Referral.objects.exists()


def test_partners_give_what_they_paid_for_and_settle(ana):
    air = Partner.objects.create(program=club(), code="air", name="Air", our_points=1, their_points=2, prepaid_points=100)

    program.exchange_in(air, ana, 200, key="x1", **WHO)
    program.exchange_in(air, ana, 200, key="x1", **WHO)
    with pytest.raises(program.PartnerBudgetError):
        program.exchange_in(Partner.objects.get(), ana, 2, key="x2", **WHO)
    with pytest.raises(program.ExchangeRateError):
        program.exchange_in(air, ana, 3, key="x3", **WHO)
    program.exchange_out(air, ana, 50, key="x4", **WHO)

    assert balance(ana).posted == 500 + 100 - 50
    day = NOW.date()
    assert program.settlement(air, since=day, until=day + timedelta(days=1), viewer=SYSTEM) == [
        ("in", 100, 200),
        ("out", 50, 100),
    ]
