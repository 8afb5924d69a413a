"""Every operation × every role: what the matrix says is what the API does (G32). Generated from `rights.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from regulars.gateway.api import reference, rights
from regulars.organization import access
from regulars.organization.access import Holder, Place
from regulars.organization.models import Region
from tests.gateway.api.conftest import ApiClient, add_store, make_key
from tests.gateway.api.factories import objects
from tests.organization import factories

pytestmark = pytest.mark.django_db
OPERATIONS = {
    operation["operationId"]: (method, path.removeprefix("/api/v1"), operation)
    for path, methods in reference.document()["paths"].items()
    for method, operation in methods.items()
}


class SessionClient(ApiClient):
    """A signed-in person with the CSRF token in hand."""

    def __init__(self, role: str, **place: Any) -> None:
        super().__init__()
        self.client = Client(raise_request_exception=False)
        self.client.force_login(factories.person(role, **place))


@pytest.fixture
def world(company) -> dict[str, dict[str, int]]:
    """Own and foreign objects of every resource that an address names by id."""
    region = Region.objects.create(code="NORTHERN", name="Northern")
    own, foreign = add_store("NORTH", region=region), add_store("SOUTH")
    return {"own": objects(own), "foreign": objects(foreign), "place": {"store": own, "region": region}}


def clients(role: str, place: dict[str, Any]) -> list[ApiClient]:
    """Everybody who may hold the role, at the smallest place that it may sit over."""
    rule = access.roles()[role]
    at = next(kind for kind in (Place.STORE, Place.REGION, Place.HEAD_OFFICE) if kind in rule.over)
    where = {} if at is Place.HEAD_OFFICE else {at.value: place[at.value]}
    found: list[ApiClient] = []
    if Holder.KEY in rule.held_by:
        found.append(ApiClient(make_key(role, **where)))
    if Holder.PERSON in rule.held_by:
        found.append(SessionClient(role, **where))
    return found


def cells(operation_id: str, role: str) -> list[Any]:
    """What the matrix gives the role for each right that the operation needs."""
    return [access.matrix()[action].get(role) for action in rights.ACTIONS[operation_id]]


def caller(operation_id: str, client: ApiClient) -> Callable[[int], Any]:
    """How to call the operation about the object with an id."""
    method, path, operation = OPERATIONS[operation_id]
    media = next(iter(operation.get("requestBody", {}).get("content", {})), "application/json")
    if method == "get":
        return lambda id: client.get(path.replace("{id}", str(id)))
    return lambda id: client.send(method, path.replace("{id}", str(id)), b"{}", content_type=media)


def test_every_operation_has_a_row_and_every_row_an_action():
    assert set(OPERATIONS) == set(rights.ACTIONS)
    assert {action for row in rights.ACTIONS.values() for action in row} <= set(access.matrix())


@pytest.mark.parametrize("role", sorted(access.roles()))
def test_a_role_may_call_what_its_row_says_and_nothing_else(world, role):
    for client in clients(role, world["place"]):
        for operation_id in rights.ACTIONS:
            answer = caller(operation_id, client)(999_999_999)
            allowed = all(cells(operation_id, role))
            assert (answer.status_code != 403) == allowed, (operation_id, role, answer.content)
            assert answer.status_code in (200, 404, 422) if allowed else answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("role", sorted(access.roles()))
def test_own_objects_open_and_foreign_ones_look_missing(world, role):
    for client in clients(role, world["place"]):
        for operation_id in rights.ACTIONS:
            _, path, _ = OPERATIONS[operation_id]
            if not all(cells(operation_id, role)) or "{id}" not in path:
                continue
            call, resource = caller(operation_id, client), path.split("/")[1]
            own, foreign, missing = (call(id) for id in (world["own"][resource], world["foreign"][resource], 999_999_999))
            assert own.status_code in (200, 409), (
                operation_id,
                role,
                own.content,
            )  # 409: the customer has no identifier
            assert missing.status_code == 404, (operation_id, role)
            if any(cell.reach is access.Reach.SCOPE for cell in cells(operation_id, role)) and resource != "products":
                at_head_office = access.roles()[role].over == {Place.HEAD_OFFICE}
                if not at_head_office:
                    assert (foreign.status_code, foreign.content) == (404, missing.content), (operation_id, role)


def test_nobody_at_all_gets_401_everywhere(world):
    for operation_id in rights.ACTIONS:
        assert caller(operation_id, ApiClient())(1).status_code == 401, operation_id


@pytest.mark.parametrize("role", ["store_manager", "associate", "integration"])
def test_lists_hold_no_trace_of_another_store(world, role):
    for client in clients(role, world["place"]):
        for operation_id in ("list_stores", "list_customers", "list_receipts", "list_parked_returns", "list_imports"):
            if all(cells(operation_id, role)):
                text = caller(operation_id, client)(0).content.decode()
                assert "SOUTH" not in text, (operation_id, role)
