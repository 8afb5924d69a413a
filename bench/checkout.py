"""How many checkouts a second go over HTTP, beside the same rows written by pgbench in one prepared transaction.

Ours: tills in a process of their own ask for a quote and commit the sale — nine lines, a member, one coupon, points that pay a
part and points that are earned — against the web processes of `regulars serve`, every commit on the disk. The limit: pgbench,
on the same server, in the same run, with as many clients, writing the rows that such a checkout leaves.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bench import till_floor, till_shop
from bench.rows import Row

_PORT = 8791
_TILLS = 12
_SECONDS, _WARM_UP = 14.0, 4.0


def run(*, scale: int = 1) -> list[Row]:  # noqa: ARG001 - one shop is busy enough
    """Measure the throughput, the times under full and half load, and the limit before and after."""
    now = datetime.now(UTC)
    shop = till_shop.open_shop(tills=_TILLS, now=now)
    with _serving():
        full = _load(shop, now, run="full")
        half = _load(shop, now, run="half", first=800, per_second=full["per_second"] / 2)
    limit = till_floor.measure(clients=_TILLS)
    return [
        Row("checkout.per_second", full["per_second"], limit, "checkouts/s"),
        Row("checkout.p50", full["p50"], 1000 * _TILLS / limit, "ms"),
        Row("checkout.p99", full["p99"], 5 * full["p50"], "ms"),
        Row("checkout.p99_at_half_load", half["p99"], 5 * half["p50"], "ms"),
    ]


@contextmanager
def _serving() -> Iterator[None]:
    """Run the web processes as `regulars serve` does, without the limit on calls that a flood would meet."""
    environment = os.environ | {"REGULARS_API_CALLS_PER_MINUTE": "100000000", "REGULARS_LOG_LEVEL": "WARNING"}
    web = subprocess.Popen(
        [sys.executable, "-m", "regulars.config.web", "--host", "127.0.0.1", "--port", str(_PORT)], env=environment
    )
    try:
        _wait()
        yield
    finally:
        web.terminate()
        web.wait(30)


def _wait() -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web processes did not start")


def _load(shop: list[dict[str, Any]], now: datetime, *, run: str, first: int = 0, per_second: float = 0.0) -> dict[str, float]:
    plan = {
        "host": "127.0.0.1",
        "port": _PORT,
        "tills": shop,
        "seconds": _SECONDS,
        "warm_up": _WARM_UP,
        "pause": len(shop) / per_second if per_second else 0.0,
        "run": run,
        "first": first,
        "at": now.isoformat(timespec="seconds"),
        "points": till_shop.POINTS,
    }
    done = subprocess.run(
        [sys.executable, till_load_path()], input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    if done.returncode or "Traceback" in done.stderr:
        raise AssertionError(done.stderr[-2000:])
    result = json.loads(done.stdout)
    times = sorted(result["milliseconds"])
    return {
        "per_second": len(times) / result["seconds"],
        "p50": statistics.median(times),
        "p99": times[int(len(times) * 0.99)],
    }


def till_load_path() -> str:
    """Return the client's file; it imports nothing of ours."""
    return __file__.replace("checkout.py", "till_load.py")
