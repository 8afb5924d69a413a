"""Figures on pages are the registry's, over the chosen dates and place, masked where the role is."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from regulars.home.business import choices, figures, hours, product_list, retained, weeks
from regulars.insight.metrics import comparison
from regulars.insight.metrics.periods import Period, last_days
from regulars.insight.metrics.registry import get_metric
from regulars.insight.metrics.report import report
from regulars.insight.metrics.slices import Slice
from regulars.organization.access import Scope
from regulars.ui import formatting
from tests.home.business.conftest import Signed

EVERYTHING = Scope(stores=None)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def net_sales(period: Period, scope: Scope = EVERYTHING, **chosen: Any) -> int:
    (row,) = report(["net_sales"], chosen=Slice(period, **chosen), scope=scope).to_pylist()
    return int(row["net_sales"])


def newest() -> date:
    span = comparison.covered(scope=EVERYTHING)
    assert span is not None
    return span.last


def words(period: Period) -> str:
    return re.sub(r"\s+", " ", choices.dates_in_words(period))


def shown(amount: int) -> str:
    return formatting.money(amount, "USD") if abs(amount) < 100_000 else formatting.money_whole(amount, "USD")


def test_the_usual_dates_end_with_the_newest_sale_and_the_page_says_so(signed: Signed) -> None:
    page, last = text(signed("finance").get("/")), newest()
    assert words(last_days(28, until=last)) in page
    assert f"sales up to {formatting.date(last)}" in page
    assert words(last_days(28, until=last).before()) in page


def test_the_tiles_are_the_registry_s_figures(signed: Signed) -> None:
    period = Period(date(2026, 1, 1), date(2026, 3, 31))
    address = "/parts/tiles/?from=2026-01-01&to=2026-03-31"
    assert shown(net_sales(period)) in text(signed("finance").get(address))
    assert shown(net_sales(period, region_id=2)) in text(signed("finance").get(f"{address}&place=r2"))
    assert shown(net_sales(period, Scope(frozenset({1})))) in text(signed("store_manager", store=1).get(address))


def test_a_comparison_stays_in_the_address(signed: Signed) -> None:
    page = text(signed("finance").get("/?compare=year_before&period=7d"))
    assert words(last_days(7, until=newest()).year_before()) in page
    assert "/parts/tiles/?period=7d&amp;compare=year_before" in page


def test_the_explorer_s_file_holds_what_the_registry_says(signed: Signed) -> None:
    response = signed("finance").get("/insight/?by=store&metric=net_sales&metric=receipts&period=90d&export=csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    expected = report(
        ["net_sales", "receipts"], chosen=Slice(last_days(90, until=newest())), scope=EVERYTHING, by=["store"]
    ).to_pylist()
    assert rows[0] == ["Store", "Net sales", "Receipts"]
    assert {(name, round(float(net) * 100), int(count)) for name, net, count in rows[1:]} == {
        (f"Store {row['store']}", row["net_sales"], row["receipts"]) for row in expected
    }


def test_small_groups_stay_blank_for_a_masked_role(signed: Signed) -> None:
    address = "/insight/?by=hour&metric=net_sales&period=7d"
    assert "Groups of fewer than five customers stay blank." in text(signed("marketer").get(address))
    assert "Groups of fewer than five customers stay blank." not in text(signed("finance").get(address))


def test_products_stand_in_the_order_of_what_they_sold(signed: Signed) -> None:
    sold = report(["net_sales"], chosen=Slice(last_days(364, until=newest())), scope=EVERYTHING, by=["product"]).to_pylist()
    best = [f"Product {row['product']}" for row in sorted(sold, key=lambda row: -row["net_sales"])]
    page = text(signed("finance").get("/products/?period=52w"))
    assert sorted(best, key=page.index) == best
    reverse = text(signed("finance").get("/products/?period=52w&sort=net_sales"))
    assert sorted(best, key=reverse.index) == best[::-1]


def test_a_list_in_the_order_of_a_figure_pages_and_loses_no_row(signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = product_list.listing
    monkeypatch.setattr(product_list, "listing", lambda *given: replace(usual(*given), page_size=3))
    client, seen, cursor = signed("finance"), [], "0"
    for _ in range(4):
        page = text(client.get(f"/products/?period=7d&cursor={cursor}"))
        seen += re.findall(r'href="/products/(\d+)/', page)
        following = re.search(r"cursor=(\d+)[^\"]*\" rel=\"next\"", page)
        if following is None:
            break
        cursor = following[1]
    assert sorted(dict.fromkeys(seen)) == [str(number) for number in range(1, 8)]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("net_sales", 99_999, "$999.99"), ("net_sales", 37_407_268, "$374,073"), ("net_sales", 2_000_000_000, "$20M"),
        ("member_share", 0.6184, "61.8%"), ("purchase_frequency", 4.812, "4.81"), ("customers", 1203, "1,203"),
        ("recency", 12.34, "12.3 days"), ("net_sales", None, "–"),
    ],
)  # fmt: skip
def test_a_figure_is_written_by_its_unit(key: str, value: Any, words: str) -> None:
    assert figures.show(get_metric(key), value, currency="USD", short=True) == words


@pytest.mark.parametrize(
    ("key", "now", "then", "words", "direction"),
    [
        ("net_sales", 110, 100, "+10.0%", "good"), ("net_sales", 90, 100, "−10.0%", "bad"),
        ("discount_rate", 0.2, 0.1, "+10.0 pt", "bad"), ("member_share", 0.5, 0.5, "±0.0 pt", ""),
        ("discounts", 2, 1, "+100.0%", ""), ("recency", 5, 10, "−50.0%", "good"), ("net_sales", -50, -100, "+50.0%", "good"),
    ],
)  # fmt: skip
def test_a_change_says_its_sign_and_whether_it_is_good(key: str, now: Any, then: Any, words: str, direction: str) -> None:
    changed = figures.change(get_metric(key), now, then)
    assert changed is not None
    assert (changed.text, changed.direction) == (words, direction)


def test_nothing_to_compare_with_is_no_change() -> None:
    assert figures.change(get_metric("net_sales"), 1, None) is None
    assert figures.change(get_metric("net_sales"), 1, 0) is None


def test_the_dates_are_written_out_in_both_languages() -> None:
    period = Period(date(2026, 10, 19), date(2026, 11, 15))
    assert words(period) == "Oct 19 – Nov 15, 2026"
    with override("zh-hans"):
        assert words(period) == "2026年10月19日至11月15日"


def test_only_whole_weeks_are_drawn() -> None:
    window = weeks.weeks_until(date(2026, 11, 18), span=Period(date(2026, 11, 4), date(2026, 11, 18)))
    assert (window.first, window.last) == (date(2026, 11, 9), date(2026, 11, 15))


def test_the_title_of_the_weeks_says_what_is_seen() -> None:
    mondays = [date(2026, 10, day) for day in (5, 12, 19, 26)]
    now = dict.fromkeys(mondays, 110)
    assert weeks.title(now, dict.fromkeys(mondays, 100)) == "Net sales of these 4 weeks are 10.0% above the year before"
    assert weeks.title(now | {mondays[-1]: 55}, {}) == "The last week was 50.0% below the average of the 3 weeks before"


def test_titles_of_heat_maps_name_what_stands_out() -> None:
    cells = [{"cohort": date(2026, month, 1), "month": 1, "share": month / 10} for month in (4, 5)]
    assert retained.title(cells) == "50% of the customers who first bought in May 2026 came back the month after"
    found = [{"weekday": 6, "hour": 14, "net_sales": 9}, {"weekday": 1, "hour": 9, "net_sales": 3}]
    assert hours.title(found) == "The strongest hour is Saturday from 14:00"
