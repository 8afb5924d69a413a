"""Money, numbers and names read as the people of each language write them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from regulars.ui import formatting, sparklines

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "amount", "currency", "text"),
    [
        ("en", 9641200, "USD", "$96,412.00"),
        ("en", -1250, "USD", "−$12.50"),
        ("en", 96412, "JPY", "¥96,412"),
        ("en", 12345, "KWD", "KWD\xa012.345"),
        ("zh-hans", 9641200, "CNY", "¥96,412.00"),
        ("zh-hans", 9641200, "USD", "US$96,412.00"),
    ],
)
def test_money_is_written_in_the_way_of_the_language(language: str, amount: int, currency: str, text: str) -> None:
    with override(language):
        assert drawn("{{ amount|money:currency }}", amount=amount, currency=currency).replace("KWD12", "KWD\xa012") == text


def test_a_missing_figure_is_a_dash_and_not_zero() -> None:
    assert drawn('{{ a|money:"USD" }}{{ a|number }}{{ a|percent }}{{ a|change }}{{ a|quantity }}', a=None) == "–" * 5
    assert drawn('{{ a|money:"USD" }}', a=0) == "$0.00"


def test_large_numbers_are_short_in_the_way_of_the_language() -> None:
    assert drawn("{{ a|number_short }}", a=1_964_120) == "2M"
    with override("zh-hans"):
        assert drawn("{{ a|number_short }}", a=1_964_120) == "196.4万"


def test_a_change_always_has_its_sign() -> None:
    assert drawn("{{ a|change }} {{ b|change }} {{ c|change }}", a=0.041, b=-0.004, c=0) == "+4.1% −0.4% ±0.0%"


def test_time_since_is_said_in_words_and_carries_the_moment() -> None:
    html = drawn("{{ then|ago:now }}", then=NOW - dt.timedelta(days=3), now=NOW)
    assert ">3 days ago</time>" in html
    assert 'datetime="2026-11-19T12:00:00+00:00"' in html
    with override("zh-hans"):
        assert ">3天前</time>" in drawn("{{ then|ago:now }}", then=NOW - dt.timedelta(days=3), now=NOW)


def test_a_query_string_keeps_what_it_is_not_told_to_change() -> None:
    request = RequestFactory().get("/", {"q": "ana", "page": "3", "sort": "name"})
    assert drawn("{% query page=4 sort=None %}", request=request) == "?q=ana&amp;page=4"


def test_initials_suit_both_scripts() -> None:
    assert [formatting.initials(name) for name in ("ana lopez", "张敏", "Li", "")] == ["AL", "张敏", "L", "?"]


def test_a_sparkline_needs_two_numbers_and_never_leaves_its_box() -> None:
    assert sparklines.draw([5]) == ""
    points = sparklines.path([3, -7, 12, 0], width=100, height=20)
    assert all(0 <= x <= 100 and 0 <= y <= 20 for x, y in points)


def test_a_sparkline_escapes_its_label() -> None:
    assert "<script>" not in sparklines.draw([1, 2], label="<script>")


def test_a_point_in_time_is_told_by_the_clock_that_is_looked_at() -> None:
    late = dt.datetime(2026, 11, 22, 3, 30, tzinfo=dt.UTC)
    with timezone.override(ZoneInfo("America/New_York")):
        assert drawn("{{ at|moment }} {{ at|day }}", at=late) == "Nov 21, 2026, 22:30 Nov 21, 2026"
    assert drawn("{{ at|moment }} {{ at|month }}", at=late) == "Nov 22, 2026, 03:30 Nov 2026"
