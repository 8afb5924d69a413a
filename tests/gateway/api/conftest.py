"""A company with two stores, and clients that call the API with a key of any role."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from regulars.gateway.api import rates
from regulars.organization.models import ApiKey, Company, Region, Store

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class ApiClient:
    """Speaks JSON with one key, and keeps server errors as answers instead of raising them."""

    def __init__(self, key: str | None = None, **headers: str) -> None:
        self.key = key
        self.headers = headers | ({"Authorization": f"Bearer {key}"} if key else {})
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("post", path, json.dumps(body).encode(), **headers)

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self.send("patch", path, json.dumps(body).encode())

    def lines(self, path: str, *rows: Any, **headers: str) -> HttpResponse:
        body = b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)
        return self.send("post", path, body, content_type="application/x-ndjson", **headers)

    def send(self, method: str, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        call = getattr(self.client, method)
        return call(f"/api/v1{path}", body, content_type=content_type, headers=self.headers | named)


def results(response: HttpResponse) -> list[dict[str, Any]]:
    """The result lines of a bulk call."""
    assert response.status_code == 200, response.content
    return [json.loads(line) for line in response.content.splitlines()]


def make_key(role: str, *, store: Store | None = None, region: Region | None = None, source: str = "") -> str:
    secret, prefix = secrets.token_urlsafe(32), secrets.token_hex(4)
    ApiKey.objects.create(
        name=f"{role} key",
        prefix=prefix,
        secret_hash=hashlib.sha256(secret.encode()).digest(),
        role=role,
        store=store,
        region=region,
        source=source or f"key-{prefix}",
        created_at=NOW,
    )
    return f"rk_{prefix}_{secret}"


@pytest.fixture(autouse=True)
def fresh_rates() -> None:
    rates.process = rates.Rates()


@pytest.fixture(autouse=True)
def on_a_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(pk=1, name="Corner Shops", currency="USD", timezone="America/New_York", country="US")


@pytest.fixture
def north(company: Company) -> Store:
    return add_store("NORTH")


@pytest.fixture
def south(company: Company) -> Store:
    return add_store("SOUTH")


def add_store(code: str, **fields: Any) -> Store:
    return Store.objects.create(
        code=code, **{"name": f"Store {code}", "timezone": "America/New_York", "currency": "USD", **fields}
    )


@pytest.fixture
def client_of(company: Company) -> Callable[..., ApiClient]:
    """`client_of("pos", store=north)` calls with a new key of that role."""
    return lambda role, **place: ApiClient(make_key(role, **place))


def sale(receipt_id: str = "T1-1", **fields: Any) -> dict[str, Any]:
    """A sale of two articles for 8.20 USD."""
    return {
        "receipt_id": receipt_id,
        "store": "NORTH",
        "sold_at": "2026-11-19T10:00:00-05:00",
        "till": "1",
        "lines": [
            {"product": "MILK", "quantity": 2, "gross_amount": 500},
            {"product": "HAM", "quantity": "0.735", "gross_amount": "3.20"},
        ],
    } | fields
