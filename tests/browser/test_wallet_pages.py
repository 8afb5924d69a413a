"""The pages of the ledger with a year in it: clean on a desk, fitting a phone in the dark and in Chinese."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.browser import wallet_world
from tests.browser.conftest import Site, grave_faults

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def furnished(site: Site, django_db_blocker: pytest.FixtureRequest) -> list[str]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # the plugin's blocker
        return wallet_world.furnish(datetime.now(UTC))


def test_every_page_is_clean_on_a_desk(site: Site, furnished: list[str]) -> None:
    for path in furnished:
        page = site.open(path)
        assert page.locator("h1").count() == 1, path
        assert page.complaints == [], path  # type: ignore[attr-defined]
        assert grave_faults(page) == [], path


def test_every_page_fits_a_phone_in_the_dark_and_in_chinese(site: Site, furnished: list[str]) -> None:
    for path in furnished:
        page = site.open(path, width=390, dark=True, language="zh-CN")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_customers_page_holds_the_wallet(site: Site, furnished: list[str]) -> None:
    page = site.open(furnished[-1])
    page.locator("#wallet .purse").first.wait_for()
    assert "Pending" in page.locator("#wallet").inner_text()
