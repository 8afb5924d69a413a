"""The till screen in a browser: a sale with the keyboard alone, and with taps on a phone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from regulars.organization import services as organization
from regulars.organization.access import system
from regulars.organization.models import Grant, Person, Store
from regulars.sales.models import Receipt
from tests.browser.conftest import Site

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHOTS = os.environ.get("REGULARS_SHOTS", "")


@pytest.fixture
def cookie(site: Site) -> dict[str, str]:
    """The session of an associate, made outside the test's own transaction, so that the server sees it."""
    with ThreadPoolExecutor(1) as outside:
        return {"name": "sessionid", "value": outside.submit(_session).result(), "url": site.url}


def _session() -> str:
    now = datetime.now(UTC)
    person = Person.objects.filter(email="lin@example.test").first()
    if person is None:
        person = organization.create_person(email="lin@example.test", name="Lin", viewer=system("tests"), now=now)
        Grant.objects.create(person=person, role="associate", store=Store.objects.get(code="SH-1"), given_at=now)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    connection.close()
    return client.cookies["sessionid"].value


def opened(site: Site, cookie: dict[str, str], *, width: int, language: str = "en-US", dark: bool = False) -> Page:
    context = site.browser.new_context(
        viewport={"width": width, "height": 844}, locale=language, color_scheme="dark" if dark else "light",
        has_touch=width < 500,
    )  # fmt: skip
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(site.url + "/till/")
    page.wait_for_load_state("networkidle")
    return page


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def enter(page: Page, text: str) -> None:
    with page.expect_response("**/till/basket/"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.wait_for_timeout(150)


@pytest.mark.parametrize(("width", "language"), [(1180, "en-US"), (390, "zh-CN")])
def test_a_sale_with_the_keyboard_alone(site: Site, cookie: dict[str, str], width: int, language: str) -> None:
    page = opened(site, cookie, width=width, language=language)
    shoot(page, f"till-empty-{width}")
    for text in ("P1", "P2", "P2", "13800000001"):
        enter(page, text)
    shoot(page, f"till-basket-{width}")
    assert page.evaluate("document.activeElement.id") == "till-entry"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert not found, [(it["id"], [node["html"][:120] for node in it["nodes"]]) for it in found]
    page.keyboard.press("Alt+1")
    page.wait_for_selector(".till-receipt")
    shoot(page, f"till-receipt-{width}")
    enter(page, "P3")  # the next customer's first article
    assert page.locator(".till__line").count() == 1
    assert Receipt.objects.filter(cashier="Lin").latest("pk").line_count == 2


def test_a_sale_by_touch(site: Site, cookie: dict[str, str]) -> None:
    page = opened(site, cookie, width=390, dark=True)
    page.tap("#till-entry")
    enter(page, "Tea")
    page.tap("button[name=more]")
    page.wait_for_timeout(300)
    shoot(page, "till-touch-390")
    small = page.evaluate("""[...document.querySelectorAll('#till button')].filter(
        (it) => it.getBoundingClientRect().height < 44).map((it) => it.outerHTML.slice(0, 80))""")
    assert not small
    page.fill("#till-amount", "5")
    page.tap("button[value=card]")
    page.wait_for_selector("button[name=unpay]")
    shoot(page, "till-part-390")
    page.fill("#till-amount", "50")
    page.tap("button[value=cash]")
    page.wait_for_selector(".till-receipt")
    shoot(page, "till-change-390")
    sold = Receipt.objects.filter(cashier="Lin").latest("pk")  # offers of other tests may have made it cheaper
    assert list(sold.tenders.values_list("kind", "amount")) == [("card", 500), ("cash", sold.paid_amount - 500)]
    page.emulate_media(media="print", color_scheme="dark")
    shoot(page, "till-paper")
    seen = page.evaluate("""[...document.querySelectorAll('body *')].filter(
        (it) => it.checkVisibility() && !it.children.length && !it.closest('.till-receipt')).map((it) => it.outerHTML)""")
    assert not [it for it in seen if not it.startswith("<input")]
