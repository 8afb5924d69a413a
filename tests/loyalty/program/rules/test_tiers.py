"""The ladder's machine: up at once, down only after the grace, periods that end where members expect (P21–P27)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from regulars.loyalty.program.rules.body import Ladder
from regulars.loyalty.program.rules.dates import period_of
from regulars.loyalty.program.rules.tiers import Standing, close_day, join, missing_to_keep, next_tier

TIERS = [
    {"code": "base", "from_value": 0},
    {"code": "silver", "from_value": 1000, "keep_value": 800},
    {"code": "gold", "from_value": 5000},
]
LADDER = Ladder.model_validate({"tiers": TIERS, "grace_days": 30})
JOINED = date(2025, 1, 10)
END = date(2026, 1, 9)  # the last day of the first period


def gold(until=date(2026, 1, 10)):
    return Standing("gold", "base", JOINED, until)


def close(standing, day, value=0, before=0, ladder=LADDER):
    return close_day(standing, day, ladder=ladder, joined_on=JOINED, value=value, before=before)


def test_standing_on_the_threshold_is_enough():
    new = join(JOINED, LADDER)

    assert close(new, JOINED, 999)[1] is None
    assert close(new, JOINED, 1000)[0].tier == "silver"


def test_a_tier_that_is_reached_lasts_through_the_next_period():
    reached, _ = close(join(JOINED, LADDER), JOINED, 5000)
    kept, move = close(reached, END, 5000)

    assert (kept.tier, kept.secured, move) == ("gold", "gold", None)
    assert (kept.period_from, kept.period_until) == (date(2026, 1, 10), date(2027, 1, 10))


def test_below_the_keep_level_the_tier_falls_one_step_after_the_grace():
    announced, move = close(gold(), END, 500)
    assert (announced.tier, announced.fall_on, announced.fall_to, move) == ("gold", END + timedelta(days=31), "silver", None)

    same, move = close(announced, END + timedelta(days=29), 0, 500)
    assert (same.tier, move) == ("gold", None)
    fallen, move = close(announced, END + timedelta(days=30), 0, 500)
    assert (fallen.tier, move.cause, move.value, move.needed) == ("silver", "not_kept", 500, 5000)


def test_who_buys_enough_within_the_grace_keeps_the_tier():
    announced, _ = close(gold(), END, 500)

    kept, move = close(announced, END + timedelta(days=20), 5000, 500)

    assert (kept.tier, kept.fall_on, move) == ("gold", None, None)


def test_a_late_receipt_of_the_old_period_calls_the_fall_off():
    announced, _ = close(gold(), END, 4999)

    assert close(announced, END + timedelta(days=3), 0, 5000)[0].fall_on is None


def test_the_keep_level_may_be_lower_than_the_threshold():
    silver = Standing("silver", "base", JOINED, date(2026, 1, 10))

    assert close(silver, END, 800)[0].secured == "silver"
    assert close(silver, END, 799)[0].fall_to == "base"


def test_a_fall_may_go_to_the_base_or_to_what_was_earned():
    assert close(gold(), END, 1200, ladder=LADDER.model_copy(update={"falls": "to_base"}))[0].fall_to == "silver"
    assert close(gold(), END, 500, ladder=LADDER.model_copy(update={"falls": "to_base"}))[0].fall_to == "base"
    assert close(gold(), END, 500, ladder=LADDER.model_copy(update={"falls": "to_earned"}))[0].fall_to == "base"


def test_a_return_takes_the_tier_only_after_the_grace_and_a_purchase_gives_it_back():
    reached, _ = close(join(JOINED, LADDER), JOINED, 5000)
    returned, move = close(reached, JOINED + timedelta(days=5), 100)
    assert (returned.tier, returned.fall_to, move) == ("gold", "base", None)

    assert close(returned, JOINED + timedelta(days=9), 5000)[0].fall_on is None
    fallen, move = close(returned, JOINED + timedelta(days=35), 100)
    assert (fallen.tier, move.cause) == ("base", "returned")


def test_nobody_flaps_around_the_threshold():
    standing, moves = join(JOINED, LADDER), []
    for offset in range(60):
        standing, move = close(standing, JOINED + timedelta(days=offset), 1000 if offset % 2 else 700)
        moves += [move] if move else []

    assert [move.tier for move in moves] == ["silver"]


def test_a_tier_that_the_rules_no_longer_know_becomes_what_the_numbers_say():
    stale, move = close(Standing("platinum", "base", JOINED, date(2026, 1, 10)), JOINED, 1500)

    assert (stale.tier, move.cause) == ("silver", "ladder")


def test_a_member_year_from_29_february_ends_on_28_and_returns_to_29():
    ends = [
        period_of(date(year, 1, 1), joined_on=date(2024, 2, 29), months=12, anchor="member")[1] for year in (2025, 2026, 2028)
    ]

    assert ends == [date(2025, 2, 28), date(2026, 2, 28), date(2028, 2, 29)]


def test_calendar_periods_begin_in_january_whenever_somebody_joins():
    assert period_of(date(2026, 8, 3), joined_on=JOINED, months=3, anchor="calendar") == (date(2026, 7, 1), date(2026, 10, 1))


def test_what_is_missing_to_the_next_tier_and_to_keep_this_one_is_told_from_the_same_numbers():
    silver = Standing("silver", "base", JOINED, date(2026, 1, 10))

    assert next_tier(silver, 1500, LADDER)[1] == 3500
    assert missing_to_keep(silver, 500, LADDER) == 300
    assert next_tier(gold(), 9000, LADDER) is None


@given(st.lists(st.integers(-2000, 3000), min_size=1, max_size=900), st.sampled_from(["one_step", "to_base", "to_earned"]))
def test_a_tier_is_always_one_of_the_ladder_and_never_falls_without_grace(changes, falls):
    ladder = LADDER.model_copy(update={"falls": falls})
    standing, value, before, announced = join(JOINED, ladder), 0, 0, {}
    for offset, change in enumerate(changes):
        day = JOINED + timedelta(days=offset)
        value += change
        was = standing
        standing, move = close(standing, day, value, before, ladder)
        if standing.period_from != was.period_from:
            before, value = value, 0
        if standing.fall_on and not was.fall_on:
            announced[standing.fall_on] = day
        assert standing.tier in {"base", "silver", "gold"}
        assert standing.period_from <= day + timedelta(days=1) < standing.period_until or day < standing.period_until
        if move and move.cause in {"not_kept", "returned"}:
            assert day + timedelta(days=1) - announced[day + timedelta(days=1)] > timedelta(days=30)
