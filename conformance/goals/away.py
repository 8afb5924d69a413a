"""G19: PostgreSQL is restarted, then stands still for half a minute; tills are told to come back, soon, and can.

Tills go on selling all the while, each sale sent until it is done, and somebody looks at pages.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil
import psycopg
from django.conf import settings

from conformance.goals.asking import Call, Line
from conformance.goals.results import Result, Run
from conformance.goals.shop import FIRST, Shop
from conformance.installation import hang_up
from regulars.core.embedded_postgres import EmbeddedPostgres
from regulars.sales.models import Receipt

_TILLS = 32
_PAGES = ("/healthz", "/sign-in/", "/api/v1/till/parked", "/api/v1/customers")
_NORMAL_WITHIN = 5.0
_ANSWERED_WITHIN = 10.0


@dataclass(slots=True)
class Watch:
    """Every answer that came: when, after how long, with which status."""

    answers: list[tuple[float, float, int]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    done: list[str] = field(default_factory=list)

    given_up: bool = False

    def note(self, started: float, status: int) -> None:
        now = time.monotonic()
        self.answers.append((now, now - started, status))

    def statuses(self) -> dict[str, int]:
        return {str(status): count for status, count in sorted(Counter(it[2] for it in self.answers).items())}

    def last_refusal(self, *, since: float) -> float:
        """Return how long after `since` the last call was not served."""
        refused = (at - since for at, _, status in self.answers if status >= 500 or status == 0)
        return max(0.0, *refused, 0.0)

    def longest(self, *, since: float, until: float) -> float:
        """Return the longest wait for an answer that came in between."""
        return max((took for at, took, _ in self.answers if since <= at <= until), default=0.0)

    def served(self, *, since: float, until: float) -> int:
        return sum(since <= at <= until and status < 300 for at, _, status in self.answers)


def database_away(run: Run) -> Result:
    """Restart it, pause it, and look at every answer."""
    tills, pages = Watch(), Watch()
    crew = [threading.Thread(target=_sell, args=(run.shop, tills, number), daemon=True) for number in range(_TILLS)]
    crew += [threading.Thread(target=_look, args=(run.shop, pages), daemon=True) for _ in range(2)]
    for thread in crew:
        thread.start()
    pause = run.pick(30, 12)
    result = Result({"tills": _TILLS, "seconds paused": pause})
    try:
        time.sleep(5)
        _restart(run, result, tills, pages)
        _pause(run, result, tills, pages, seconds=pause)
    finally:
        for watch in (tills, pages):
            watch.stopping.set()
        give_up_at = time.monotonic() + 45
        for thread in crew:
            thread.join(max(0.0, give_up_at - time.monotonic()))
        tills.given_up = True
    result.counted["answers to tills"], result.counted["answers to pages"] = tills.statuses(), pages.statuses()
    strange = {status for watch in (tills, pages) for _, _, status in watch.answers} - {200, 201, 302, 401, 403, 503}
    result.expect("answers that are neither served nor 503", sorted(strange), [])
    kept = set(
        Receipt.objects.filter(external_id__startswith=f"{FIRST}/", till__startswith="9-").values_list("external_id", flat=True)
    )
    result.expect("acknowledged and lost", len(set(tills.done) - kept), 0)
    result.expect("kept and never acknowledged", len(kept - set(tills.done)), 0)
    return result


def _restart(run: Run, result: Result, tills: Watch, pages: Watch) -> None:
    hang_up()
    stopped = time.monotonic()
    EmbeddedPostgres(run.installation.home / "postgres").stop()
    while not _is_ready():  # the supervisor starts it again
        time.sleep(0.05)
    result.counted["restart: seconds until the database takes connections"] = round(time.monotonic() - stopped, 1)
    up = time.monotonic()
    time.sleep(12)
    _expect_normal(result, "restart", tills, pages, since=up)


def _is_ready() -> bool:
    try:
        psycopg.connect(settings.DATABASE_URL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _pause(run: Run, result: Result, tills: Watch, pages: Watch, *, seconds: int) -> None:
    (postmaster,) = run.installation.postmaster()
    frozen = [postmaster, *postmaster.children(recursive=True)]
    stopped = time.monotonic()
    for process in frozen:
        _signal(process, "suspend")
    time.sleep(seconds)
    for process in frozen:
        _signal(process, "resume")
    up = time.monotonic()
    for name, watch in (("tills", tills), ("pages", pages)):
        longest = watch.longest(since=stopped, until=up)
        result.at_most(f"longest answer to {name} while paused, seconds", longest, _ANSWERED_WITHIN)
        result.counted[f"answers to {name} while paused"] = sum(stopped <= at <= up for at, _, _ in watch.answers)
    time.sleep(12)
    _expect_normal(result, "pause", tills, pages, since=up)


def _expect_normal(result: Result, name: str, tills: Watch, pages: Watch, *, since: float) -> None:
    for who, watch in (("tills", tills), ("pages", pages)):
        result.at_most(f"{name}: last refusal of {who}, seconds after", watch.last_refusal(since=since), _NORMAL_WITHIN)
    served = tills.served(since=since + _NORMAL_WITHIN, until=since + _NORMAL_WITHIN + 5)
    result.counted[f"{name}: sales a second from five seconds after"] = served / 5
    if not served:
        result.misses.append(f"{name}: nothing is sold afterwards")


def _signal(process: psutil.Process, verb: str) -> None:
    try:
        getattr(process, verb)()
    except psutil.NoSuchProcess:
        return


def _sell(shop: Shop, watch: Watch, till: int) -> None:
    """Sell one sale after the other; each is sent until it is done."""
    line, number = Line(shop.port), 0
    while not watch.stopping.is_set():
        number += 1
        call = Call.of(shop.keys[FIRST], "sales", shop.sale(f"G19-{number}", till=f"9-{till}"))
        while (status := _send(line, call, watch)) in {0, 409, 503} and not watch.given_up:
            time.sleep(0.2)
        if status == 201:
            watch.done.append(f"{FIRST}/9-{till}/G19-{number}")


def _send(line: Line, call: Call, watch: Watch) -> int:
    started = time.monotonic()
    try:
        status = line.ask(call).status
    except (OSError, ValueError):
        line.close()
        status = 0
    if status != 409:  # in progress: the first copy of this message is still being worked on
        watch.note(started, status)
    return status


def _look(shop: Shop, watch: Watch) -> None:
    """Look at pages, again and again."""
    turn = 0
    while not watch.stopping.is_set():
        turn += 1
        page = _PAGES[turn % len(_PAGES)]
        started, line = time.monotonic(), http.client.HTTPConnection("127.0.0.1", shop.port, timeout=40)
        try:
            line.request("GET", page, headers={"Authorization": f"Bearer {shop.keys[FIRST]}"})
            watch.note(started, line.getresponse().status)
        except (OSError, http.client.HTTPException):
            watch.note(started, 0)
        finally:
            line.close()
        time.sleep(0.1)
