"""The pages of the program with a year in it: clean on a desk, fitting a phone in the dark and in Chinese."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import program_world
from tests.browser.conftest import Site, grave_faults

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def furnished(site: Site, django_db_blocker: pytest.FixtureRequest) -> list[str]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # the plugin's blocker
        now = datetime.now(UTC)
        program_world.furnish(now)
        return [*program_world.addresses(), *program_world.member_addresses(now)]


def test_every_page_is_clean_on_a_desk(site: Site, furnished: list[str]) -> None:
    wrong = []
    for number, path in enumerate(furnished):
        page = site.open(path)
        _shoot(page, f"program-{number}-desk")
        serious = grave_faults(page)
        if serious or page.complaints or page.locator("h1").count() != 1:  # type: ignore[attr-defined]
            wrong.append((path, serious, page.complaints))  # type: ignore[attr-defined]
    assert wrong == []


def test_every_page_fits_a_phone_in_the_dark_and_in_chinese(site: Site, furnished: list[str]) -> None:
    wide = []
    for number, path in enumerate(furnished):
        page = site.open(path, width=390, dark=True, language="zh-CN")
        _shoot(page, f"program-{number}-phone")
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path)
    assert wide == []


def test_a_member_takes_a_turn_signs_in_and_copies_an_invitation_on_a_phone(site: Site, furnished: list[str]) -> None:
    page = site.open(furnished[-2], width=390)
    page.get_by_role("button", name="Take a free turn").click()
    page.wait_for_selector(".member__drawn")
    _shoot(page, "member-turn")
    assert "?turn=" in page.url
    page.get_by_role("button", name="Get 2 points").click()
    page.wait_for_selector("text=2 points today")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    page.wait_for_selector("[data-share-told]:visible")
    assert furnished[-1] in page.evaluate("navigator.clipboard.readText()")


def _shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("REGULARS_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
