"""One site with a year of sales for all browser tests, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from regulars.organization import services as organization
from regulars.organization.access import system
from tests import retailer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread; the server has its own


# Parts that come later carry `aria-busy` until they are there; htmx marks what it is fetching.
_IS_SETTLED = "() => !document.querySelector('[aria-busy=true], .htmx-request')"


@dataclass(frozen=True)
class Site:
    url: str
    browser: Browser
    state: dict[str, object]
    contexts: dict[tuple[int, bool, str], BrowserContext] = field(default_factory=dict)

    def open(self, path: str, *, width: int = 1440, dark: bool = False, language: str = "en-US") -> Page:
        """Open a page signed in as the owner, collecting what its console complains of in `page.complaints`."""
        page = self._context(width, dark=dark, language=language).new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.complaints = complaints  # type: ignore[attr-defined]
        page.goto(self.url + path)
        page.wait_for_function(_IS_SETTLED)
        return page

    def _context(self, width: int, *, dark: bool, language: str) -> BrowserContext:
        """Return the one browser of this kind: it keeps scripts, styles and fonts from page to page."""
        kind = (width, dark, language)
        if kind not in self.contexts:
            self.contexts[kind] = self.browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                locale=language,
                storage_state=self.state,  # type: ignore[arg-type]
            )
        return self.contexts[kind]


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
