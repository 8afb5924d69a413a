"""Whoever works in one store meets no byte of another's, wherever they look (G33).

Every store has a word of its own in every field. People of the first store open every address, follow every link, use every
filter, order and column, search for what the others hold, and take home every file.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core.home_folder import HomeFolder
from regulars.gateway.api import reference
from regulars.home.business.parts import _PARTS
from regulars.home.customers.page_view import TABS
from regulars.sales.models import Receipt
from tests.architecture.page_routes import ROWS
from tests.architecture.test_page_rights import addresses, objects_of
from tests.flows.sown import ROOT, Sown, shared, sow_company
from tests.organization import factories

pytestmark = pytest.mark.django_db(transaction=True)
_LINK = re.compile(r'(?:href|hx-get|action)="(/[^"#]*)"')
_OPTION = re.compile(r'<select[^>]*name="(\w+)".*?</select>', re.DOTALL)
_VALUE = re.compile(r'<option value="([^"]+)"')
_NOT_A_PAGE = ("/static/", "/sign-", "/account", "/ui/", "/api/v1/docs")
_SAME_KIND_MAX = 2  # addresses that differ only in values are tried this often
PAGES_MAX = 250
_LISTS = ("/customers/", "/sales/", "/stores/", "/staff/", "/audit/")


def test_people_of_one_store_meet_nothing_of_another(settings: Any, tmp_path: Any) -> None:
    settings.REGULARS_HOME, settings.LAKE_URL = HomeFolder(tmp_path), str(tmp_path / "lake")
    settings.REGULARS_HOME.prepare()
    north, south = sow_company()
    for role, place in (
        ("associate", {"store": north.store}),
        ("store_manager", {"store": north.store}),
        ("region_manager", {"region": north.region}),
    ):
        client = Client()
        client.force_login(factories.person(role, **place))
        seen, own = 0, 0
        for address, text in _crawl(client, north, south):
            seen, own = seen + 1, own + (north.word in text.lower())
            assert south.word not in text.lower(), (role, address, _around(text, south.word))
            assert south.phone[2:] not in re.sub(r"\D", "", text) or south.phone[2:] in address, (role, address)
        assert seen > 100, (role, seen)
        assert own > 25, (role, own)  # the crawl does meet what it may see


def _crawl(client: Client, own: Sown, other: Sown) -> Iterator[tuple[str, str]]:
    """Give every address that answers, with its text; links of the answers are followed."""
    waiting, kinds = [*_starts(own, other)], Counter[tuple[str, ...]]()
    met = set(waiting)
    while waiting and len(met) < PAGES_MAX * 4:
        address = waiting.pop(0)
        answer = client.get(address)
        assert answer.status_code < 500, address
        text = _text(answer)
        yield address, text
        for found in _links(address, text):
            kind = _kind(found)
            if found not in met and kinds[kind] < _SAME_KIND_MAX and len(met) < PAGES_MAX:
                kinds[kind] += 1
                met.add(found)
                waiting.append(found)


def _starts(own: Sown, other: Sown) -> Iterator[str]:
    """Give every address of the URL conf about one's own objects and the other's, and all that can be asked in an address."""
    for one in (own, other):
        for route, row in ROWS.items():
            if row.reads and set(objects_of(route)) <= set(one.ids()):
                yield reverse(route, kwargs={part: one.ids()[part] for part in objects_of(route)} | row.words)
    for path, methods in reference.document()["paths"].items():
        if "get" in methods:
            yield path.replace("{id}", str(own.customer.pk))
    yield from (f"/parts/{part}/" for part in _PARTS)
    for page in ("", "timeline/", "edit/"):
        yield from (f"/customers/{shared().pk}/{page}?show={show}" for show in TABS)
    yield f"/customers/{shared().pk}/receipts/{Receipt.objects.get(external_id=f'{other.word}-B0').pk}/"
    yield from _questions(other)


def _questions(other: Sown) -> Iterator[str]:
    """Give searches for what the other store holds, exports, and pages that are asked about the other store."""
    for words in (ROOT, other.phone, f"{ROOT}@", "77"):
        yield from (f"{page}?q={words.replace('+', '%2B')}" for page in (*_LISTS, "/search/", "/imports/", "/products/"))
    for listing in _LISTS:
        yield f"{listing}?export=csv"
        yield f"{listing}?export=xlsx"
    for page in ("/", "/insight/", "/sales/", "/parts/tiles/", "/parts/weeks/", "/pick/places/"):
        yield f"{page}?place=s{other.store.pk}&store={other.store.pk}&find={ROOT}&at=/&page="
        yield f"{page}?place=r{other.region.pk}&customer={other.customer.pk}"


def _links(address: str, text: str) -> Iterator[str]:
    """Give where a page leads: its links, and its list with each choice of each filter and with every column."""
    for link in _LINK.findall(text):
        target = html.unescape(link)
        if not target.startswith(_NOT_A_PAGE):
            yield target
    path = urlsplit(address).path
    for select in _OPTION.finditer(text):
        for value in _VALUE.findall(select.group(0)):
            yield f"{path}?{select.group(1)}={html.unescape(value)}"
    columns = re.findall(r'name="columns"[^>]*value="(\w+)"', text) + re.findall(r'value="(\w+)"[^>]*name="columns"', text)
    if columns:
        yield f"{path}?" + "&".join(f"columns={column}" for column in sorted(set(columns)))


def _kind(address: str) -> tuple[str, ...]:
    """Return what an address has in common with others like it."""
    parts = urlsplit(address)
    return re.sub(r"\d+", "#", parts.path), *sorted({key for key, _ in parse_qsl(parts.query)})


def _text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace")


def _around(text: str, word: str) -> str:
    at = text.lower().index(word)
    return text[max(0, at - 300) : at + 200]


def test_the_crawl_knows_every_address_that_can_be_read() -> None:
    """An address about an object that the sown stores lack would be left out in silence; these are, for a reason."""
    known = {"store_id", "customer_id", "receipt_id", "batch_id"}
    left = {route for route, row in ROWS.items() if row.reads and not set(objects_of(route)) <= known}
    assert left <= {
        "home:product", "home:category_branch",  # the company's, found by links
        "customers:open_file", "organization:person", "organization:audit_entry",  # found by links from their owner's page
        "customers:tag", "customers:profile_field",  # head office's
        "cards:type", "cards:partner", "offers:claim_file",  # the company's
        "offers:coupon", "offers:coupons", "offers:edit", "offers:offer", "offers:uses",
        "program:replay", "program:version", "program:plan", "program:partner", "program:badge", "program:challenge",
        "program:draw", "program:turns",  # what its members drew: tests/loyalty/program/test_play_pages
        "cards:card", "cards:count", "cards:shipment", "wallet:transfer",  # own and foreign ones: tests/architecture/page_world
    }  # fmt: skip
    assert set(ROWS) <= set(addresses())
