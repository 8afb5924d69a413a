"""Conditions in words, in both languages."""

from __future__ import annotations

from regulars import criteria
from tests.criteria.words import TODAY, WORDS

TREE = criteria.parse(
    {
        "all": [
            {"attr": "total", "op": "ge", "value": 5000},
            {"any": [{"attr": "tier", "op": "in", "value": ["gold", "silver"]}, {"attr": "known", "op": "eq", "value": False}]},
            {"not": {"attr": "joined", "op": "during", "value": {"last": 30, "unit": "day"}}},
        ]
    },
    vocabulary=WORDS,
)


def test_it_reads_in_english_with_the_dates_of_today() -> None:
    assert criteria.read_aloud(TREE, "en", vocabulary=WORDS, today=TODAY, currency="EUR") == (
        "Basket total is at least 50.00 EUR and (Tier is one of Gold, Silver or Recognized customer: no) and "
        "not the case: (Joined on lies in the last 30 days (2026-10-24 to 2026-11-22))"
    )


def test_it_reads_in_chinese() -> None:
    assert criteria.read_aloud(TREE, "zh-hans", vocabulary=WORDS, today=TODAY, currency="CNY") == (
        "Basket total不低于50.00 CNY，且（Tier为以下之一：Gold、Silver，或Recognized customer：否），且"
        "不满足（Joined on在最近30天（2026-10-24至2026-11-22）内）"
    )


def test_a_condition_that_asks_nothing_says_so() -> None:
    assert criteria.read_aloud(criteria.parse({"all": []}, vocabulary=WORDS), "en", vocabulary=WORDS) == "always"
