"""One site with a year of sales for all browser tests, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from regulars.organization import services as organization
from regulars.organization.access import system
from tests import retailer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread; the server has its own


# Rows of a table are made by one loop: the first ten of each tell what there is to tell.
_REPEATED = [["tbody > tr:nth-child(n+11)"]]
_GRAVE = {"serious", "critical"}
# Parts that come later carry `aria-busy` until they are there; htmx marks what it is fetching.
_IS_SETTLED = "() => !document.querySelector('[aria-busy=true], .htmx-request')"


@dataclass(frozen=True)
class Site:
    url: str
    browser: Browser
    state: dict[str, object]
    tabs: dict[tuple[int, bool, str], Page] = field(default_factory=dict)

    def open(self, path: str, *, width: int = 1440, dark: bool = False, language: str = "en-US") -> Page:
        """Open a page signed in as the owner, collecting what its console complains of in `page.complaints`.

        It comes into the one tab of its kind: a new tab costs more than most pages, and forgets scripts, styles and fonts.
        """
        kind = (width, dark, language)
        page = self.tabs.get(kind)
        if page is None or page.is_closed():
            page = self.tabs[kind] = self._new_tab(width, dark=dark, language=language)
        page.goto("about:blank")  # what the page before it still says is not this page's
        page.complaints = []  # type: ignore[attr-defined]
        page.goto(self.url + path)
        page.wait_for_function(_IS_SETTLED)
        return page

    def _new_tab(self, width: int, *, dark: bool, language: str) -> Page:
        page = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
            storage_state=self.state,  # type: ignore[arg-type]
        ).new_page()

        def complain(text: str) -> None:
            page.complaints.append(text)  # type: ignore[attr-defined]

        page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        return page


def grave_faults(page: Page) -> list[tuple[str, list[object]]]:
    """Return what axe finds serious or critical on the page: each rule, and the first places that break it."""
    found = Axe().run(page, context={"exclude": _REPEATED}).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found if rule["impact"] in _GRAVE]


@pytest.fixture(scope="package")
def site(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with django_db_blocker.unblock(), override_settings(LAKE_URL=str(tmp_path_factory.mktemp("lake"))):
        try:
            retailer.open_with_history()
            link = organization.create_sign_in_link(retailer.owner(), viewer=system("tests"), now=datetime.now(UTC))
            server = LiveServer("127.0.0.1")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM,
                    args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
                )
                yield Site(server.url, browser, _signed_in(browser, server.url, link))
                browser.close()
            server.stop()
        finally:
            with connection.cursor() as cursor:  # the server's threads leave their sessions open
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False)  # caches know rows by their ids


def _signed_in(browser: Browser, url: str, link: str) -> dict[str, object]:
    page = browser.new_page()
    page.goto(url + "/sign-in/" + link.rstrip("/").rsplit("/", 1)[1] + "/")
    page.locator("main form button").first.click()
    page.wait_for_url(url + "/")
    return page.context.storage_state()  # type: ignore[return-value]
