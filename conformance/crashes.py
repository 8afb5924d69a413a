"""Kill whatever can be killed while tills sell, and see whether a sale is lost, doubled or wrong (G14).

    python -m conformance.crashes --checkouts 10000 --kills 32

Starts an installation of its own in a new folder, lets simulated tills sell, kills with -9 web processes, the worker, sessions
of PostgreSQL, and everything at once, then holds the journals of the tills against the database and proves all invariants.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clients.till import simulator, till_client
from clients.till.till_client import Journal

from conformance.installation import Installation, choose_home, hang_up

TILLS = 8
VICTIMS = ("web", "worker", "session", "everything")


def main() -> int:
    """Run it and return 1 if anything was lost, doubled or wrong."""
    options = _options()
    till_client.SECONDS_TO_GIVE_UP = 240
    with tempfile.TemporaryDirectory(prefix="regulars-crashes-") as folder:
        home = Path(folder) / "home"
        tills = _furnish(home)
        installation = Installation(home, options.port)
        installation.start()
        try:
            seconds, counts = _sell(installation, tills, Path(folder) / "journals", options)
        finally:
            installation.stop()
        wrong = _compare(Path(folder) / "journals")
    report = {"seconds": round(seconds, 1), "kills": dict(installation.kills), **dict(sorted(counts.items())), **wrong}
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return int(any(wrong.values()) or "OTHER ANSWER TO THE SAME MESSAGE" in counts)


def _sell(installation: Installation, tills: list[dict[str, Any]], journals: Path, options: argparse.Namespace) -> Any:
    plan = {"url": installation.url, "folder": str(journals), "checkouts": options.checkouts // TILLS, "tills": tills}
    counts: Counter[str] = Counter()
    work = threading.Thread(target=lambda: counts.update(simulator.run(plan)), daemon=True)
    dice = random.Random(options.seed)  # noqa: S311 - chooses victims, no secrets
    started = time.monotonic()
    work.start()
    for number in range(options.kills):
        if not work.is_alive():
            break
        work.join(options.pause * dice.uniform(0.5, 1.5))
        victim = VICTIMS[number % len(VICTIMS)]
        installation.kill(victim, dice)
        sys.stderr.write(f"{time.monotonic() - started:.0f} s: killed {victim}, {number + 1} of {options.kills}\n")
    work.join()
    return time.monotonic() - started, counts


def _compare(journals: Path) -> dict[str, int]:
    """Hold what the tills were told against what the database has, and prove the invariants."""
    from regulars.config import installation

    with installation.opened():
        from regulars.core import invariants
        from regulars.loyalty.checkout.models import Message

        kept = {(it.store.code, it.till, it.number): it.state for it in Message.objects.select_related("store").iterator()}
        broken = [it.invariant.name for it in invariants.prove(invariants.declared()) if not it.holds]
    told = {
        (*path.stem.split("-", 1), entry["number"]): entry["status"]
        for path in journals.glob("*.jsonl")
        for entry in Journal(path).read()
        if "status" in entry
    }
    done = {number for number, status in told.items() if status < 300}
    sys.stderr.write("".join(f"broken: {name}\n" for name in broken))
    return {
        "acknowledged and lost": len(done - kept.keys()),
        "kept and never acknowledged": len(kept.keys() - done),
        "still parked": sum(state == "parked" for state in kept.values()),
        "invariants broken": len(broken),
    }


def _furnish(home: Path) -> list[dict[str, Any]]:
    """Make the shop and return what each till has to know."""
    choose_home(home)
    from regulars.config import installation

    with installation.opened():
        from bench import till_shop

        tills = till_shop.open_shop(tills=TILLS, now=datetime.now(UTC), articles=60, people=400, sales=400)
        hang_up()
    for till in tills:
        sales = till.pop("sales")
        till["members"] = list(dict.fromkeys(sale["member"] for sale in sales))
        till["coupons"] = [sale["coupons"][0] for sale in sales]
        till["skus"] = [f"A{number}" for number in range(1, 61)]
    return tills


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkouts", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=32)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two kills, about")
    parser.add_argument("--port", type=int, default=8793)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
