"""What the rows of a condition are made of, and what a refused one is told."""

from __future__ import annotations

import pytest
from django import forms
from django.utils import translation

from regulars.criteria import grammar
from regulars.criteria.fields import ConditionField
from regulars.criteria.vocabulary import OPERATORS
from tests.criteria.words import WORDS


class Asked(forms.Form):
    when = ConditionField(island=grammar.Island("test", WORDS), currency=lambda: "JPY")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_comparison_has_a_short_word_of_its_own(language: str) -> None:
    with translation.override(language):
        words = grammar.words()
    for kind, operators in OPERATORS.items():
        short = [words["operators"][kind][op] for op in operators]
        assert all(short), kind
        assert len(set(short)) == len(short), kind
        assert not any("%" in each for each in short)


def test_a_refused_condition_says_which_row_and_the_form_shows_the_text_as_it_was() -> None:
    text = '{"any": [{"attr": "city", "op": "eq", "value": "Kyoto"}, {"not": {"attr": "visits", "op": "ge", "value": null}}]}'
    form = Asked({"when": text})
    assert form.errors == {"when": ["Condition 2, Visits: The value is missing."]}
    drawn = str(form["when"])
    assert 'data-digits="0"' in drawn
    assert "The value is missing.&quot;" in drawn
    assert "Kyoto" in drawn
    assert Asked({"when": '{"some": []}'}).errors["when"][0].startswith("A part is")


def test_a_kept_condition_is_shown_as_text_and_one_that_asks_nothing_as_none() -> None:
    assert Asked(initial={"when": {"all": []}})["when"].value() == ""
    assert Asked(initial={"when": {"attr": "tags", "op": "has_any", "value": ["a"]}})["when"].value().startswith("{\n")
    assert "criteria/builder.js" in str(Asked().media)
    assert str(Asked().media + Asked().media).count('id="test"') == 1
