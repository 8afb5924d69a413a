"""What a partial return breaks (P8, P39)."""

from __future__ import annotations

import pytest

from regulars.loyalty.offers.rules import broken_by_return, solve
from tests.loyalty.offers.shop import basket, line, offer

LARGE = {"from_amount": 100_00, "off_amount": 20_00}


@pytest.mark.parametrize(("policy", "lost"), [("keep", {}), ("take_back", {1: 12_00})])
def test_a_threshold_that_what_stays_no_longer_reaches_is_kept_or_taken_back_by_policy(
    policy: str, lost: dict[int, int]
) -> None:
    made = offer("threshold", terms={"after_return": policy}, **LARGE)
    sold = solve(basket(60_00, 40_00), [made])
    assert sold.used[0].lines == {1: 12_00, 2: 8_00}
    assert broken_by_return(made.offer, basket(60_00), {1: sold.used[0].lines[1]}) == lost


def test_what_stays_and_still_reaches_it_loses_nothing() -> None:
    made = offer("threshold", terms={"after_return": "take_back"}, **LARGE)
    assert broken_by_return(made.offer, basket(150_00), {1: 15_00}) == {}


def test_three_for_two_with_one_given_back_is_paid_in_full() -> None:
    three = offer("n_for_m", items={"all": []}, take=3, pay=2, terms={"phase": "item", "after_return": "take_back"})
    sold = solve(basket(line(9_00, pieces=3)), [three])
    assert sold.saved == 3_00
    assert broken_by_return(three.offer, basket(line(6_00, pieces=2)), {1: 2_00}) == {1: 2_00}
