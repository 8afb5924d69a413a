"""Kill whatever can be killed while tills sell, and see whether a sale is lost, doubled or wrong (G14).

    python -m conformance.crashes --checkouts 10000 --kills 32

Starts an installation of its own in a new folder, lets simulated tills sell, kills with -9 web processes, the worker, sessions
of PostgreSQL, and everything at once, then holds the journals of the tills against the database and proves all invariants.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from clients.till import simulator, till_client
from clients.till.till_client import Journal

TILLS = 8
VICTIMS = ("web", "worker", "session", "everything")


@dataclass(slots=True)
class Installation:
    """An installation that is started again whenever it was killed."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start `regulars serve` and wait until it answers."""
        environment = os.environ | {"REGULARS_LOG_LEVEL": "ERROR", "REGULARS_API_CALLS_PER_MINUTE": "1000000"}
        command = [sys.executable, "-m", "regulars.config.cli", "serve", "--port", str(self.port), "--home", str(self.home)]
        give_up_at = time.monotonic() + 240
        with (self.home.parent / "serve.log").open("ab") as log:
            while time.monotonic() < give_up_at:
                if self.process is None or self.process.poll() is not None:  # as the system's own supervisor would
                    self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
                try:
                    with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):  # noqa: S310 - our own address
                        return
                except OSError:
                    time.sleep(0.5)
        raise RuntimeError("the installation did not start; see serve.log")

    def stop(self) -> None:
        """Stop it politely."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def kill(self, victim: str, dice: random.Random) -> None:
        """Kill one of the processes that this run started, without asking."""
        assert self.process is not None
        if victim == "everything":
            doomed = [psutil.Process(self.process.pid), *self._processes(), *self._sessions(), *self._postmaster()]
        elif victim == "session":
            doomed = self._sessions()[:1]
        else:
            called = {"web": "regulars.config.web", "worker": "regulars.config.cli worker"}[victim]
            found = [it for it in self._processes() if called in " ".join(_command(it))]
            doomed = [dice.choice(found)] if found else []
        for process in doomed:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.kills[victim] += bool(doomed)
        if victim == "everything":
            self.process.wait(30)
            self.start()

    def _processes(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def _postmaster(self) -> list[psutil.Process]:
        try:
            return [psutil.Process(int((self.home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]))]
        except (OSError, ValueError, psutil.NoSuchProcess):
            return []

    def _sessions(self) -> list[psutil.Process]:
        """Return the sessions of the application: PostgreSQL restarts all of them when one is killed."""
        found = [child for server in self._postmaster() for child in server.children()]
        return [child for child in found if "regulars_app" in " ".join(_command(child))]


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
    os.environ["REGULARS_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    os.environ.setdefault("REGULARS_LOG_LEVEL", "ERROR")
    os.environ.pop("DATABASE_URL", None)
    from regulars.config import installation

    with installation.opened():
        from bench import till_shop

        tills = till_shop.open_shop(tills=TILLS, now=datetime.now(UTC), articles=60, people=400, sales=400)
        _hang_up()
    for till in tills:
        sales = till.pop("sales")
        till["members"] = list(dict.fromkeys(sale["member"] for sale in sales))
        till["coupons"] = [sale["coupons"][0] for sale in sales]
        till["skus"] = [f"A{number}" for number in range(1, 61)]
    return tills


def _hang_up() -> None:
    """Give back the connections to a server that is going to be killed."""
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkouts", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=32)
    parser.add_argument("--pause", type=float, default=6.0, help="seconds between two kills, about")
    parser.add_argument("--port", type=int, default=8793)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
