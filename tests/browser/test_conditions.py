"""Conditions as rows: each comparison of each attribute has its inputs and keeps its value; nested ones are built by clicks."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

from regulars import criteria
from regulars.criteria.tree import AnyOf, Operator
from regulars.criteria.vocabulary import Kind, Term
from regulars.loyalty.offers.models import Offer
from regulars.loyalty.vocabulary import SALE
from tests.browser.conftest import Site

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]

ONE: dict[Kind, Any] = {
    Kind.TEXT: "x", Kind.SET: "x", Kind.NUMBER: 7, Kind.AMOUNT: 19_99, Kind.DATE: "2026-11-22", Kind.TIME: "17:30",
    Kind.FLAG: False,
}  # fmt: skip
# Put a condition into the text, see which inputs its rows have and what the sentence says, and have the rows write it again.
TELL = """tree => {
  const area = document.querySelector("textarea[name=when]"), field = area.closest(".criteria");
  area.value = JSON.stringify(tree);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  const rows = [...field.querySelectorAll(".criteria__row")];
  const asks = rows.map(row => row.querySelectorAll(".criteria__value :is(input, select, button)").length > 0);
  area.value = "";
  field.querySelector("select[data-join]").dispatchEvent(new Event("change"));
  return { asks, said: field.querySelector(".criteria__said").textContent, text: area.value };
}"""
ROWS = """() => [...document.querySelectorAll(".criteria__group:not(template *) :is(select, input, .criteria__chip > span)")]
  .map(each => each.value ?? each.textContent)"""


def values(term: Term, op: Operator) -> list[Any]:
    one = next(iter(term.choices), ONE.get(term.kind))
    match op:
        case Operator.IS_KNOWN | Operator.IS_UNKNOWN:
            return []
        case Operator.DURING:
            return [{"last": 30, "unit": "day"}, {"next": 1, "unit": "calendar_month"}]
        case Operator.BETWEEN:
            return [[one, one]]
        case Operator.IN | Operator.NOT_IN | Operator.HAS_ANY | Operator.HAS_ALL | Operator.HAS_NONE:
            return [[one]]
        case _:
            return [one, {"ago": 1, "unit": "month"}] if term.kind is Kind.DATE else [one]


def test_every_comparison_of_every_attribute_has_inputs_and_says_and_keeps_what_it_asks(site: Site) -> None:
    page = site.open("/offers/new/promotion/percent/")
    currency = page.locator("textarea[name=when]").get_attribute("data-currency") or ""
    asked = [(term, op) for term, op in product(SALE, Operator) if op in term.operators]
    trees = [
        {"attr": term.name, "op": op.value, **({} if value is None else {"value": value})}
        for term, op in asked
        for value in values(term, op) or [None]
    ]
    told = page.evaluate(TELL, {"any": trees})
    assert json.loads(told["text"]) == {"any": trees}
    parsed = AnyOf(parts=tuple(criteria.parse(tree, vocabulary=SALE) for tree in json.loads(told["text"])["any"]))
    assert told["said"] == criteria.read_aloud(parsed, "en", vocabulary=SALE, currency=currency)
    assert told["asks"] == ["value" in tree for tree in trees]
    page.close()


def test_a_nested_condition_is_built_by_clicking_refused_where_it_lacks_a_value_and_opened_again_alike(site: Site) -> None:
    page = site.open("/offers/new/promotion/percent/")
    for name, text in {"code": "ROWS", "title": "Ten off", "off_share": "10"}.items():
        page.fill(f"[name={name}]", text)
    page.get_by_text("For whom").click()
    _add(page, "condition", 0)
    _row(page, 0, "customer.tags", "has_any")
    page.get_by_label("Add a value").fill("vip")
    page.get_by_label("Add a value").press("Enter")
    _add(page, "group", 0)
    _row(page, 1, "time.weekday", "in")
    page.get_by_role("button", name="Sunday").click()
    _add(page, "condition", 0)
    assert page.locator(".criteria__joint").all_inner_texts() == ["and", "or"]
    page.get_by_role("button", name="Keep as draft").click()
    assert page.locator(".criteria__row >> nth=2").locator(".criteria__fault").inner_text() == "The value is missing."
    assert "Condition 3, Basket total: The value is missing." in page.locator("#id_when_error").inner_text()
    page.get_by_role("spinbutton", name="Value to compare with").fill("200.50")
    assert page.locator(".criteria__said").inner_text() == (
        "Tags has one of vip and (Weekday is one of Sunday or Basket total is at least 200.50 "
        f"{page.locator('textarea[name=when]').get_attribute('data-currency')})"
    )
    rows = page.evaluate(ROWS)
    page.get_by_role("button", name="Keep as draft").click()
    page.wait_for_url("**/offers/*/")
    offer = Offer.objects.get(code="ROWS")
    assert offer.draft is not None
    assert offer.draft["when"]["all"][1]["any"][1] == {"attr": "basket.amount", "op": "ge", "value": 200_50}
    page.goto(f"{page.url}terms/")
    page.locator(".criteria__row").first.wait_for()
    assert page.evaluate(ROWS) == rows
    assert page.complaints == []  # type: ignore[attr-defined]
    page.get_by_text("Edit as text").click()
    page.fill("textarea[name=when]", '{"any": []}')
    assert "Rows cannot show this condition" in page.locator(".criteria__why").inner_text()
    assert not page.locator(".criteria__rows").is_visible()
    page.close()


def _add(page: Page, what: str, number: int) -> None:
    page.get_by_role("button", name=f"Add a {what}").nth(number).click()


def _row(page: Page, number: int, attr: str, op: str) -> None:
    row = page.locator(".criteria__row").nth(number)
    row.locator("[data-attr]").select_option(attr)
    row.locator("[data-op]").select_option(op)
