"""The pages of offers: clean on a desk, fitting a phone in the dark and in Chinese; the preview answers while one types."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from tests.browser import offer_world
from tests.browser.conftest import Site, grave_faults

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def furnished(site: Site, django_db_blocker: pytest.FixtureRequest) -> list[str]:
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]  # the plugin's blocker
        offer_world.furnish(datetime.now(UTC))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return offer_world.addresses()


def test_every_page_is_clean_on_a_desk(site: Site, furnished: list[str]) -> None:
    for number, path in enumerate(furnished):
        page = site.open(path)
        _shoot(page, f"{number}-desk")
        assert page.locator("h1").count() == 1, path
        assert page.complaints == [], path  # type: ignore[attr-defined]
        assert grave_faults(page) == [], path


def test_every_page_fits_a_phone_in_the_dark_and_in_chinese(site: Site, furnished: list[str]) -> None:
    for number, path in enumerate(furnished):
        page = site.open(path, width=390, dark=True, language="zh-CN")
        _shoot(page, f"{number}-phone")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_preview_follows_what_is_typed(site: Site, furnished: list[str]) -> None:
    page = site.open("/offers/new/promotion/amount/")
    page.fill("textarea[name=basket]", "4711 2 10.00")
    page.fill("input[name=off_amount]", "3")
    page.locator("#preview .notice").wait_for()
    page.wait_for_function("document.querySelector('#preview').innerText.includes('3.00')")
    _shoot(page, "preview")
    assert page.complaints == []  # type: ignore[attr-defined]


def _shoot(page: object, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)  # type: ignore[attr-defined]
