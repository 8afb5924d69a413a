"""For whom, when and where an offer holds, and the reason if it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regulars.loyalty.basket import Member
from regulars.loyalty.offers.rules import Refusal, solve
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.terms import TermsError
from tests.loyalty.offers.shop import DAY, EVERYTHING, basket, live, offer, reasons

HAPPY = {"windows": [{"weekdays": ["fri"], "from_time": "22:00", "to_time": "02:00"}]}


def reason(terms: dict[str, Any], **fields: Any) -> str:
    deal = solve(basket(10_00, **fields), [offer("amount", code="A", off_amount=1_00, terms=terms)])
    return "" if deal.used else reasons(deal)["A"].code


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({}, ""), ({"currency": "CNY"}, "currency"),
        ({"starts_on": "2026-11-20", "ends_on": "2026-11-20"}, ""),  # both days belong to it (P41)
        ({"starts_on": "2026-11-21"}, "not_started"), ({"ends_on": "2026-11-19"}, "ended"),
        ({"stores": ["N1"]}, ""), ({"stores": ["S1"]}, "not_here"), ({"regions": ["NORTH"]}, ""),
        ({"regions": ["SOUTH"], "stores": ["N1"]}, ""), ({"regions": ["SOUTH"]}, "not_here"),
        ({"channels": ["app", "online"]}, "not_this_channel"), ({"channels": ["store"]}, ""),
        ({"tiers": ["gold"]}, ""), ({"tiers": ["silver"]}, "not_this_tier"), ({"members_only": True}, ""),
        ({"windows": [{"from_time": "17:00", "to_time": "17:30"}]}, ""),
        ({"windows": [{"from_time": "17:31", "to_time": "18:00"}]}, "not_now"),
        ({"windows": [{"weekdays": ["sat"]}]}, "not_now"), ({"windows": [{"weekdays": ["sat"]}, {"weekdays": ["fri"]}]}, ""),
        ({"when": {"attr": "basket.amount", "op": "ge", "value": 10_00}}, ""),
        ({"when": {"attr": "basket.amount", "op": "gt", "value": 10_00}}, "condition"),
        ({"when": {"attr": "customer.city", "op": "ne", "value": "Lyon"}}, "unknown"),
        ({"when": {"not": {"attr": "customer.tags", "op": "has_any", "value": ["staff"]}}}, ""),
    ],
)  # fmt: skip
def test_the_terms_are_kept(terms: dict[str, Any], code: str) -> None:
    assert reason(terms) == code


@pytest.mark.parametrize("terms", [{"members_only": True}, {"tiers": ["gold"]}, {"uses_per_person": 1}])
def test_what_needs_a_member_is_refused_to_a_stranger(terms: dict[str, Any]) -> None:
    assert reason(terms, member=None) == "members_only"


def test_a_tier_that_a_member_does_not_have_is_told_with_the_one_they_have() -> None:
    deal = solve(basket(10_00, member=Member(9)), [offer("amount", code="A", off_amount=1, terms={"tiers": ["gold"]})])
    assert reasons(deal)["A"].params == {"tiers": ("gold",), "tier": ""}


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-20T22:00", True), ("2026-11-21T01:30", True), ("2026-11-21T02:00", True), ("2026-11-21T02:01", False),
        ("2026-11-20T21:59", False), ("2026-11-20T01:00", False), ("2026-11-21T23:00", False),
    ],
)  # fmt: skip
def test_the_small_hours_belong_to_the_evening_before(local: str, is_open: bool) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=UTC)
    assert (reason(HAPPY, at=at) == "") is is_open


def test_until_31_may_ends_with_the_stores_business_day() -> None:
    """A store whose day runs until four still honors it at half past one in the night."""
    terms = {"ends_on": "2026-05-31"}
    night = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
    assert reason(terms, at=night, business_date=date(2026, 5, 31)) == ""
    assert reason(terms, at=night, business_date=date(2026, 6, 1)) == "ended"


def test_a_reason_from_outside_is_handed_on() -> None:
    refused = offer("amount", code="A", off_amount=1, refusal=Refusal("used_up"))
    assert reasons(solve(basket(10_00), [refused]))["A"].code == "used_up"


@pytest.mark.parametrize(
    ("kind", "body", "code", "params"),
    [
        ("threshold", {"from_amount": 15_00, "off_amount": 1}, "below_amount",
         {"from_amount": 15_00, "missing_amount": 5_00}),
        ("threshold", {"from_quantity": 3, "off_amount": 1}, "below_quantity",
         {"from_quantity": 3, "missing_quantity": 2}),
        ("step", {"steps": [{"from_amount": 11_00, "off_amount": 1}]}, "below_amount",
         {"from_amount": 11_00, "missing_amount": 1_00}),
        ("n_for_m", {"items": EVERYTHING, "take": 2, "pay": 1}, "below_quantity",
         {"from_quantity": 2, "missing_quantity": 1}),
        ("product", {"items": EVERYTHING, "buy": EVERYTHING}, "incomplete", {}),
        ("percent", {"off_bp": 1, "items": {"attr": "product.brand", "op": "eq", "value": "Ahorn"}}, "no_article", {}),
        ("percent", {"off_bp": 1}, "no_gain", {"worse_amount": 0}),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(kind: str, body: dict[str, Any], code: str, params: dict[str, Any]) -> None:
    deal = solve(basket(10_00 if kind != "percent" else 1), [offer(kind, code="A", **body)])
    assert (reasons(deal)["A"].code, reasons(deal)["A"].params) == (code, params)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"body": {"kind": "lottery"}}, "body"), ({"body": {"kind": "percent", "off_bp": 10_001}}, "body.percent.off_bp"),
        ({"body": {"kind": "percent", "off_bp": 12.5}}, "body.percent.off_bp"),
        ({"starts_on": "2026-12-01", "ends_on": "2026-11-30"}, "ends_on"),
        ({"funding": [{"party": "supplier", "share_bp": 5_000}]}, "funding"), ({"phase": "item"}, "phase"),
        ({"body": {"kind": "time", "off_bp": 1}}, "windows"), ({"not_with": ["no spaces"]}, "not_with.0"),
        ({"budget_amount": 0}, "budget_amount"), ({"color": "red"}, "color"),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused_by_field(raw: dict[str, Any], field: str) -> None:
    with pytest.raises(TermsError) as refusal:
        offer_terms.read({"currency": "USD", "body": {"kind": "amount", "off_amount": 5_00}, **raw})
    assert refusal.value.place["field"] == field


def test_terms_come_back_from_json_as_they_were() -> None:
    when = {"attr": "time.date", "op": "during", "value": {"last": 3, "unit": "day"}}
    made = live("n_for_m", items=EVERYTHING, take=3, pay=2, terms={"when": when, "ends_on": str(DAY), "phase": "item"}).terms
    assert offer_terms.read(offer_terms.dump(made)) == made
