"""Every address of the till protocol × every role of a key × own and foreign stores: the matrix is what tills may do (G32)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from regulars.gateway.api import rates
from regulars.gateway.till import urls
from regulars.loyalty.cards.models import Card, TopUp
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.wallet.models import Entry
from regulars.organization import access
from regulars.organization.access import Holder, Place
from regulars.organization.models import Company, Region
from regulars.sales.models import Receipt
from tests.gateway.api.conftest import make_key
from tests.loyalty.cards import factories as make
from tests.organization import factories as places

pytestmark = pytest.mark.django_db
ROLES = sorted(code for code, rule in access.roles().items() if Holder.KEY in rule.held_by)
AT = datetime(2026, 11, 20, 9, 29, tzinfo=UTC).isoformat()
DEED = {"till": "7", "number": "1"}
BASKET = {"till": "7", "at": AT, "lines": [{"line": 1, "sku": "P1", "amount": 1_000}]}
BACK = {"till": "7", "number": "2", "at": AT, "sale": {"store": "{store}", "till": "7", "number": "1"}}
COUNTED = {"business_date": "2026-11-20", "sales": 0, "sales_amount": 0, "returns": 0, "returns_amount": 0}


@dataclass(frozen=True, slots=True)
class Row:
    """How one address is called: the right that opens it, and what a till says there (None: it only looks something up)."""

    action: str
    body: Mapping[str, Any] | None = None
    parts: str = ""  # what the address has besides its fixed part


ROWS = {
    "till_identifications": Row("wallet.check_out", {"kind": "phone", "value": "+12025550111"}),
    "till_quotes": Row("wallet.check_out", BASKET),
    "till_releases": Row("wallet.check_out", DEED | {"quote": "x"}),
    "till_sales": Row(
        "wallet.check_out", BASKET | {"number": "1", "total": 1_000, "payments": [{"kind": "cash", "amount": 1_000}]}
    ),
    "till_voids": Row("wallet.check_out", BACK),
    "till_returns": Row("wallet.check_out", BACK | {"lines": []}),
    "till_closings": Row("wallet.check_out", DEED | {"at": AT} | COUNTED),
    "till_card_lookups": Row("gift_card.read", {"value": "{fresh}"}),
    "till_card_activations": Row("gift_card.issue", DEED | {"card": "{fresh}"}),
    "till_card_top_ups": Row("gift_card.issue", DEED | {"card": "{active}", "amount": 1_000, "tender": "cash"}),
    "till_card_refunds": Row("wallet.refund", DEED | {"top_up": "{top_up}", "reason": "moves away"}),
    "till_card_uses": Row("gift_card.read", DEED | {"value": "{fresh}", "pin": "1"}),
    "till_card_offline": Row("gift_card.read", parts="0"),
    "till_message": Row("wallet.check_out", parts="{store}/7/1"),
    "till_parked": Row("wallet.check_out"),
    "till_day_totals": Row("wallet.check_out"),
}
ADDRESSES = {one.name: str(one.pattern).partition("<")[0] for one in urls.urlpatterns}
World = dict[str, Any]


@pytest.fixture
def world() -> World:
    """Two stores of two regions; in the first an active card with money and an unsold one."""
    rates.process = rates.Rates()
    Company.objects.create(pk=1, name="Corner Shops", currency="USD", timezone="America/New_York", country="US")
    own, foreign = (
        places.store(code=code, region=Region.objects.create(code=f"{code}-R", name=code)) for code in ("NORTH", "SOUTH")
    )
    kind = make.card_type(currency="USD")
    first, second = make.stocked(own, kind, 2)
    top_up = make.top_up(make.activate(first, own), 50_00, own, currency="USD")
    return {
        "store": own, "foreign": foreign,
        "said": {"fresh": second.number, "active": first.number, "top_up": top_up.pk},
    }  # fmt: skip


def key(role: str, world: World) -> str:
    """Return a key with the role, at the smallest place that it may sit over."""
    over = access.roles()[role].over
    at = next(kind for kind in (Place.STORE, Place.REGION, Place.HEAD_OFFICE) if kind in over)
    place = {Place.STORE: {"store": world["store"]}, Place.REGION: {"region": world["store"].region}, Place.HEAD_OFFICE: {}}
    return make_key(role, **place[at])


def call(name: str, secret: str, world: World, *, store: str) -> HttpResponse:
    """Call the address as a till of the store would, and take back what it did unless it was refused."""
    row, said = ROWS[name], world["said"] | {"store": store}
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    address = f"/api/v1/till/{ADDRESSES[name]}{row.parts.format(**said)}"
    client = Client(headers=headers, raise_request_exception=False)
    if row.body is None:
        return client.get(address)
    with transaction.atomic():
        answer = client.post(address, {"store": store} | _filled(row.body, said), content_type="application/json")
        transaction.set_rollback(answer.status_code < 400)
    return answer


def _filled(body: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    def fill(value: Any) -> Any:
        if isinstance(value, Mapping):
            return _filled(value, said)
        if isinstance(value, str) and value.startswith("{"):
            return said[value.strip("{}")]
        return value

    return {name: fill(value) for name, value in body.items()}


def counts() -> dict[str, int]:
    seen = {model.__name__: model.objects.count() for model in (Message, Receipt, Entry, TopUp)}
    return seen | {"active cards": Card.objects.filter(state="active").count()}


def test_every_address_has_a_row() -> None:
    assert set(ROWS) == set(ADDRESSES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_its_row_says_and_nothing_else(world: World, role: str) -> None:
    secret, before = key(role, world), counts()
    for name, row in ROWS.items():
        answer = call(name, secret, world, store="NORTH")
        allowed = role in access.matrix()[row.action]
        assert (answer.status_code != 403) == allowed, (name, role, answer.content)
        assert answer.status_code < 500, (name, role, answer.content)
        if not allowed:
            assert answer.json()["code"] == "forbidden", (name, role)
            assert counts() == before, (name, role)


@pytest.mark.parametrize("role", ["pos", "associate", "store_manager"])
def test_a_foreign_store_looks_like_one_that_is_not_there(world: World, role: str) -> None:
    secret, before = key(role, world), counts()
    for name, row in ROWS.items():
        if role not in access.matrix()[row.action] or (row.body is None and not row.parts.startswith("{store}")):
            continue
        foreign, missing = (call(name, secret, world, store=code) for code in ("SOUTH", "NOWHERE"))
        assert foreign.status_code in (404, 422), (name, role, foreign.content)
        assert foreign.status_code == missing.status_code, (name, role)
        assert foreign.json().get("code") == missing.json().get("code"), (name, role)
        assert b"SOUTH" not in foreign.content, (name, role)
        assert counts() == before, (name, role)


def test_nobody_at_all_gets_401_everywhere(world: World) -> None:
    for name in ROWS:
        for secret in ("", "rk_00000000_wrong"):
            assert call(name, secret, world, store="NORTH").status_code == 401, name


def test_the_other_method_is_refused(world: World) -> None:
    client = Client(headers={"Authorization": f"Bearer {key('pos', world)}"})
    for name, row in ROWS.items():
        address = f"/api/v1/till/{ADDRESSES[name]}{row.parts.format(store='NORTH')}"
        answer = client.post(address, {}, content_type="application/json") if row.body is None else client.get(address)
        assert answer.status_code == 405, name
