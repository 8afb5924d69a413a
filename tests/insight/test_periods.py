"""Periods, scopes and definitions, without a database."""

from __future__ import annotations

import doctest
from datetime import date
from types import ModuleType

import pytest
from django.utils import translation

from regulars.insight.customers import rules
from regulars.insight.lake import tables
from regulars.insight.metrics import periods, registry, suppression
from regulars.insight.metrics.measures import MEASURES
from regulars.insight.metrics.periods import Period


@pytest.mark.parametrize("module", [rules, periods, suppression])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


def test_relative_dates_say_which_dates_they_mean() -> None:
    period = periods.last_days(30, until=date(2026, 9, 30))
    assert period == Period(date(2026, 9, 1), date(2026, 9, 30))
    assert period.described() == "Sept. 1, 2026 – Sept. 30, 2026 (30 days)"
    with translation.override("zh-hans"):
        assert period.described() == "2026年9月1日至2026年9月30日（30天）"


def test_the_year_before_faces_the_same_weekdays() -> None:
    saturday = Period(date(2026, 9, 12), date(2026, 9, 12))
    assert saturday.year_before().first.isoweekday() == 6


def test_a_period_ends_on_or_after_its_first_day() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        Period(date(2026, 9, 2), date(2026, 9, 1))


def test_every_metric_has_a_name_and_a_formula_in_both_languages() -> None:
    for metric in registry.METRICS.values():
        with translation.override("en"):
            english = (str(metric.name), str(metric.formula))
        with translation.override("zh-hans"):
            chinese = (str(metric.name), str(metric.formula))
        assert all(theirs != ours for theirs, ours in zip(english, chinese, strict=True)), metric.key


def test_every_metric_is_made_of_known_measures() -> None:
    assert {name for metric in registry.METRICS.values() for name in metric.measures} <= set(MEASURES)
    with pytest.raises(registry.MetricUnknownError):
        registry.get_metric("profit")


def test_the_lake_knows_its_tables() -> None:
    assert tables.get_spec("receipt_line").key == ("receipt_id", "line_no")
    with pytest.raises(tables.UnknownTableError):
        tables.get_spec("diary")
