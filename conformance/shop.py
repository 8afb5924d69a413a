"""What a run of the suite needs to know of the server it is pointed at, and a way to speak to it byte by byte.

For `cases`. Everything is said over HTTP; nothing is assumed of the server but the protocol.
"""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from clients.till.till_client import Till


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, untouched."""

    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def code(self) -> str:
        return str(self.json.get("code", ""))

    @property
    def codes(self) -> set[str]:
        """Return every code of a refusal: its own and those of its fields."""
        return {self.code, *(str(error.get("code")) for error in self.json.get("errors", ()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A server under test. `sku` is an article with a catalog price; a member and a stranger's key make more cases possible."""

    url: str
    key: str
    store: str
    sku: str
    currency: str
    member_phone: str = ""  # of a member with at least 200 points that can be spent
    other_key: str = ""  # of another store
    till: str = field(default_factory=lambda: f"c{uuid.uuid4().hex[:8]}")

    def client(self, key: str = "") -> Till:
        """Return the reference client."""
        return Till(self.url, key=key or self.key, store=self.store, till=self.till)

    def number(self) -> str:
        """Return a number that this till has not used."""
        return uuid.uuid4().hex[:12]

    def price(self) -> int:
        """Return what one piece of the article costs."""
        with self.client() as till:
            return int(till.quote([{"line": 1, "sku": self.sku}])["total"])

    def sale(self, *, number: str = "", pieces: int = 1, **fields: Any) -> dict[str, Any]:
        """Return the body of a sale paid in cash."""
        total = fields.pop("total", None)
        total = self.price() * pieces if total is None else total
        return {
            "store": self.store,
            "till": self.till,
            "number": number or self.number(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "lines": [{"line": 1, "sku": self.sku, "quantity": pieces}],
            "total": total,
            "payments": [{"kind": "cash", "amount": total}],
        } | fields

    def back(self, sale: str, *, number: str = "", **fields: Any) -> dict[str, Any]:
        """Return the body of a void or return."""
        return {
            "store": self.store,
            "till": self.till,
            "number": number or self.number(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sale": {"store": self.store, "till": self.till, "number": sale},
        } | fields

    def post(self, path: str, body: Any, *, key: str | None = None) -> Answer:
        """Send one message as it is and return what comes back."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._send("POST", path, raw, self.key if key is None else key)

    def get(self, path: str, *, key: str | None = None) -> Answer:
        """Look something up."""
        return self._send("GET", path, b"", self.key if key is None else key)

    def _send(self, method: str, path: str, raw: bytes, key: str) -> Answer:
        parts = urlsplit(self.url)
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        line = make(parts.hostname or "", parts.port, timeout=30)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        try:
            line.request(method, f"/api/v1/till/{path}", raw or None, headers)
            response = line.getresponse()
            return Answer(response.status, response.read())
        finally:
            line.close()
