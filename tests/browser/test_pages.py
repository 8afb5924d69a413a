"""Every page as somebody sees it: no console error, nothing serious for axe, no sideways scroll on a phone, both languages."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from regulars.catalog.models import Product
from regulars.customers.models import Customer
from regulars.organization.models import Store
from regulars.sales.models import Receipt
from tests import retailer
from tests.browser.conftest import Site, grave_faults

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = [
    "/", "/customers/", "/customers/<customer>/", "/customers/new/", "/products/", "/products/<product>/",
    "/products/categories/", "/stores/", "/stores/<store>/", "/sales/", "/sales/<receipt>/", "/sales/parked/", "/insight/",
    "/insight/retention/", "/insight/lifecycle/", "/insight/rfm/", "/insight/rfm/cut-points/", "/insight/metrics/",
    "/search/", "/tags/",
    "/profile-fields/", "/imports/", "/imports/new/", "/staff/", "/staff/new/", "/roles/", "/keys/", "/approvals/",
    "/company/", "/audit/", "/system/", "/design/", "/api/v1/docs", "/account/", "/account/password/",
    "/account/two-factor/", "/account/two-factor/app/activate/", "/account/two-factor/keys/",
    "/account/two-factor/keys/add/", "/account/two-factor/recovery/generate/", "/sign-out/", "/sign-in/cancelled/",
    "/sign-in/inactive/", "/program/", "/offers/", "/cards/",
]  # fmt: skip
# These are opened with something on them by the other modules of this folder.
FURNISHED = {
    "/wallet/ledger/", "/wallet/liability/", "/program/tiers/", "/offers/new/", "/offers/claims/", "/cards/stock/",
    "/cards/movements/", "/cards/batches/", "/cards/types/", "/cards/types/new/", "/cards/top-up-rules/", "/cards/counts/",
    "/cards/settlement/",
}  # fmt: skip


def _address(path: str) -> str:
    rows = {"<customer>": Customer, "<product>": Product, "<store>": Store, "<receipt>": Receipt}
    for place, model in rows.items():
        if place in path:
            return path.replace(place, str(model.objects.order_by("pk").values_list("pk", flat=True)[0]))
    return path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_clean_on_a_desk(site: Site, path: str) -> None:
    page = site.open(_address(path))
    assert page.locator("h1").count() == 1
    assert page.complaints == []  # type: ignore[attr-defined]
    assert grave_faults(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone_in_the_dark_and_in_chinese(site: Site, path: str) -> None:
    page = site.open(_address(path), width=390, dark=True, language="zh-CN")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("html").get_attribute("lang") in {"zh-hans", "zh-Hans", "zh-CN"}
    title = page.locator("h1").inner_text()
    if not any(place in path for place in ("<customer>", "<product>", "<store>", "<receipt>")):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in title), f"the title {title!r} is not Chinese"


def test_no_page_is_left_out(site: Site, client: Client) -> None:
    client.force_login(retailer.owner(), backend="django.contrib.auth.backends.ModelBackend")
    known = {*PAGES, *FURNISHED}
    left_out = {path for path in _addresses(get_resolver().url_patterns) if path not in known and _is_page(client, path)}
    assert not left_out, f"add them to PAGES: {sorted(left_out)}"


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif "<" not in prefix + str(pattern.pattern) and not prefix.startswith("/api/"):
            yield prefix + str(pattern.pattern)


def _is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    is_html = answer.status_code == HTTPStatus.OK and answer.headers.get("Content-Type", "").startswith("text/html")
    return is_html and b"<html" in answer.content
