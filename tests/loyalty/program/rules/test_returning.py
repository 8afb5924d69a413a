"""Returns take back exactly what their lines earned, and test thresholds again (P8)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regulars.loyalty.program.rules.earning import BonusEarned
from regulars.loyalty.program.rules.returning import Back, SoldLine, difference, take_back

SOLD = [SoldLine(1, 3000, 10000, 100, 50), SoldLine(2, 1000, 10000, 101, 50)]


def test_a_line_gives_back_what_it_earned_whatever_the_rules_are_now():
    taken = take_back([SoldLine(1, 1000, 5000, 50, 0)], [], {1: Back(1000, 5000)})

    assert taken.points == 50


def test_parts_of_a_line_add_up_to_the_whole_line():
    parts = [take_back(SOLD, [], {1: Back(pieces * 1000, pieces * 3333)}) for pieces in (1, 2, 3)]
    steps = [difference(after, before).points for before, after in zip([take_back(SOLD, [], {}), *parts], parts, strict=False)]

    assert steps == [33, 33, 34]
    assert sum(steps) == 100


def test_the_bonus_goes_when_the_threshold_is_no_longer_reached():
    bonus = BonusEarned("200-get-100", 100, 20000, 0, {1: 10000, 2: 10000})

    taken = take_back(SOLD, [bonus], {2: Back(1000, 10000)})

    assert (taken.points, dict(taken.by_bonus)) == (201, {"200-get-100": 100})


def test_a_repeated_bonus_goes_step_by_step():
    bonus = BonusEarned("each-100", 20, 10000, 10, {1: 10000, 2: 10000})

    assert dict(take_back(SOLD, [bonus], {1: Back(1000, 3333)}).by_bonus) == {"each-100": 10}


def test_a_free_line_gives_back_by_the_piece():
    taken = take_back([SoldLine(1, 4000, 0, 12, 0)], [], {1: Back(1000, 0)})

    assert taken.points == 3


def test_a_line_that_is_not_of_the_sale_takes_nothing():
    assert take_back(SOLD, [], {9: Back(1000, 10000)}).points == 0


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 5000), st.integers(0, 100_000))
def test_however_a_line_comes_back_in_the_end_everything_is_back(pieces, points, amount):
    whole = sum(pieces)
    sold = [SoldLine(1, whole * 1000, amount, points, points // 2)]
    taken, before, so_far = 0, take_back(sold, [], {}), 0
    for part in pieces:
        so_far += part
        after = take_back(sold, [], {1: Back(so_far * 1000, amount * so_far // whole)})
        step = difference(after, before)
        assert step.points >= 0
        taken, before = taken + step.points, after

    assert taken == points
