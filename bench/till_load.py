"""The tills of the checkout benchmark, in a process of their own: each asks for a quote and commits the sale, over and over.

Plain sockets that stay open, so that the clients take as little as possible of the machine that is measured. Reads what to do
as JSON from its input and writes the milliseconds of every checkout as JSON to its output.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any


class Line:
    """One HTTP connection that stays open."""

    def __init__(self, host: str, port: int, key: str) -> None:
        self._socket = socket.create_connection((host, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f" HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        self._rest = b""

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        head = f"POST /api/v1/till/{path}{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        header = data[:end].lower()
        at = header.index(b"content-length:") + 15
        length = int(header[at:].split(b"\r", 1)[0])
        data = data[end + 4 :]
        while len(data) < length:
            data += self._more()
        self._rest = data[length:]
        return int(header[9:12]), data[:length]

    def _more(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server hung up")
        return chunk


def main() -> None:
    """Run the tills for so many seconds, the first of which do not count."""
    plan = json.load(sys.stdin)
    started = time.perf_counter()
    results: list[list[tuple[float, float]]] = [[] for _ in plan["tills"]]
    threads = [
        threading.Thread(target=_sell, args=(plan, till, results[number], started, number / len(plan["tills"])))
        for number, till in enumerate(plan["tills"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted = [ms for taken in results for at, ms in taken if at >= plan["warm_up"]]
    json.dump({"milliseconds": counted, "seconds": plan["seconds"] - plan["warm_up"]}, sys.stdout)


def _sell(plan: dict[str, Any], till: dict[str, Any], taken: list[tuple[float, float]], started: float, share: float) -> None:
    line = Line(plan["host"], plan["port"], till["key"])
    every = plan["pause"]
    number = plan["first"]
    time.sleep(every * share)  # tills know nothing of each other: they do not ring at the same moment
    while (now := time.perf_counter() - started) < plan["seconds"]:
        sale = till["sales"][number % len(till["sales"])]
        number += 1
        begun = time.perf_counter()
        _check_out(line, plan, till, sale, f"{plan['run']}-{number}")
        took = time.perf_counter() - begun
        taken.append((now, took * 1000))
        if every:
            time.sleep(max(every - took, 0))


def _check_out(line: Line, plan: dict[str, Any], till: dict[str, Any], sale: dict[str, Any], number: str) -> None:
    head = {"store": till["store"], "till": till["till"], "at": plan["at"]}
    asked = head | sale | {"points": plan["points"]}
    status, body = line.post("quotes", json.dumps(asked, separators=(",", ":")).encode())
    if status != 200:
        raise AssertionError(f"quote: {status} {body!r}")
    quoted = json.loads(body)
    said = head | sale | {"number": number, "total": quoted["total"], "quote": quoted.get("quote", "")}
    said["payments"] = [*quoted["payments"], {"kind": "card", "amount": quoted["due"]}]
    status, body = line.post("sales", json.dumps(said, separators=(",", ":")).encode())
    if status != 201:
        raise AssertionError(f"sale: {status} {body!r}")


if __name__ == "__main__":
    main()
