"""What a basket earns: the vectors of the pitfalls and every condition of a rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from regulars.loyalty.basket import Member, Place
from regulars.loyalty.program.rules import Body, State, rate
from tests.loyalty.program.factories import ANA, CARD, COLA, DAY, MILK, NORTH, NOW, TEA, TOWEL, basket, book, line


def points(earned):
    return {one.line_no: one.points for one in earned.lines}


def test_a_third_of_a_unit_three_times_earns_nothing_by_line_and_a_point_by_receipt():
    three = basket(line(1, amount=34), line(2, amount=34), line(3, amount=34))

    assert rate(three, book(rounding="line")).points == 0
    assert rate(three, book(rounding="receipt")).points == 1


def test_points_are_earned_on_what_is_paid_after_discounts():
    assert rate(basket(line(1, amount=1000, discount=250)), book()).points == 7


def test_tax_that_prices_contain_earns_nothing():
    assert rate(basket(line(1, amount=11300)), book(tax_per_mille=130)).points == 100


def test_the_part_paid_with_points_earns_nothing():
    earned = rate(basket(line(1, amount=600), line(2, amount=400), tenders=(("points", 500), ("cash", 500))), book())

    assert earned.points == 5
    assert points(earned) == {1: 3, 2: 2}


def test_a_gift_card_that_is_sold_earns_nothing_and_one_that_pays_does():
    rules = book(exclusions={"goods": {"categories": ["Gift cards"]}})

    assert points(rate(basket(line(1, CARD, 5000), line(2, TEA, 1000)), rules)) == {1: 0, 2: 10}
    assert rate(basket(line(1, amount=1000), tenders=(("gift_card", 1000),)), rules).points == 10


def test_nobody_earns_without_being_a_member():
    earned = rate(basket(line(1), member=None), book())

    assert (earned.points, earned.reasons[0].code) == (0, "earn.no_member")


def test_of_several_rates_the_most_generous_holds_for_a_line():
    rules = book(
        {"kind": "per_amount", "code": "base"},
        {"kind": "per_amount", "code": "drinks", "points": 2, "when": {"categories": ["Drinks"]}},
    )

    earned = rate(basket(line(1, TEA), line(2, TOWEL)), rules)

    assert [dict(one.by_rule) for one in earned.lines] == [{"drinks": 20}, {"base": 10}]


def test_the_highest_multiplier_counts_unless_they_are_to_be_added():
    rules = (
        {"kind": "per_amount", "code": "base"},
        {"kind": "multiply", "code": "double", "factor_milli": 2000},
        {"kind": "multiply", "code": "half-more", "factor_milli": 1500},
    )

    assert dict(rate(basket(line(1)), book(*rules)).by_rule) == {"base": 10, "double": 10}
    assert dict(rate(basket(line(1)), book(*rules, multipliers="add")).by_rule) == {"base": 10, "double": 10, "half-more": 5}


def test_what_is_left_of_a_point_goes_to_the_next_rule():
    rules = book({"kind": "per_amount", "code": "base"}, {"kind": "multiply", "code": "more", "factor_milli": 1500})

    assert dict(rate(basket(line(1, amount=150)), rules).by_rule) == {"base": 1, "more": 1}  # 1.5 and 0.75 are 2.25


def test_a_tier_multiplies_for_its_members_only():
    ladder = {"tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 100, "factor_milli": 2000}]}

    assert rate(basket(line(1), member=Member(7, tier="gold")), book(ladder=ladder)).points == 20
    assert rate(basket(line(1), member=Member(7)), book(ladder=ladder)).points == 10


def test_pieces_earn_by_the_thousandth():
    rules = book({"kind": "per_item", "code": "milk", "points": 3, "when": {"skus": ["MILK"]}})

    assert rate(basket(line(1, MILK, pieces=2), line(2, TEA)), rules).points == 6


def test_a_bonus_counts_the_lines_it_names():
    rule = {"kind": "bonus", "code": "200-get-100", "from_amount": 20000, "points": 100, "when": {"categories": ["Drinks"]}}
    both = basket(line(1, TEA, 15000), line(2, COLA, 5000), line(3, TOWEL, 9000))

    assert rate(both, book(rule)).bonuses[0].amounts == {1: 15000, 2: 5000}
    assert rate(basket(line(1, TEA, 15000), line(2, TOWEL, 9000)), book(rule)).points == 0
    assert rate(basket(line(1, TEA, 45000)), book(rule | {"each": True})).points == 200


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"stores": ["N1"]}, True), ({"stores": ["S1"]}, False), ({"regions": ["TOP"]}, True), ({"regions": ["R2"]}, False),
        ({"formats": ["supermarket"]}, True), ({"channels": ["online"]}, False), ({"brands": ["East Wind"]}, True),
        ({"suppliers": ["S2"]}, False), ({"from_date": "2026-11-16", "until_date": "2026-11-16"}, True),
        ({"until_date": "2026-11-15"}, False), ({"weekdays": [0]}, True), ({"weekdays": [5, 6]}, False),
        ({"from_time": "04:00", "until_time": "04:01"}, True), ({"from_time": "22:00", "until_time": "04:00"}, False),
        ({"tiers": ["silver"]}, True), ({"plans": ["plus"]}, False),
        ({"basket_from_amount": 1000}, True), ({"basket_from_amount": 1001}, False), ({"tenders": ["cash"]}, True),
        ({"tenders": ["wallet"]}, False), ({"full_price_only": True}, True),
    ],
)  # fmt: skip
def test_a_rule_holds_only_where_all_its_conditions_do(when, holds):
    rules = book({"kind": "per_amount", "code": "base", "when": when})

    assert bool(rate(basket(line(1), tenders=(("cash", 1000),)), rules).points) is holds


def test_a_line_with_a_discount_is_not_at_full_price():
    rules = book({"kind": "per_amount", "code": "base", "when": {"full_price_only": True}})

    assert points(rate(basket(line(1, discount=1), line(2)), rules)) == {1: 0, 2: 10}


def test_caps_keep_the_first_points_and_say_so():
    rules = book({"kind": "per_amount", "code": "base", "caps": {"per_receipt": 12, "per_day": 30, "per_member": 100}})
    two = basket(line(1), line(2))

    assert points(rate(two, rules)) == {1: 10, 2: 2}
    assert rate(two, rules, State(by_rule_today={"base": 25})).points == 5
    assert rate(two, rules, State(by_rule_ever={"base": 100})).points == 0
    assert [reason.code for reason in rate(two, rules).reasons] == ["earn.cap_per_receipt"]


def test_a_day_has_a_limit_of_points_and_of_receipts():
    rules = book(limits={"points_per_day": 15, "receipts_per_day": 2})

    assert points(rate(basket(line(1), line(2)), rules)) == {1: 10, 2: 5}
    assert rate(basket(line(1)), rules, State(points_today=12, receipts_today=1)).points == 3
    assert rate(basket(line(1)), rules, State(receipts_today=2)).points == 0


def test_growth_value_counts_beside_points_and_without_multipliers():
    rules = book(
        {"kind": "per_amount", "code": "base"}, {"kind": "multiply", "code": "double", "factor_milli": 2000},
        growth={"growth": 1, "amount": 100},
    )  # fmt: skip

    earned = rate(basket(line(1, amount=150), line(2, amount=150)), rules)

    assert (earned.points, earned.growth, [one.growth for one in earned.lines]) == (6, 3, [1, 2])


def test_the_clock_of_the_store_decides_over_midnight():
    rules = book({"kind": "per_amount", "code": "night", "when": {"from_time": "22:00", "until_time": "02:00"}})

    assert rate(basket(line(1), local=NOW.replace(hour=1, minute=30, tzinfo=None)), rules).points == 10
    assert rate(basket(line(1), local=NOW.replace(hour=2, tzinfo=None)), rules).points == 0


def test_a_place_and_a_member_change_nothing_of_what_a_book_remembers():
    rules = book({"kind": "per_amount", "code": "base", "when": {"stores": ["N1"]}})

    assert rate(basket(line(1)), rules).points == 10
    assert rate(basket(line(1), place=Place(2, "S1")), rules).points == 0
    assert rate(basket(line(1), place=replace(NORTH), member=replace(ANA), business_date=DAY), rules).points == 10


@pytest.mark.parametrize(
    "body",
    [
        {"earning": [{"kind": "per_amount", "code": "a"}, {"kind": "bonus", "code": "a", "from_amount": 1, "points": 1}]},
        {"earning": [{"kind": "per_amount", "code": "a", "amount": 999_983}, {"kind": "per_amount", "code": "b", "amount": 7}]},
        {"earning": [{"kind": "per_amount", "code": "a", "points": 0}]},
        {"ladder": {"tiers": [{"code": "gold", "from_value": 5}]}},
        {"ladder": {"tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 5, "keep_value": 6}]}},
        {"ladder": {"period_months": 5}},
        {"surprise": 1},
    ],
)
def test_rules_that_cannot_hold_are_refused(body):
    with pytest.raises(ValidationError):
        Body.model_validate(body)
