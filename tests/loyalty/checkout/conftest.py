"""A retailer with tills: two stores, a dozen products with prices, members, and a client that speaks the protocol."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from regulars.gateway.api import rates
from regulars.organization.models import ApiKey, Store
from tests import retailer

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Till:
    """One till of one store, speaking with a key."""

    def __init__(self, key: str, *, store: str = "SH-1", till: str = "1") -> None:
        self.key, self.store, self.till = key, store, till
        self.client = Client(raise_request_exception=True)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        response = self.raw(path, json.dumps(body).encode(), **headers)
        return response.status_code, json.loads(response.content)

    def raw(self, path: str, body: bytes, **headers: str) -> Any:
        named = {"Authorization": f"Bearer {self.key}"} | headers
        return self.client.post(f"/api/v1/till/{path}", body, content_type="application/json", headers=named)

    def sell(self, number: str, /, **fields: Any) -> tuple[int, dict[str, Any]]:
        return self.post("sales", self.sale(number, **fields))

    def sale(self, number: str, /, *skus: str, **fields: Any) -> dict[str, Any]:
        """A sale of tea and coffee, 10.00 each, paid in cash, unless told otherwise."""
        lines = fields.pop("lines", None) or [{"line": no, "sku": sku} for no, sku in enumerate(skus or ("P1", "P2"), 1)]
        total = fields.pop("total", 1000 * len(lines))
        return {
            "store": self.store,
            "till": self.till,
            "number": number,
            "at": "2026-11-20T17:29:00+08:00",
            "lines": lines,
            "total": total,
            "payments": fields.pop("payments", [{"kind": "cash", "amount": total}]),
        } | fields


def make_key(role: str = "pos", *, store: str | None = None, source: str = "pos") -> str:
    secret, prefix = secrets.token_urlsafe(32), secrets.token_hex(4)
    ApiKey.objects.create(
        name=f"{role} key",
        prefix=prefix,
        secret_hash=hashlib.sha256(secret.encode()).digest(),
        role=role,
        store=Store.objects.get(code=store) if store else None,
        source=source,
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
def shop(db: None) -> None:
    retailer.open_company()
    retailer.enroll_members(4)


@pytest.fixture
def till(shop: None) -> Till:
    return Till(make_key(store="SH-1"))
