"""Every address of the HTML side × every role × {own, foreign, nonexistent object}: the matrix is what pages do (G32).

Its twin for the API is `tests/gateway/api/test_rights.py`. Each call is taken back, so that all of them meet the same world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils.html import escape

from regulars.core.home_folder import HomeFolder
from regulars.gateway.api import rights as api_rights
from regulars.organization import access
from regulars.organization.access import Holder, Place
from regulars.organization.models import Company
from tests.architecture.page_routes import OPEN, ROWS, Row
from tests.architecture.page_world import COMPANY_WIDE, MISSING, company_objects, objects
from tests.organization import factories

pytestmark = pytest.mark.django_db
ROLES = [code for code, rule in access.roles().items() if Holder.PERSON in rule.held_by]
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|COPY|TRUNCATE|NOTIFY|SELECT procrastinate)", re.IGNORECASE)
_SESSION = re.compile(r"django_session|last_login")
World = dict[str, Any]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One company for all tests of this file: two regions with a store each, and everything that an address can name."""
    from django.conf import settings

    home = HomeFolder(tmp_path_factory.mktemp("home"))
    home.prepare()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "REGULARS_HOME", home)
        patch.setattr(settings, "LAKE_URL", str(home.lake))
        yield _open()
        transaction.set_rollback(True)


def _open() -> World:
    Company.objects.create(pk=1, name="Corner Shops", currency="USD", timezone="America/New_York", country="US")
    stores = [factories.store(code=code, region=factories.region(code=f"{code}-R")) for code in ("NORTH", "SOUTH")]
    own, foreign = (objects(store) for store in stores)
    shared = company_objects()
    return {"own": own | shared, "foreign": foreign | shared, "store": stores[0], "region": stores[0].region}


@cache
def addresses() -> dict[str, tuple[frozenset[str], Any]]:
    """Return every address of the URL conf but the machines' ways in: its name → the parts that vary, and the view."""
    found: dict[str, tuple[frozenset[str], Any]] = {}
    waiting: list[tuple[str, Any]] = [("", get_resolver())]
    while waiting:
        space, resolver = waiting.pop()
        for one in resolver.url_patterns:
            if not isinstance(one, URLResolver):
                found[f"{space}{one.name}"] = frozenset(one.pattern.converters), one.callback
            elif not str(one.pattern).startswith("api/v1/"):
                waiting.append((f"{space}{one.namespace}:" if one.namespace else space, one))
    return found


def signed_in(role: str | None, world: World) -> Client:
    """Return somebody who holds the role, at the smallest place that it may sit over."""
    place: dict[str, Any] = {}
    if role:
        over = access.roles()[role].over
        at = next(kind for kind in (Place.STORE, Place.REGION, Place.HEAD_OFFICE) if kind in over)
        place = {} if at is Place.HEAD_OFFICE else {at.value: world[at.value]}
    client = Client()
    client.force_login(factories.person(role, **place))
    return client


def calls(row: Row) -> list[str]:
    """Return the methods that the row's address answers."""
    return [*(["get"] if row.reads else []), *(["post"] if row.form is not None else [])]


def ask(client: Client, route: str, method: str, ids: dict[str, int], own: dict[str, int]) -> tuple[HttpResponse, list[str]]:
    """Call the address about these objects, take back what it did, and return the answer with the writes it made."""
    row = ROWS[route]
    address = reverse(route, kwargs={key: ids[row.named.get(key, key)] for key in objects_of(route)} | row.words)
    writes: list[str] = []
    with noted(writes), transaction.atomic():
        answer = client.get(address) if method == "get" else client.post(address, _form(row, own))
        transaction.set_rollback(True)
    return answer, writes


@contextmanager
def noted(writes: list[str]) -> Iterator[None]:
    """Note every statement that changed a row, but for those of the session itself."""

    def look(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        text = sql if isinstance(sql, str) else sql.as_string(None)
        if _WRITES.match(text) and not _SESSION.search(text) and context["cursor"].rowcount != 0:
            writes.append(text)
        return result

    with connection.execute_wrapper(look):
        yield


def _form(row: Row, own: dict[str, int]) -> dict[str, Any]:
    def filled(value: Any) -> Any:
        return value() if callable(value) else value.format(**own)

    return {key: filled(value) for key, value in (row.form or {}).items()}


def body(answer: HttpResponse) -> str:
    """Return the page without what differs at every request: its address, the nonce and the CSRF token."""
    text = answer.content.decode()
    for address in (answer.wsgi_request.get_full_path(), answer.wsgi_request.path):
        text = text.replace(escape(address), "")
    return re.sub(r"(nonce|csrfmiddlewaretoken|X-CSRFToken)[^>]*", "", text)


def holds(role: str, row: Row) -> bool:
    cells = [access.matrix()[action][role] for action in row.actions if role in access.matrix()[action]]
    return any(not (cell.masked and row.opens_contact) for cell in cells)


def may_call(role: str, row: Row, method: str) -> bool:
    return holds(role, row) and (method == "get" or not row.post_action or role in access.matrix()[row.post_action])


def objects_of(route: str) -> list[str]:
    """Return the parts of the address that name an object."""
    return sorted(addresses()[route][0] - set(ROWS[route].words))


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(ROWS) | set(OPEN) == set(addresses())
    assert not set(ROWS) & set(OPEN)


@pytest.mark.parametrize("route", ROWS)
def test_every_view_declares_the_right_of_its_row(route: str) -> None:
    assert addresses()[route][1].required_actions == ROWS[route].actions


@pytest.mark.parametrize("route", OPEN)
def test_an_open_address_declares_no_right_and_says_why(route: str) -> None:
    assert not hasattr(addresses()[route][1], "required_actions")
    assert OPEN[route]


def test_every_object_of_an_address_stands_in_the_world(world: World) -> None:
    for route in ROWS:
        assert {ROWS[route].named.get(part, part) for part in objects_of(route)} <= set(world["own"]), route


@pytest.mark.parametrize("role", [*ROLES, None])
def test_a_role_without_the_cell_is_refused_and_changes_nothing(world: World, role: str | None) -> None:
    client = signed_in(role, world)
    for route, row in ROWS.items():
        for method in calls(row):
            if role is not None and may_call(role, row, method):
                continue
            answer, writes = ask(client, route, method, world["own"], world["own"])
            assert answer.status_code == 403, (route, method, role, answer.status_code)
            assert writes == [], (route, method, role)


@pytest.mark.parametrize("role", ROLES)
def test_own_objects_open_and_missing_ones_do_not(world: World, role: str) -> None:
    client = signed_in(role, world)
    for route, row in ROWS.items():
        for method in calls(row):
            if not may_call(role, row, method):
                continue
            answer, _ = ask(client, route, method, world["own"], world["own"])
            opens = not row.object_action or role in access.matrix()[row.object_action]
            assert (answer.status_code in (200, 302, 409, 422)) == opens, (route, method, role, answer.status_code)
            for part in objects_of(route):
                gone, writes = ask(client, route, method, world["own"] | {row.named.get(part, part): MISSING}, world["own"])
                assert (gone.status_code, writes) == (404, []), (route, method, role, part)


@pytest.mark.parametrize("role", [role for role in ROLES if access.roles()[role].over != {Place.HEAD_OFFICE}])
def test_foreign_objects_look_missing_and_stay_as_they_are(world: World, role: str) -> None:
    client = signed_in(role, world)
    for route, row in ROWS.items():
        names = {row.named.get(part, part) for part in objects_of(route)} - COMPANY_WIDE
        if not names or not holds(role, row):
            continue
        for method in calls(row):
            if not may_call(role, row, method):
                continue
            for strange in [{name} for name in sorted(names)] + [names] * (len(names) > 1):
                foreign = {name: world["foreign"][name] for name in strange}
                answer, writes = ask(client, route, method, world["own"] | foreign, world["own"])
                gone, _ = ask(client, route, method, world["own"] | dict.fromkeys(strange, MISSING), world["own"])
                assert (answer.status_code, gone.status_code, writes) == (404, 404, []), (route, method, role, strange)
                assert body(answer) == body(gone), (route, method, role, strange)


def test_an_associate_finds_no_receipt_of_another_store_on_any_address(world: World) -> None:
    client, strange = signed_in("associate", world), world["foreign"]["receipt_id"]
    pages = [
        reverse(route, kwargs={part: world["own"][part] for part in objects_of(route)} | {"receipt_id": strange})
        for route in ROWS
        if "receipt_id" in objects_of(route)
    ]
    assert len(pages) == 2
    assert {"get_receipt", "find_receipt"} <= set(api_rights.ACTIONS)
    pages += [f"/api/v1/receipts/{strange}", "/api/v1/receipts/lookup?source=till&receipt_id=R-SOUTH"]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 404, page
        assert b"SOUTH" not in answer.content.replace(b"R-SOUTH", b""), page


def test_a_foreign_object_named_in_a_form_is_not_touched_either(world: World) -> None:
    client = signed_in("store_manager", world)
    for route, form in {
        "customers:claim": {"customer": world["foreign"]["customer_id"]},
        "gateway:new_import": {"file": ROWS["gateway:new_import"].form["file"](), "source": "file", "kind": "customers",
                               "store": world["foreign"]["store_id"]},
    }.items():  # fmt: skip
        kwargs = {part: world["own"][ROWS[route].named.get(part, part)] for part in objects_of(route)}
        writes: list[str] = []
        with noted(writes):
            answer = client.post(reverse(route, kwargs=kwargs), form)
        assert (answer.status_code in (404, 422), writes) == (True, []), route


def test_everybody_else_is_led_to_the_sign_in_page(world: World) -> None:
    for route, row in ROWS.items():
        for method in calls(row):
            answer, writes = ask(Client(), route, method, world["own"], world["own"])
            assert answer.status_code == 302, route
            assert answer.headers["Location"].startswith("/sign-in/"), route
            assert writes == [], route
