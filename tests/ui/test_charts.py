"""Charts render without a browser, speak the language of the page, and export only what we signed."""

from __future__ import annotations

import altair
import pytest
from django.test import Client
from django.utils.translation import override

from regulars.ui import assets, charts, design_charts


def test_a_chart_renders_as_svg_and_png_in_both_themes() -> None:
    chart = design_charts.channels()
    assert charts.render_svg(chart.spec).startswith("<svg")
    assert charts.render_svg(chart.spec) != charts.render_svg(chart.spec, dark=True)
    assert charts.render_png(chart.spec, scale=1).startswith(b"\x89PNG")


def test_a_spec_carries_no_theme_so_that_the_page_can_switch_it() -> None:
    spec = design_charts.weeks().spec
    assert "config" not in spec
    assert spec["width"] == "container"


def test_the_page_learns_how_each_language_writes_numbers(client: Client) -> None:
    chinese = client.get("/ui/charts/zh-hans.json").json()
    english = client.get("/ui/charts/en.json").json()
    assert chinese["timeFormatLocale"]["date"] == "%Y年%-m月%-d日"
    assert english["formatLocale"]["currency"] == ["$", ""]
    assert client.get("/ui/charts/xx.json").status_code == 404


@pytest.mark.parametrize(("kind", "begin"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_a_signed_chart_is_exported(client: Client, kind: str, begin: bytes) -> None:
    chart = design_charts.channels()
    answer = client.post("/ui/chart/", {"spec": chart.signed, "kind": kind, "name": 'Chan"nels'})
    assert answer.content.startswith(begin)
    assert answer["Content-Disposition"] == f'attachment; filename="chan-nels.{kind}"'


@pytest.mark.django_db
def test_a_chart_that_we_did_not_sign_is_refused(client: Client) -> None:
    answer = client.post("/ui/chart/", {"spec": '{"data": {"url": "file:///etc/passwd"}}', "kind": "png"})
    assert answer.status_code == 422
    assert client.post("/ui/chart/", {"spec": design_charts.channels().signed, "kind": "exe"}).status_code == 400


def test_titles_follow_the_language() -> None:
    with override("zh-hans"):
        assert "电子邮件" in design_charts.channels().title


def test_the_bundle_brings_the_interpreter_that_needs_no_eval() -> None:
    assert "window.vegaEmbed" in assets.vega()
    assert "expressionInterpreter" in assets.vega()


def test_generated_files_are_found_by_staticfiles() -> None:
    finder = assets.GeneratedFinder()
    assert {path for path, _storage in finder.list(None)} == {"ui/regulars.css", "ui/vega.js"}
    assert finder.find("ui/regulars.css").endswith("ui/regulars.css")
    assert finder.find("ui/other.css") == []


@pytest.mark.parametrize(("language", "words"), [("en", "200k"), ("zh-hans", "20万")])
def test_the_numbers_of_an_axis_are_short_in_the_way_of_the_language(language: str, words: str) -> None:
    with override(language):
        axis = charts.amounts_axis()
        drawing = altair.Chart(altair.InlineData(values=[{"n": 0}, {"n": 200_000}])).mark_point()
        drawn = charts.chart(drawing.encode(y=altair.Y("n:Q", axis=axis)), id="n", title="N")
        assert words in charts.render_svg(drawn.spec)
