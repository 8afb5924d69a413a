"""What is refused, with the place of the fault; and that JSON comes back as it went in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars import criteria
from regulars.criteria.vocabulary import Kind
from tests.criteria.words import TODAY, WORDS

LEAVES = st.one_of(
    st.sampled_from(["gold", "silver"]).map(lambda tier: {"attr": "tier", "op": "eq", "value": tier}),
    st.lists(st.text(max_size=5), min_size=1, max_size=3).map(lambda tags: {"attr": "tags", "op": "has_any", "value": tags}),
    st.integers(1, 99).map(lambda n: {"attr": "joined", "op": "during", "value": {"last": n, "unit": "week"}}),
    st.integers(0, 99).map(lambda n: {"attr": "joined", "op": "lt", "value": {"ago": n, "unit": "day"}}),
    st.integers(-9, 9).map(lambda n: {"attr": "visits", "op": "between", "value": [n, n + 3]}),
    st.booleans().map(lambda flag: {"attr": "known", "op": "eq", "value": flag}),
    st.just({"attr": "city", "op": "is_unknown"}),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4).map(lambda every: {"all": every}),
        st.lists(parts, max_size=4).map(lambda some: {"any": some}),
        parts.map(lambda part: {"not": part}),
    ),
    max_leaves=12,
)


@given(TREES)
def test_a_tree_comes_back_from_json_as_it_was(raw: dict[str, Any]) -> None:
    tree = criteria.parse(raw, vocabulary=WORDS)
    assert criteria.dump(tree) == raw
    assert criteria.parse(criteria.dump(tree), vocabulary=WORDS) == tree


@given(TREES)
def test_every_tree_can_be_said_in_both_languages(raw: dict[str, Any]) -> None:
    tree = criteria.parse(raw, vocabulary=WORDS)
    for language in ("en", "zh-hans"):
        assert criteria.read_aloud(tree, language, vocabulary=WORDS, today=TODAY)


@pytest.mark.parametrize(
    ("raw", "place", "code"),
    [
        ({"attr": "shoe_size", "op": "eq", "value": 9}, "attr", "attribute"),
        ({"attr": "tier", "op": "gt", "value": "gold"}, "op", "operator"),
        ({"attr": "tier", "op": "eq", "value": "platinum"}, "value", "value"),
        ({"attr": "visits", "op": "eq", "value": "3"}, "value", "value"),
        ({"attr": "visits", "op": "eq", "value": True}, "value", "value"),
        ({"attr": "visits", "op": "between", "value": [9, 1]}, "value", "value"),
        ({"attr": "joined", "op": "eq", "value": "22.11.2026"}, "value", "value"),
        ({"attr": "joined", "op": "during", "value": "2026-11-22"}, "value", "value"),
        ({"attr": "at", "op": "lt", "value": "25:00"}, "value", "value"),
        ({"attr": "tags", "op": "has_any", "value": []}, "value", "value"),
        ({"attr": "city", "op": "is_known", "value": "Lyon"}, "value", "value"),
        ({"all": [{"attr": "known", "op": "eq", "value": True}, {"not": {"attr": "x", "op": "eq", "value": 1}}]},
         "all.1.not.attr", "attribute"),
        ({"attr": "joined", "op": "during", "value": {"last": 1, "next": 1, "unit": "day"}}, None, "shape"),
        ({"attr": "joined", "op": "during", "value": {"last": 10**9, "unit": "year"}}, None, "shape"),
        ({"attr": "tier", "op": "resembles", "value": "gold"}, None, "shape"),
        ({"some": []}, None, "shape"), ([], None, "shape"), ("gold", None, "shape"), (None, None, "shape"),
        ({"all": [], "any": []}, None, "shape"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(raw: Any, place: str | None, code: str) -> None:
    with pytest.raises(criteria.CriteriaError) as refusal:
        criteria.parse(raw, vocabulary=WORDS)
    fault = refusal.value.faults[0]
    assert fault.code == code
    assert fault.message
    assert place is None or fault.place == place
    assert refusal.value.status_code == 422


def nested(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"attr": "known", "op": "eq", "value": True}
    for _level in range(levels):
        tree = {"any": [tree]}
    return tree


@pytest.mark.parametrize("levels", [50, 100_000])
def test_fifty_nested_ors_are_refused_and_so_are_a_hundred_thousand(levels: int) -> None:
    with pytest.raises(criteria.CriteriaError) as refusal:
        criteria.parse(nested(levels), vocabulary=WORDS)
    assert refusal.value.faults[0].code == "depth"


def test_a_tree_as_deep_as_allowed_is_read() -> None:
    criteria.parse(nested(10), vocabulary=WORDS)


@pytest.mark.parametrize(
    "raw",
    [
        {"all": [{"attr": "known", "op": "eq", "value": True}] * 201},
        {"attr": "tags", "op": "has_any", "value": ["x"] * 2_001},
    ],
)
def test_a_tree_that_is_too_large_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(criteria.CriteriaError) as refusal:
        criteria.parse(raw, vocabulary=WORDS)
    assert refusal.value.faults[0].code == "size"


def test_every_kind_has_its_operators() -> None:
    assert {term.kind for term in WORDS} == set(Kind)
    assert all(term.operators for term in WORDS)
