"""Every page about the business: open to whom the matrix allows, within 30 queries, foreign and missing alike."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from regulars.organization import access
from regulars.sales.models import Receipt
from tests.home.business.conftest import Signed
from tests.sales.factories import line, sell

PAGES = {
    "/sales/": "receipt.list",
    "/sales/parked/": "receipt.list",
    "/products/": "product.read",
    "/products/1/": "product.read",
    "/products/categories/": "product.read",
    "/products/categories/1/": "product.read",
    "/stores/": "store.read",
    "/stores/1/": "store.read",
    "/insight/": "dashboard.view",
    "/insight/?by=category&metric=net_sales&metric=customers": "dashboard.view",
    "/insight/?by=": "dashboard.view",
    "/insight/metrics/": "dashboard.view",
    "/insight/metrics/?sql=repurchase_rate": "dashboard.view",
    "/insight/retention/": "dashboard.view",
    "/insight/lifecycle/": "dashboard.view",
    "/insight/rfm/": "dashboard.view",
    "/pick/places/?find=store&at=/stores/&page=period%3D7d": "dashboard.view",
    **{
        f"/parts/{part}/": "dashboard.view"
        for part in ("tiles", "store_tiles", "weeks", "hours", "retention", "lifecycle", "movers", "goods", "attention")
    },
    "/parts/movers/?of=product": "dashboard.view",
    "/parts/movers/?of=store": "dashboard.view",
    "/parts/product/?product=1": "dashboard.view",
}
ROLES = ["store_manager", "support"]  # all of them: tests/architecture/test_page_rights.py


def holder(signed: Signed, role: str) -> Client:
    rule = access.roles()[role]
    return signed(role) if access.Place.HEAD_OFFICE in rule.over else signed(role, store=1)


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_whom_the_matrix_allows(signed: Signed, role: str) -> None:
    client = holder(signed, role)
    for page, action in PAGES.items():
        allowed = role in access.matrix()[action]
        if page.startswith("/pick/"):
            allowed = allowed or role in access.matrix()["store.read"]
        assert client.get(page).status_code == (200 if allowed else 403), page


@pytest.mark.parametrize("page", [*PAGES, "/"])
def test_a_page_takes_few_queries(signed: Signed, page: str, django_assert_max_num_queries) -> None:
    sell(*(line(str(number), store="S1", customer=f"{number}", customer_kind="card") for number in range(60)))
    client = signed("region_manager")
    with django_assert_max_num_queries(30):
        assert client.get(page).status_code == 200


def test_whoever_sees_no_figures_is_led_to_the_first_page_of_the_role(signed: Signed) -> None:
    assert signed("associate", store=1).get("/").headers["Location"] == reverse("home:customers")
    assert signed(None).get("/").status_code == 403


@pytest.mark.parametrize("address", ["/stores/{}/", "/insight/?place=s{}", "/parts/tiles/?place=s{}", "/?place=s{}"])
def test_a_foreign_store_looks_like_a_missing_one(signed: Signed, address: str) -> None:
    client = signed("store_manager", store=1)
    assert client.get(address.format(1)).status_code == 200
    foreign, missing = client.get(address.format(2)), client.get(address.format(999))
    assert foreign.status_code == missing.status_code == 404
    assert _body(foreign) == _body(missing)


def test_a_region_without_a_store_of_one_s_own_looks_missing(signed: Signed) -> None:
    client = signed("region_manager", region=2)
    assert client.get("/?place=r2").status_code == 200
    assert client.get("/?place=r1").status_code == 200  # holds store 3, which is theirs
    assert signed("store_manager", store=1).get("/?place=r2").status_code == 404


@pytest.mark.parametrize("place", ["x1", "s", "s1e3", "sĆ", "r-1", "s99999999999999999999"])
def test_a_place_that_is_none_is_missing(signed: Signed, place: str) -> None:
    assert signed().get("/", {"place": place}).status_code == 404


def test_a_foreign_receipt_looks_like_a_missing_one(signed: Signed) -> None:
    sell(line("1", store="S1"), line("2", store="S2"))
    own, other = (Receipt.objects.get(external_id=number).pk for number in "12")
    client = signed("associate", store=1)
    assert client.get(f"/sales/{own}/").status_code == 200
    foreign, missing = client.get(f"/sales/{other}/"), client.get("/sales/999999/")
    assert foreign.status_code == missing.status_code == 404
    assert _body(foreign) == _body(missing)
    assert "Store 2" not in client.get("/sales/").content.decode()


@pytest.mark.parametrize(
    "bad", ["from=2026-02-30&to=x", "period=never", "compare=never", "by=moon", "metric=nothing", "cursor=-1"]
)
def test_a_wrong_word_in_the_address_falls_back_to_the_usual(signed: Signed, bad: str) -> None:
    assert signed().get(f"/insight/?{bad}").status_code == 200


@pytest.mark.parametrize("filters", ["store=x", "from=nonsense", "to=2026-02-30", "customer=9e9", "kind=x", "least=-0"])
def test_a_wrong_filter_of_receipts_finds_nothing_and_breaks_nothing(signed: Signed, filters: str) -> None:
    sell(line("1", store="S1"))
    assert signed().get(f"/sales/?{filters}").status_code in {200, 422}


def test_what_a_product_costs_is_seen_with_the_right_alone(signed: Signed) -> None:
    for address in ("/products/1/", "/products/?columns=name&columns=cost_amount"):
        assert "42.42" in signed("marketer").get(address).content.decode()
        assert "42.42" not in signed("support").get(address).content.decode()


def test_pages_without_sales_say_so(signed: Signed, settings, tmp_path) -> None:
    settings.LAKE_URL = str(tmp_path / "empty")
    client = signed()
    assert "No sales yet" in client.get("/").content.decode()
    for page in PAGES:
        assert client.get(page).status_code == 200, page


def _body(response) -> str:
    """Return the page without what differs at every request, and without its own address."""
    page = re.sub(r"(nonce|csrfmiddlewaretoken|X-CSRFToken)[^>]*", "", response.content.decode())
    asked = response.wsgi_request
    return page.replace(escape(asked.get_full_path()), "").replace(asked.path, "")
