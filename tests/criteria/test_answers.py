"""What a condition answers for known and unknown facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from regulars import criteria
from tests.criteria.words import TODAY, WORDS

FACTS = {
    "tier": "gold", "city": "Lyon", "visits": 3, "total": 5000, "joined": date(2026, 11, 1), "at": "23:30",
    "known": True, "tags": frozenset({"vip", "coffee"}),
}  # fmt: skip


def ask(raw: dict[str, Any], facts: dict[str, Any] | None = None) -> bool | None:
    return criteria.answer(criteria.parse(raw, vocabulary=WORDS), FACTS if facts is None else facts, today=TODAY)


@pytest.mark.parametrize(
    ("attr", "op", "value", "expected"),
    [
        ("tier", "eq", "gold", True), ("tier", "ne", "gold", False), ("tier", "in", ["silver", "gold"], True),
        ("tier", "not_in", ["silver"], True), ("city", "starts_with", "Ly", True), ("city", "starts_with", "yon", False),
        ("visits", "gt", 3, False), ("visits", "ge", 3, True), ("visits", "lt", 3, False), ("visits", "le", 3, True),
        ("total", "between", [5000, 6000], True), ("total", "between", [1, 4999], False),
        ("joined", "eq", "2026-11-01", True), ("joined", "lt", "2026-11-02", True),
        ("joined", "between", ["2026-10-01", "2026-11-01"], True),
        ("joined", "during", {"last": 1, "unit": "month"}, True),
        ("joined", "during", {"last": 1, "unit": "calendar_month"}, False),
        ("joined", "during", {"last": 21, "unit": "day"}, False), ("joined", "during", {"last": 22, "unit": "day"}, True),
        ("joined", "ge", {"ago": 21, "unit": "day"}, True), ("joined", "gt", {"ago": 21, "unit": "day"}, False),
        ("at", "between", ["22:00", "02:00"], True), ("at", "between", ["02:00", "22:00"], False), ("at", "lt", "12:00", False),
        ("known", "eq", True, True), ("known", "eq", False, False),
        ("tags", "has_any", ["tea", "vip"], True), ("tags", "has_all", ["tea", "vip"], False),
        ("tags", "has_none", ["tea"], True), ("tags", "has_none", ["vip"], False),
    ],
)  # fmt: skip
def test_each_operator_compares_as_it_says(attr: str, op: str, value: Any, expected: bool) -> None:
    assert ask({"attr": attr, "op": op, "value": value}) is expected
    assert ask({"attr": attr, "op": op, "value": value}, {}) is None


GOLD = {"attr": "tier", "op": "eq", "value": "gold"}
NEVER = {"attr": "visits", "op": "gt", "value": 99}
UNKNOWN = {"attr": "city", "op": "eq", "value": "Lyon"}
PARTIAL = {"tier": "gold", "visits": 3}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"all": []}, True), ({"any": []}, False),
        ({"all": [GOLD, UNKNOWN]}, None), ({"all": [NEVER, UNKNOWN]}, False), ({"all": [UNKNOWN, NEVER]}, False),
        ({"any": [GOLD, UNKNOWN]}, True), ({"any": [UNKNOWN, GOLD]}, True), ({"any": [NEVER, UNKNOWN]}, None),
        ({"not": UNKNOWN}, None), ({"not": NEVER}, True), ({"not": {"all": [GOLD, UNKNOWN]}}, None),
    ],
)  # fmt: skip
def test_unknown_is_not_false(tree: dict[str, Any], expected: bool | None) -> None:
    assert ask(tree, PARTIAL) is expected


def test_what_is_unknown_can_be_asked_for() -> None:
    assert ask({"attr": "city", "op": "is_unknown"}, PARTIAL) is True
    assert ask({"attr": "tier", "op": "is_known"}, PARTIAL) is True
    assert ask({"attr": "city", "op": "is_known"}, {"city": None}) is False
