"""Says messages to the server, many at the same moment, on lines that stay open.

For the goals. A message is made once and sent as the same bytes until the answer is final, as every till must.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.shop import Answer

IN_FLIGHT = 64
_AGAIN = {429, 502, 503, 504}
_SECONDS_TO_ANSWER = 40


@dataclass(frozen=True, slots=True)
class Call:
    """One message: with which key, to which address, saying what."""

    key: str
    path: str
    body: bytes

    @classmethod
    def of(cls, key: str, path: str, body: dict[str, Any]) -> Call:
        return cls(key, path, json.dumps(body, separators=(",", ":")).encode())


class Line:
    """One HTTP connection that stays open; opened again when the server has hung up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, call: Call) -> Answer:
        """Say it once."""
        self.send(self.raw(call))
        return self.receive()

    def insist(self, call: Call, *, ends: Counter[str] | None = None) -> Answer:
        """Say it until the answer is final; `ends` counts the answers that were not."""
        while True:
            answer = self.ask(call)
            if not is_open(answer):
                return answer
            if ends is not None:
                ends[answer.code] += 1
            time.sleep(0.05)

    def raw(self, call: Call) -> bytes:
        """Return the request as it goes over the line."""
        method = "POST" if call.body else "GET"
        head = (
            f"{method} /api/v1/till/{call.path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Bearer {call.key}\r\nContent-Type: application/json\r\nContent-Length: {len(call.body)}\r\n\r\n"
        )
        return head.encode() + call.body

    def send(self, raw: bytes) -> None:
        """Send some bytes of a request."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_SECONDS_TO_ANSWER)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(raw)

    def receive(self) -> Answer:
        """Return the answer to what was sent."""
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        header = data[:end].lower()
        length = int(header[header.index(b"content-length:") + 15 :].split(b"\r", 1)[0])
        data = data[end + 4 :]
        while len(data) < length:
            data += self._more()
        self._rest = data[length:]
        return Answer(int(header[9:12]), data[:length])

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _more(self) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server hung up")
        return chunk


def is_open(answer: Answer) -> bool:
    """Return whether the message has to be sent again."""
    return answer.status in _AGAIN or (answer.status == 409 and answer.code == "message.in_progress")


def at_once(port: int, calls: Sequence[Call], *, in_flight: int = IN_FLIGHT, ends: Counter[str] | None = None) -> list[Answer]:
    """Send all calls, so many of them in flight, each until its answer is final; return the answers in the calls' order."""
    answers: list[Answer | None] = [None] * len(calls)
    failed: list[BaseException] = []
    waiting, lock = iter(range(len(calls))), threading.Lock()

    def work() -> None:
        line = Line(port)
        try:
            while not failed:
                with lock:
                    number = next(waiting, None)
                if number is None:
                    return
                answers[number] = line.insist(calls[number], ends=ends)
        except BaseException as problem:  # noqa: BLE001 - told by whoever waits for all
            failed.append(problem)
        finally:
            line.close()

    crew = [threading.Thread(target=work, daemon=True) for _ in range(min(in_flight, len(calls)))]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    if failed:
        raise failed[0]
    return [answer for answer in answers if answer is not None]


def ends_of(answers: Iterable[Answer]) -> dict[str, int]:
    """Return how often each end was met: «done», «parked», or the code of the refusal."""
    names = {200: "done", 201: "done", 202: "parked"}
    return dict(sorted(Counter(names.get(it.status) or it.code for it in answers).items()))
