"""Every page as somebody sees it: no console error, nothing serious for axe, no sideways scroll on a phone, both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver

from regulars.catalog.models import Product
from regulars.customers.models import Customer
from regulars.organization.models import Store
from regulars.sales.models import Receipt
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = [
    "/", "/customers/", "/customers/<customer>/", "/customers/new/", "/products/", "/products/<product>/",
    "/products/categories/", "/stores/", "/stores/<store>/", "/sales/", "/sales/<receipt>/", "/sales/parked/", "/insight/",
    "/imports/", "/imports/new/", "/staff/", "/roles/", "/keys/", "/audit/", "/system/", "/design/", "/account/",
]  # fmt: skip


def _address(path: str) -> str:
    rows = {"<customer>": Customer, "<product>": Product, "<store>": Store, "<receipt>": Receipt}
    for place, model in rows.items():
        if place in path:
            return path.replace(place, str(model.objects.order_by("pk").values_list("pk", flat=True)[0]))
    return path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_clean_on_a_desk(site: Site, path: str) -> None:
    page = site.open(_address(path))
    try:
        assert page.locator("h1").count() == 1
        assert page.complaints == []  # type: ignore[attr-defined]
        found = Axe().run(page)
        serious = [rule for rule in found.response["violations"] if rule["impact"] in {"serious", "critical"}]
        assert not serious, [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in serious]
    finally:
        page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone_in_the_dark_and_in_chinese(site: Site, path: str) -> None:
    page = site.open(_address(path), width=390, dark=True, language="zh-CN")
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("html").get_attribute("lang") in {"zh-hans", "zh-Hans", "zh-CN"}
        title = page.locator("h1").inner_text()
        if not any(place in path for place in ("<customer>", "<product>", "<store>", "<receipt>")):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in title), f"the title {title!r} is not Chinese"
    finally:
        page.context.close()


def test_no_page_is_left_out() -> None:
    pages = {route for route in _routes(get_resolver().url_patterns) if _is_page(route)}
    assert pages <= {path.strip("/") + "/" if path != "/" else "" for path in PAGES}, "add the new page to PAGES"


def _routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern)


def _is_page(route: str) -> bool:
    return "<" not in route and not route.startswith(("api/", "accounts/", "ui/", "healthz", "metrics", "sign-"))
