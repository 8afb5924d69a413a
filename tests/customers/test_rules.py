"""What a field may hold, and file names that can do no harm."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.customers import identifiers, rules


@pytest.mark.parametrize("module", [rules, identifiers])
def test_the_examples_in_the_docs_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", "9007199254740993", "ten"])
def test_what_is_no_plain_number_does_not_fit_a_number_field(text: str) -> None:
    assert isinstance(rules.custom_value("number", text), rules.Misfit)


def test_a_choice_outside_the_answers_does_not_fit() -> None:
    assert isinstance(rules.custom_value("choice", "Cocoa", choices=["Tea"]), rules.Misfit)
    assert rules.custom_value("choice", "Tea", choices=["Tea"]) == "Tea"


@given(st.text(max_size=600))
def test_a_file_name_is_never_empty_long_or_a_path(name: str) -> None:
    shown = rules.file_name(name)
    assert 0 < len(shown) <= 200
    assert not set("/\\\r\n\0") & set(shown)
    assert "\u202e" not in shown


@given(st.sampled_from(["phone", "email", "card", "external"]), st.text(max_size=40))
def test_a_normalized_identifier_is_its_own_normal_form(kind: str, value: str) -> None:
    once = identifiers.normalize(kind, value, country="CN")
    if isinstance(once, str):
        assert identifiers.normalize(kind, once, country="CN") == once


def test_a_hint_tells_no_whole_number() -> None:
    for kind, value in (("phone", "+8613800138000"), ("email", "ana@example.test"), ("card", "88001234"), ("card", "1")):
        assert value not in identifiers.hint(kind, value)
