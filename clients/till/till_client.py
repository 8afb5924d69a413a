"""A till's side of the Regulars till protocol: one file, nothing but Python's own library. Read it, then write your own.

What a till maker should take from it:

1. The till makes the number of each message itself, and writes the message down before it sends it.
2. It sends the very same bytes again until it has an answer: after a lost line, a restart, or a power cut.
3. An answer below 500 is final, but for 409 `message.in_progress`, 429 and 503, which say how long to wait.
4. While the line is down the till sells on: the sale goes into the queue with `offline: true` and is sent when the line is
   back. Such a sale earns points and spends none.

    till = Till("https://crm.example", key="rk_…", store="S001", till="2", journal="till-2.jsonl")
    ana = till.identify("phone", "+8613800138000")
    price = till.quote([{"line": 1, "sku": "TEA"}], member=ana["member"], coupons=["SPRING-8K2M"], points=300)
    receipt = till.sell([{"line": 1, "sku": "TEA"}], total=price["total"], quote=price["quote"], member=ana["member"],
                        coupons=["SPRING-8K2M"], payments=[*price["payments"], {"kind": "cash", "amount": price["due"]}])
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SECONDS_TO_ANSWER = 10
SECONDS_TO_GIVE_UP = 60
AGAIN = {429, 502, 503, 504}


class RefusedError(Exception):
    """The server understood and said no; `code` never changes its meaning, `detail` is for people."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status, self.code, self.problem = status, str(problem.get("code", "")), problem


class LineDownError(Exception):
    """Nobody answered in time. What was written into the journal is sent again by `flush`."""


class Till:
    """One till: its address, its key, its running number, and the journal of what it has said."""

    def __init__(self, url: str, *, key: str, store: str, till: str, journal: str | Path = "", language: str = "en") -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._line: http.client.HTTPConnection | None = None
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept-Language": language}
        self.store, self.till = store, till
        self.journal = Journal(journal) if journal else None
        self._last = self.journal.last_number() if self.journal else 0

    # Asking: nothing is written anywhere, so a lost answer is simply asked for again.

    def identify(self, kind: str, value: str, *, enroll: bool = False) -> dict[str, Any]:
        """Recognize a member by phone, email, card, external or code."""
        said = {"store": self.store, "till": self.till, "kind": kind, "value": value, "enroll": enroll}
        return self._ask("identifications", said)

    def quote(self, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """Price a basket. `more`: member, coupons, points, currency, channel, and with `reserve` the number of the sale."""
        return self._ask("quotes", self._head() | {"lines": lines} | more)

    def parked(self) -> list[dict[str, Any]]:
        """Return the messages that wait for their sale."""
        found: list[dict[str, Any]] = self._read("GET", "parked", b"")["items"]
        return found

    def message(self, number: str) -> dict[str, Any]:
        """Return what became of a message of this till."""
        return self._read("GET", f"messages/{self.store}/{self.till}/{number}", b"")

    # Telling: written down first, sent until answered, done once.

    def sell(self, lines: list[dict[str, Any]], *, number: str = "", **more: Any) -> dict[str, Any]:
        """Commit a sale. `more`: total, payments, member, coupons, quote, cashier, currency, channel, offline, at."""
        return self._tell("sales", self._head(number) | {"lines": lines} | more)

    def void(self, sale: str, *, number: str = "", till: str = "", store: str = "", **more: Any) -> dict[str, Any]:
        """Take a whole sale back."""
        return self._tell("voids", self._head(number) | self._about(sale, till, store) | more)

    def give_back(self, sale: str, *, number: str = "", till: str = "", store: str = "", **more: Any) -> dict[str, Any]:
        """Return some lines (`lines`), or all that is left of a sale."""
        return self._tell("returns", self._head(number) | self._about(sale, till, store) | more)

    def close_day(self, business_date: str, **totals: int) -> dict[str, Any]:
        """Tell what this till counted: sales, sales_amount, returns, returns_amount."""
        return self._tell("closings", self._head("") | {"business_date": business_date} | totals)

    def keep(self, path: str, body: dict[str, Any]) -> str:
        """Write a message down without sending it: the line is known to be down. Return its number."""
        said = self._head(body.get("number", "")) | body
        if self.journal:
            self.journal.write({"number": said["number"], "path": path, "body": json.dumps(said, separators=(",", ":"))})
        return str(said["number"])

    def flush(self, order: Callable[[list[dict[str, Any]]], None] | None = None) -> int:
        """Send everything that has no answer yet, oldest first unless `order` says otherwise; return how many there were."""
        waiting = self.journal.waiting() if self.journal else []
        if order is not None:
            order(waiting)
        for entry in waiting:
            try:
                self._send(entry["number"], entry["path"], entry["body"].encode())
            except RefusedError:
                continue  # the refusal stands in the journal, for somebody to look at
        return len(waiting)

    def close(self) -> None:
        """Hang up."""
        self._hang_up()

    def __enter__(self) -> Till:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def next_number(self) -> str:
        """Return the next running number of this till."""
        self._last += 1
        return f"{self._last:08d}"

    def _head(self, number: str | None = None) -> dict[str, Any]:
        head = {"store": self.store, "till": self.till, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        return head if number is None else head | {"number": number or self.next_number()}

    def _about(self, sale: str, till: str, store: str) -> dict[str, Any]:
        return {"sale": {"store": store or self.store, "till": till or self.till, "number": sale}}

    def _tell(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(body, separators=(",", ":"))
        if self.journal:
            self.journal.write({"number": body["number"], "path": path, "body": text})
        return self._send(body["number"], path, text.encode())

    def _send(self, number: str, path: str, body: bytes) -> dict[str, Any]:
        status, answer = self._until_answered("POST", path, body)
        if self.journal:
            self.journal.write({"number": number, "status": status, "answer": answer.decode()})
        return _final(status, answer)

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._read("POST", path, json.dumps(body, separators=(",", ":")).encode())

    def _read(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        return _final(*self._until_answered(method, path, body))

    def _until_answered(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        give_up_at, pause = time.monotonic() + SECONDS_TO_GIVE_UP, 0.05
        while True:
            wait = pause
            try:
                status, wait_said, answer = self._once(method, path, body)
                in_progress = status == 409 and b'"message.in_progress"' in answer
                if status not in AGAIN and not in_progress:
                    return status, answer
                wait = max(float(wait_said or 0) if status == 429 else 0.0, pause)
            except (OSError, http.client.HTTPException):
                self._hang_up()
            if time.monotonic() + wait > give_up_at:
                raise LineDownError(path)
            time.sleep(wait)
            pause = min(pause * 2, 2.0)

    def _once(self, method: str, path: str, body: bytes) -> tuple[int, str | None, bytes]:
        if self._line is None:
            self._line = self._make(self._host, self._port, timeout=SECONDS_TO_ANSWER)
        self._line.request(method, f"/api/v1/till/{path}", body or None, self._headers)
        response = self._line.getresponse()
        return response.status, response.getheader("Retry-After"), response.read()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


class Journal:
    """What a till has said and been answered, one JSON object a line, on the disk before anything is sent."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        if self._path.exists() and not self._path.read_bytes().endswith(b"\n"):
            self.write({})  # a power cut tore the last line: it was never sent, and ends here

    def write(self, entry: dict[str, Any]) -> None:
        """Append one line and see it on the disk."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" if not entry else json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[dict[str, Any]]:
        """Return all lines but torn ones."""
        if not self._path.exists():
            return []
        entries = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(json.loads(line))
            except ValueError:
                continue
        return entries

    def waiting(self) -> list[dict[str, Any]]:
        """Return what was said and not answered."""
        entries = self.read()
        answered = {entry["number"] for entry in entries if "status" in entry}
        return [entry for entry in entries if "body" in entry and entry["number"] not in answered]

    def last_number(self) -> int:
        """Return the highest number used, so that a till that starts again goes on counting."""
        return max((int(entry["number"]) for entry in self.read() if entry["number"].isdigit()), default=0)


def _final(status: int, answer: bytes) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer)
    if status >= 400:
        raise RefusedError(status, body)
    return body
