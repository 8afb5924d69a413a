"""Points pay a part of a bill: never more than it, in steps, rounded against waste (P13, F23)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regulars.loyalty.program.rules import points_for, redeemable, value_of
from regulars.loyalty.program.rules.body import Redemption


def test_thirty_points_worth_thirty_use_only_twenty_on_a_bill_of_twenty():
    assert redeemable(2000, 30, Redemption(points=1, amount=100)).points == 20


def test_points_that_buy_a_part_of_a_point_are_rounded_up():
    assert points_for(1, Redemption(points=100, amount=100)) == 1
    assert points_for(101, Redemption(points=1, amount=100)) == 2


def test_the_cashier_may_type_less():
    found = redeemable(10_000, 500, Redemption(points=1, amount=10), wanted=120)

    assert (found.points, found.amount, found.code) == (120, 1200, "")


def test_without_a_policy_points_pay_nothing():
    assert redeemable(1000, 1000, None).code == "redeem.off"


@given(
    bill=st.integers(1, 10**7), spendable=st.integers(0, 10**7), points=st.integers(1, 1000), amount=st.integers(1, 1000),
    step=st.integers(1, 500), minimum=st.integers(0, 1000), share=st.integers(1, 100),
)  # fmt: skip
def test_points_never_pay_more_than_their_share_nor_more_than_there_are(bill, spendable, points, amount, step, minimum, share):
    policy = Redemption(points=points, amount=amount, step_points=step, min_points=minimum, max_share_percent=share)

    found = redeemable(bill, spendable, policy)

    assert 0 <= found.points <= spendable
    assert found.amount <= bill * share // 100
    assert found.amount <= value_of(found.points, policy)
    assert found.points == 0 or found.points >= minimum
