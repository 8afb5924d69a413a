"""Every component renders, escapes what it is given, and stays within the page's security policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from regulars.ui import assets, design_examples
from regulars.ui.forms import Form

UI = Path(assets.__file__).parent
NASTY = '"><script>alert(1)</script>'

pytestmark = pytest.mark.django_db


def drawn(source: str, **context: object) -> str:
    """Render components written in a test; the loader compiles only those in files."""
    return Template(CottonCompiler().process(source)).render(Context(context))


@pytest.mark.parametrize("part", design_examples.PARTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_part_of_the_design_page_renders_in_both_languages(client: Client, part: str, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get(f"/design/{part}/")
    assert page.status_code == 200
    html = page.content.decode()
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in html
    assert ("Every component" in html) == (language == "en")


@pytest.mark.parametrize("part", design_examples.PARTS)
def test_no_page_needs_inline_script_or_style(client: Client, part: str) -> None:
    html = client.get(f"/design/{part}/").content.decode()
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
    assert "<style" not in html


def test_every_component_is_shown_on_the_design_page_or_in_the_frame() -> None:
    names = {path.stem.replace("_", "-") for path in (UI / "templates/cotton").glob("*.html")}
    used = "".join(path.read_text() for path in UI.glob("templates/**/*.html"))
    assert {name for name in names if f"<c-{name}" not in used} <= {"icon", "table", "tab", "pager"}


@pytest.mark.parametrize(
    "source",
    [
        '<c-button href="{{ bad }}" title="{{ bad }}">{{ bad }}</c-button>',
        '<c-field label="{{ bad }}" name="a" value="{{ bad }}" hint="{{ bad }}" error="{{ bad }}" />',
        '<c-field label="{{ bad }}" name="a" type="textarea" :value="bad" />',
        '<c-select label="a" name="a" :options="pairs" :value="bad" />',
        '<c-combobox label="a" name="a" :options="pairs" value="{{ bad }}" />',
        '<c-tile id="a" label="{{ bad }}" :figure="bad" change="{{ bad }}" definition="{{ bad }}" />',
        '<c-avatar :name="bad" />',
        '<c-event title="{{ bad }}" meta="{{ bad }}" :when="bad" />',
        '<c-diff :rows="triples" />',
        '<c-chip label="{{ bad }}" :value="bad" remove="{{ bad }}" />',
        '<c-toast level="error">{{ bad }}</c-toast>',
        '<c-card title="{{ bad }}" :lead="bad">{{ bad }}</c-card>',
        '<c-branch :label="bad" />',
        '<c-status tone="{{ bad }}" reason="{{ bad }}">{{ bad }}</c-status>',
    ],
)
def test_a_component_escapes_what_it_is_given(source: str) -> None:
    html = drawn(source, bad=NASTY, pairs=[(NASTY, NASTY)], triples=[(NASTY, NASTY, NASTY)])
    assert "<c-" not in html
    assert "<script>" not in html
    assert 'value=""><' not in html


def test_plain_components_render() -> None:
    html = drawn(
        '<c-table caption="Rows"><tbody><tr><td>1</td></tr></tbody></c-table><c-icon name="house" />'
        '<c-tab href="/a" current="yes" count="3">A</c-tab><c-pager previous="" next="/b" summary="2 rows" />'
    )
    assert 'aria-current="page"' in html
    assert 'rel="next"' in html
    assert 'aria-disabled="true"' in html


def test_a_component_does_not_see_the_variables_of_the_page() -> None:
    html = drawn('<c-card title="Mine">x</c-card>', lead="of the page", foot="of the page")
    assert "Mine" in html
    assert "of the page" not in html


def test_a_form_shows_its_errors_beside_the_fields() -> None:
    html = str(design_examples.example_form())
    assert 'aria-invalid="true"' in html
    assert "field__error" in html
    assert 'type="date"' in html
    assert isinstance(design_examples.example_form(), Form)


def test_the_style_sheet_begins_with_its_layers_and_holds_every_component() -> None:
    sheet = assets.style_sheet()
    assert sheet.startswith("@layer reset, tokens, base, layout, components, utilities;")
    assert all(path.read_text() in sheet for path in assets.CSS_FOLDER.glob("*.css"))
    assert "gradient(" not in sheet


def test_every_color_a_sheet_uses_is_a_token() -> None:
    sheet = assets.style_sheet()
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet))
    assert used <= set(re.findall(r"(--[a-z0-9-]+)\s*:", sheet))


def test_blocks_that_a_page_leaves_empty_leave_no_trace(rf: RequestFactory) -> None:
    html = Template('{% extends "ui/page.html" %}{% block title %}Plain <b>{% endblock %}').render(
        Context({"request": rf.get("/")})
    )
    assert "page__lead" not in html
    assert "page__actions" not in html
    assert html.count("Plain <b>") == 2
