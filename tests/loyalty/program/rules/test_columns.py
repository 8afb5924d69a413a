"""Columns give the same answers as one basket after the other, whatever the rules and the baskets are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.loyalty.basket import Basket, Member, Place
from regulars.loyalty.program.rules import Book, State, rate
from regulars.loyalty.program.rules.columns import ColumnState, Prepared
from regulars.loyalty.program.rules.table import Columns
from regulars.loyalty.vocabulary import sale_facts
from tests.loyalty.program.factories import ARTICLES, DAY, NORTH, NOW, basket, book, line

PLACES = (NORTH, Place(2, "S1", ("R2", "TOP"), "convenience", "online"))
KINDS = ("cash", "points", "wallet")
TIERS = ("base", "silver", "gold")
PLANS = ("", "plus")


def columns_of(baskets: list[Basket]) -> Columns:
    lines = [(at, one) for at, each in enumerate(baskets) for one in each.lines]
    tenders = [(at, KINDS.index(kind), amount) for at, each in enumerate(baskets) for kind, amount in each.tenders]
    counts = [len(each.lines) for each in baskets]

    def numbers(values):
        return np.array(list(values), np.int64)

    return Columns(
        receipt_id=numbers(range(len(baskets))), member=numbers(each.member.customer_id for each in baskets),
        day=numbers(each.business_date.toordinal() for each in baskets),
        second=numbers(each.local.hour * 3600 + each.local.minute * 60 for each in baskets),
        place=numbers(PLACES.index(each.place) for each in baskets),
        plan=numbers(PLANS.index(each.member.paid_plan) for each in baskets),
        paid=numbers(each.paid_amount for each in baskets), first=numbers([0, *np.cumsum(counts)]),
        line_no=numbers(one.line_no for _, one in lines),
        article=numbers(ARTICLES.index(one.article) for _, one in lines),
        quantity_milli=numbers(one.quantity_milli for _, one in lines),
        line_paid=numbers(one.paid_amount for _, one in lines),
        discounted=np.array([one.discount_amount != 0 for _, one in lines], np.bool_),
        tender_receipt=numbers(one[0] for one in tenders), tender_kind=numbers(one[1] for one in tenders),
        tender_amount=numbers(one[2] for one in tenders), articles=ARTICLES, places=PLACES, plans=PLANS, tender_kinds=KINDS,
        weekday=numbers(each.local.weekday() for each in baskets),
        known={
            name: (numbers(range(len(baskets))), [sale_facts(each).get(name) for each in baskets])
            for name in ("customer.tags", "customer.city", "customer.birth_month", "customer.joined_on")
        },
    )  # fmt: skip


def _leaf(attr, op, value):
    return st.just({"attr": attr, "op": op} | ({} if value is None else {"value": value}))


_leaves = st.one_of(
    _leaf("customer.tags", "has_any", ["vip", "staff"]), _leaf("customer.tags", "has_none", ["staff"]),
    _leaf("customer.tier", "in", ["gold", "silver"]), _leaf("customer.city", "eq", "Graz"),
    _leaf("customer.city", "is_unknown", None), _leaf("customer.birth_month", "eq", 11), _leaf("time.weekday", "eq", "tue"),
    _leaf("customer.joined_on", "during", {"last": 2, "unit": "day"}), _leaf("customer.is_first_purchase", "eq", True),
    _leaf("customer.paid_plan", "eq", "plus"), _leaf("customer.is_known", "eq", True), _leaf("basket.amount", "ge", 1500),
    _leaf("basket.quantity", "lt", 4), _leaf("basket.lines", "gt", 1), _leaf("basket.skus", "has_all", ["TEA", "MILK"]),
    _leaf("basket.categories", "has_any", ["Drinks"]), _leaf("basket.brands", "has_none", ["Fizz"]),
    _leaf("basket.brands", "is_known", None), _leaf("basket.tenders", "has_any", ["wallet"]),
    _leaf("basket.tenders", "is_unknown", None), _leaf("place.format", "eq", "convenience"),
    _leaf("place.regions", "has_any", ["R2"]), _leaf("place.channel", "eq", "online"),
    _leaf("time.of_day", "between", ["04:10", "04:40"]), _leaf("time.day_of_month", "ge", 17), _leaf("time.month", "eq", 11),
    _leaf("time.date", "gt", str(DAY)),
)  # fmt: skip
_conditions = st.recursive(
    _leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3).map(lambda found: {"all": found}),
        st.lists(parts, max_size=3).map(lambda found: {"any": found}),
        parts.map(lambda found: {"not": found}),
    ),
    max_leaves=5,
)
_some = st.lists
_caps = st.fixed_dictionaries({}, optional={name: st.integers(1, 40) for name in ("per_receipt", "per_day", "per_member")})
_when = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.just(["Drinks"]), "brands": st.just(["Fizz"]), "skus": st.just(["TEA", "MILK"]),
        "stores": st.just(["N1"]), "channels": st.just(["online"]), "regions": st.just(["R2"]),
        "weekdays": st.lists(st.integers(0, 6), min_size=1, max_size=4), "from_time": st.just("04:30"),
        "until_time": st.just("04:45"), "tiers": st.just(["gold", "silver"]),
        "from_date": st.just(str(DAY + timedelta(days=1))),
        "plans": st.just(["plus"]), "tenders": st.just(["wallet"]), "basket_from_amount": st.integers(0, 3000),
        "full_price_only": st.booleans(), "condition": _conditions,
    },
)  # fmt: skip
_kinds = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("per_amount"), "points": st.integers(1, 5), "amount": st.sampled_from([50, 100, 300])}
    ),
    st.fixed_dictionaries({"kind": st.just("per_item"), "points": st.integers(1, 5)}),
    st.fixed_dictionaries({"kind": st.just("multiply"), "factor_milli": st.integers(1001, 4000)}),
    st.fixed_dictionaries(
        {"kind": st.just("bonus"), "points": st.integers(1, 30), "from_amount": st.integers(1, 3000), "each": st.booleans()}
    ),
)
_rules = st.lists(st.tuples(_kinds, _when, _caps), min_size=1, max_size=6).map(
    lambda rules: [kind | {"code": f"r{at}", "when": when, "caps": caps} for at, (kind, when, caps) in enumerate(rules)]
)
_bodies = st.fixed_dictionaries(
    {"earning": _rules},
    optional={
        "rounding": st.sampled_from(["line", "receipt"]), "multipliers": st.sampled_from(["highest", "add"]),
        "tax_per_mille": st.sampled_from([0, 130]), "growth": st.just({"growth": 2, "amount": 300}),
        "exclusions": st.just({"goods": {"categories": ["Gift cards"]}}),
        "limits": st.fixed_dictionaries(
            {}, optional={"points_per_day": st.integers(1, 60), "receipts_per_day": st.integers(1, 3)}
        ),
        "ladder": st.just({"tiers": [{"code": "base", "from_value": 0}, {"code": "silver", "from_value": 5},
                                     {"code": "gold", "from_value": 10, "factor_milli": 1500}]}),
    },
)  # fmt: skip
_lines = st.lists(
    st.tuples(st.sampled_from(ARTICLES), st.integers(0, 2000), st.integers(0, 4), st.integers(0, 1)), max_size=6
).map(lambda rows: [line(at, *row[:2], pieces=row[2], discount=min(row[1], row[3])) for at, row in enumerate(rows, start=1)])
_baskets = st.builds(
    lambda lines, customer, place, minutes, plan, points: (lines, customer, place, minutes, plan, points),
    _lines, st.integers(0, 2), st.sampled_from(PLACES), st.integers(0, 59), st.sampled_from(PLANS), st.integers(0, 3000),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(body=_bodies, days=st.lists(st.lists(_baskets, min_size=1, max_size=6), min_size=1, max_size=3), tiers=st.data())
def test_columns_and_baskets_agree(body, days, tiers):
    rules: Book = book(*body["earning"], **{key: value for key, value in body.items() if key != "earning"})
    baskets = []
    for offset, rows in enumerate(days):
        for lines, customer, place, minutes, plan, points in rows:
            city, tags = tiers.draw(st.sampled_from(["Graz", "Linz", None])), tiers.draw(st.sampled_from([(), ("vip",)]))
            member = Member(
                customer, tier=tiers.draw(st.sampled_from(TIERS)), paid_plan=plan, joined_on=DAY - timedelta(days=customer),
                tags=frozenset(tags), attributes={"customer.city": city, "customer.birth_month": 10 + customer},
            )  # fmt: skip
            paid = sum(one.paid_amount for one in lines)
            baskets.append(
                basket(
                    *lines, member=member, place=place, local=NOW.replace(minute=minutes, tzinfo=None),
                    business_date=DAY + timedelta(days=offset),
                    tenders=(("points", min(points, paid)), ("wallet", max(paid - points, 0))) if minutes else (),
                )
            )  # fmt: skip

    one_by_one = list(_one_by_one(baskets, rules))
    together = list(_in_columns(baskets, rules))

    assert together == one_by_one


def _one_by_one(baskets: list[Basket], rules: Book):
    today: dict[int, State] = {}
    ever: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    day = None
    for each in baskets:
        today, day = ({}, each.business_date) if day != each.business_date else (today, day)
        customer = each.member.customer_id
        state = replace(today.get(customer, State()), by_rule_ever=ever[customer])
        earned = rate(each, rules, state)
        by_rule = dict(state.by_rule_today)
        for code, points in earned.by_rule.items():
            by_rule[code] = by_rule.get(code, 0) + points
            ever[customer][code] += points
        today[customer] = State(state.points_today + earned.points, state.receipts_today + 1, by_rule)
        lines = {one.line_no: (one.points, one.growth, one.amount) for one in earned.lines}
        yield (
            earned.points, {one.line_no: lines.get(one.line_no, (0, 0, 0)) for one in each.lines},
            {bonus.rule: (bonus.points, bonus.amounts) for bonus in earned.bonuses},
        )  # fmt: skip


def _in_columns(baskets: list[Basket], rules: Book):
    columns = columns_of(baskets)
    prepared, state = Prepared(columns, rules), ColumnState.nothing(3, rules)
    for day in sorted(set(columns.day)):
        start, stop = np.searchsorted(columns.day, [day, day + 1])
        state.points_today[:] = state.receipts_today[:] = 0
        for used in state.by_rule_today.values():
            used[:] = 0
        found = prepared.rate([each.member.tier for each in baskets[start:stop]], state, slice(start, stop))
        first = columns.first[start : stop + 1] - columns.first[start]
        for at in range(stop - start):
            lines = range(first[at], first[at + 1])
            numbers = columns.line_no[columns.first[start] :]
            yield (
                found.points[at],
                {numbers[i]: (found.line_points[i], found.line_growth[i], found.line_amounts[i]) for i in lines},
                {
                    code: (points[at], {numbers[i]: found.line_amounts[i] for i in lines if found.bonus_lines[code][i]})
                    for code, points in found.bonuses.items()
                    if points[at]
                },
            )
