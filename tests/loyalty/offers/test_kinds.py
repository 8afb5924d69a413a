"""Each kind of promotion, as retailers' standard use cases have them (ARTS price derivation rules, OMG retail promotions)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from regulars.loyalty.basket import Discount
from regulars.loyalty.offers.rules import solve
from tests.loyalty.offers.shop import EVERYTHING, basket, line, of_category, of_sku, off, offer

ITEM = {"phase": "item"}


@pytest.mark.parametrize(
    ("what", "lines", "kind", "body", "terms", "expected"),
    [
        ("an amount off the sale", [6_00, 4_00], "amount", {"off_amount": 1_00}, {}, {1: 60, 2: 40}),
        ("never more than the sale", [30, 20], "amount", {"off_amount": 1_00}, {}, {1: 30, 2: 20}),
        ("an amount off each piece", [line(9_00, pieces=3)], "amount", {"off_amount": 50, "each": True}, ITEM, {1: 1_50}),
        ("never more than the piece", [line(90, pieces=3)], "amount", {"off_amount": 50, "each": True}, ITEM, {1: 90}),
        ("a share of the sale", [9_99, 1], "percent", {"off_bp": 1_000}, {}, {1: 1_00}),
        ("a share, at most an amount", [80_00], "percent", {"off_bp": 1_000, "off_max_amount": 5_00}, {}, {1: 5_00}),
        ("a share of one category", [line(10_00, category=("Food",)), line(10_00, no=2)], "percent",
         {"off_bp": 2_000, "items": of_category("Food")}, ITEM, {1: 2_00}),
        ("weighed goods are one piece", [line(3_33, milli=456)], "percent", {"off_bp": 1_000}, ITEM, {1: 33}),
        ("three for two", [line(9_00, pieces=3)], "n_for_m", {"items": EVERYTHING, "take": 3, "pay": 2}, ITEM, {1: 3_00}),
        ("three for two: the cheapest of the set", [5_00, 4_00, 3_00], "n_for_m",
         {"items": EVERYTHING, "take": 3, "pay": 2}, ITEM, {3: 3_00}),
        ("three for two twice: of each set, dearest first", [6, 5, 4, 3, 2, 1], "n_for_m",
         {"items": EVERYTHING, "take": 3, "pay": 2}, ITEM, {3: 4, 6: 1}),
        ("three for two: two are not enough for a second set", [line(25_00, pieces=5)], "n_for_m",
         {"items": EVERYTHING, "take": 3, "pay": 2}, ITEM, {1: 5_00}),
        ("the second at half price", [line(10_00, pieces=2)], "n_for_m",
         {"items": EVERYTHING, "take": 2, "pay": 1, "off_bp": 5_000}, ITEM, {1: 2_50}),
        ("at most once", [line(9_00, pieces=9)], "n_for_m",
         {"items": EVERYTHING, "take": 3, "pay": 2, "times_max": 1}, ITEM, {1: 1_00}),
        ("pieces that do not divide evenly", [line(10_00, pieces=3)], "n_for_m",
         {"items": EVERYTHING, "take": 3, "pay": 2}, ITEM, {1: 3_33}),
        ("one of them free", [8_00, 5_00], "product", {"items": of_sku("P2")}, ITEM, {2: 5_00}),
        ("buy two of one, get another free", [line(6_00, pieces=2), 5_00], "product",
         {"items": of_sku("P2"), "buy": of_sku("P1"), "buy_quantity": 2}, ITEM, {2: 5_00}),
        ("buy one, get one: not with one piece alone", [6_00], "product",
         {"items": EVERYTHING, "buy": EVERYTHING}, ITEM, {}),
        ("buy one, get one of the same", [line(6_00, pieces=2)], "product",
         {"items": EVERYTHING, "buy": EVERYTHING}, ITEM, {1: 3_00}),
        ("a meal at one price", [4_00, 3_00, 2_00], "bundle",
         {"parts": [{"items": of_sku("P1")}, {"items": of_sku("P2")}], "price_amount": 5_00}, ITEM, {1: 1_14, 2: 86}),
        ("a meal that would cost more is no meal", [2_00, 2_00], "bundle",
         {"parts": [{"items": of_sku("P1")}, {"items": of_sku("P2")}], "price_amount": 5_00}, ITEM, {}),
        ("any three for ten", [5_00, 4_00, 3_00, 2_00], "bundle",
         {"parts": [{"items": EVERYTHING, "quantity": 3}], "price_amount": 10_00}, ITEM, {1: 83, 2: 67, 3: 50}),
        ("from an amount on", [60_00, 40_00], "threshold",
         {"from_amount": 100_00, "off_amount": 10_00}, {}, {1: 6_00, 2: 4_00}),
        ("one cent below it", [60_00, 39_99], "threshold", {"from_amount": 100_00, "off_amount": 10_00}, {}, {}),
        ("for every such amount", [250_00], "threshold",
         {"from_amount": 100_00, "off_amount": 10_00, "every": True}, {}, {1: 20_00}),
        ("from a number of pieces on", [line(30_00, pieces=3)], "threshold",
         {"from_quantity": 3, "off_bp": 1_000}, {}, {1: 3_00}),
        ("the highest step that is reached", [75_00], "step",
         {"steps": [{"from_amount": 50_00, "off_amount": 5_00}, {"from_amount": 100_00, "off_amount": 15_00}]}, {}, {1: 5_00}),
        ("the next step", [100_00], "step",
         {"steps": [{"from_amount": 50_00, "off_amount": 5_00}, {"from_amount": 100_00, "off_bp": 1_500}]}, {}, {1: 15_00}),
        ("a price for members", [line(6_00, pieces=2), 3_00], "member_price",
         {"prices": [{"sku": "P1", "price_amount": 2_50}]}, ITEM, {1: 1_00}),
        ("a price that is no lower", [2_00], "member_price", {"prices": [{"sku": "P1", "price_amount": 2_50}]}, ITEM, {}),
        ("free delivery", [40_00, line(5_00, no=2, category=("Shipping",))], "shipping", {}, {}, {2: 5_00}),
        ("a happy hour", [10_00], "time", {"off_bp": 2_000},
         {"windows": [{"weekdays": ["fri"], "from_time": "17:00", "to_time": "18:59"}]}, {1: 2_00}),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)  # fmt: skip
def test_kind(
    what: str, lines: list[Any], kind: str, body: dict[str, Any], terms: dict[str, Any], expected: dict[int, int]
) -> None:
    assert off(*lines, offers=[offer(kind, terms=terms, **body)]) == expected


def test_a_share_is_split_to_the_cent_by_largest_remainder() -> None:
    taken = off(3_33, 3_33, 3_34, offers=[offer("percent", off_bp=3_333)])
    assert sum(taken.values()) == 3_33
    assert taken == {1: 1_11, 2: 1_11, 3: 1_11}


def test_each_piece_gets_only_the_best_of_the_offers_on_pieces() -> None:
    food = {"items": of_category("Food")}
    offers = [
        offer("percent", off_bp=1_000, terms=ITEM),
        offer("percent", off_bp=3_000, terms=ITEM, **food),
        offer("amount", off_amount=1, each=True, terms=ITEM),
    ]
    assert off(line(10_00, category=("Food",)), line(10_00, no=2), offers=offers) == {1: 3_00, 2: 1_00}


def test_a_piece_is_in_one_set_only() -> None:
    pairs = {"items": EVERYTHING, "take": 2, "pay": 1}
    offers = [offer("n_for_m", terms=ITEM, **pairs), offer("n_for_m", terms=ITEM, **pairs)]
    deal = solve(basket(line(4_00, pieces=4)), offers)
    assert (deal.saved, len(deal.used)) == (2_00, 1)


def test_lines_that_the_shop_reduced_already_can_be_left_alone() -> None:
    reduced = replace(line(10_00), discounts=(Discount("manual", 2_00),))
    gentle = offer("percent", off_bp=1_000, terms={"on_reduced": False})
    assert off(reduced, line(10_00, no=2), offers=[gentle]) == {1: 2_00, 2: 1_00}
    assert off(reduced, offers=[offer("percent", off_bp=1_000)]) == {1: 2_80}


def test_what_comes_back_in_the_same_basket_is_left_alone() -> None:
    returned = line(-5_00, no=2, milli=-1_000)
    assert off(10_00, returned, offers=[offer("percent", off_bp=1_000)]) == {1: 1_00}


def test_many_pieces_of_one_line_cost_no_time() -> None:
    fuel = line(200_000_00, milli=89_638_000)
    deal = solve(basket(fuel), [offer("n_for_m", items=EVERYTHING, take=3, pay=2, terms=ITEM)])
    assert deal.saved == 200_000_00 * 100 // 89_638


def test_who_pays_is_split_for_each_line_and_adds_up() -> None:
    shares = [{"party": "supplier", "name": "Acme", "share_bp": 3_333}, {"party": "retailer", "share_bp": 6_667}]
    deal = solve(basket(10_00, 5_01), [offer("percent", off_bp=1_000, terms={"funding": shares})])
    used = deal.used[0]
    assert used.lines == {1: 1_00, 2: 50}
    assert used.funded == {("supplier", "Acme"): {1: 33, 2: 17}, ("retailer", ""): {1: 67, 2: 33}}
    assert [(each.funded_by, each.amount) for each in deal.lines[0].discounts] == [("supplier", 33), ("retailer", 67)]
