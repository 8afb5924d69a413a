"""The boundary table of prepaid law, a cent to either side (P10, G37)."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.loyalty.cards.rules import law
from regulars.loyalty.cards.rules.law import Payment, objections, objections_to_term

CHINA = law.in_force("cn-prepaid", date(2026, 11, 20))
NAMED = {"is_named": True, "buyer_identified": True}
BEARER = {"is_named": False}


def codes(amount: int, **facts: object) -> list[str]:
    payment = Payment(**({"amount": amount, "currency": "CNY", "in_cash": False} | facts))  # type: ignore[arg-type]
    return [reason.code for reason in objections(CHINA, payment)]


@pytest.mark.parametrize(
    ("amount", "facts", "refused"),
    [
        (5_000_00, NAMED, []),
        (5_000_01, NAMED, ["balance_limit"]),
        (4_999_99, NAMED | {"balance_before": 1}, []),
        (5_000_00, NAMED | {"balance_before": 1}, ["balance_limit"]),
        (1_000_00, BEARER, []),
        (1_000_01, BEARER, ["balance_limit"]),
        (1, BEARER | {"balance_before": 1_000_00}, ["balance_limit"]),
        (1, {"is_named": True}, ["identity_of_holder"]),
        (9_999_99, BEARER, ["balance_limit"]),
        (10_000_00, BEARER, ["balance_limit", "identity_of_buyer"]),
        (10_000_00, BEARER | {"buyer_identified": True}, ["balance_limit"]),
        (4_999_99, NAMED | {"in_cash": True, "by_company": True}, []),
        (5_000_00, NAMED | {"in_cash": True, "by_company": True}, ["not_in_cash"]),
        (5_000_00, NAMED | {"by_company": True}, []),
        (49_999_99, NAMED | {"in_cash": True}, ["balance_limit"]),
        (50_000_00, NAMED | {"in_cash": True}, ["balance_limit", "not_in_cash"]),
    ],
)
def test_the_limits_hold_to_the_cent(amount: int, facts: dict[str, object], refused: list[str]) -> None:
    assert codes(amount, **facts) == refused


@pytest.mark.parametrize(
    ("pack", "named", "months", "refused"),
    [
        ("cn-prepaid", True, None, []),
        ("cn-prepaid", True, 120, ["named_never_expires"]),
        ("cn-prepaid", False, 35, ["lasts_too_short"]),
        ("cn-prepaid", False, 36, []),
        ("us-gift-card", False, 59, ["lasts_too_short"]),
        ("us-gift-card", False, 60, []),
        ("none", True, 1, []),
    ],
)
def test_terms_are_as_long_as_the_law_wants(pack: str, named: bool, months: int | None, refused: list[str]) -> None:
    found = objections_to_term(law.in_force(pack, date(2026, 1, 1)), is_named=named, lasts_months=months)
    assert [reason.code for reason in found] == refused


def test_no_law_refuses_nothing() -> None:
    payment = Payment(amount=10**9, currency="CNY", is_named=False, in_cash=True, by_company=True)
    assert objections(law.in_force("none", date(2026, 1, 1)), payment) == []


def test_another_currency_is_none_of_the_packs_business() -> None:
    payment = Payment(amount=10**9, currency="USD", is_named=False, in_cash=True)
    assert objections(CHINA, payment) == []


def test_a_law_holds_from_its_day_on() -> None:
    assert law.in_force("cn-prepaid", date(2011, 5, 22)).code == "none"
    assert law.in_force("cn-prepaid", date(2011, 5, 23)).bearer_may_report_loss
    assert not law.in_force("cn-prepaid", date(2012, 11, 1)).bearer_may_report_loss


def test_a_version_is_found_again_by_its_name() -> None:
    assert [law.of_version(pack.version) for pack in law.PACKS] == list(law.PACKS)


def test_an_unknown_pack_is_a_bug() -> None:
    with pytest.raises(LookupError):
        law.in_force("mars", date(2026, 1, 1))
