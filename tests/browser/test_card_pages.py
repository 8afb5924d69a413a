"""The pages of cards with cards on them: clean on a desk, fitting a phone in the dark and in Chinese."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.browser import card_world
from tests.browser.conftest import Site, grave_faults

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def furnished(site: Site, django_db_blocker: pytest.FixtureRequest) -> list[str]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # the plugin's blocker
        card_world.furnish(datetime.now(UTC))
        return [*card_world.addresses(), *card_world.member_addresses()]


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


def test_a_members_code_goes_on_changing_without_a_connection_and_says_when_it_has_run_out(
    site: Site, furnished: list[str]
) -> None:
    page = site.browser.new_context(viewport={"width": 390, "height": 900}).new_page()
    page.clock.install()
    page.goto(site.url + furnished[-2])
    shown = page.locator("[data-member-code]")
    page.wait_for_selector("[data-connected=yes]")
    dots = shown.locator(".qr__dots")
    first = dots.get_attribute("d")
    page.context.set_offline(True)
    page.clock.run_for(60_000)
    assert dots.get_attribute("d") != first
    assert shown.get_attribute("data-state") == "offline"
    assert "offline" in shown.inner_text()
    page.clock.fast_forward(600_000)
    assert shown.get_attribute("data-state") == "stale"
    page.context.set_offline(False)
    page.clock.run_for(20_000)
    page.wait_for_selector("[data-state=fresh]")
    page.context.close()
