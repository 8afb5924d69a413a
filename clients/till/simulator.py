"""A street of simulated tills: they sell, lose the line, say things twice and out of order, as real ones do.

For whoever wants to see a server under the load of many stores: `python -m clients.till.simulator --plan plan.json`. The plan
names the server and, for each till, its key, store, members and articles. What each till said and was answered stands in its
journal, so that afterwards it can be held against what the server has.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from clients.till.till_client import LineDownError, RefusedError, Till

OFFLINE, VOIDED, RETURNED = 0.10, 0.05, 0.10  # shares of the sales
LOST_ANSWER, SAID_TWICE = 0.03, 0.03  # shares of the messages


class FaultyTill(Till):
    """A till whose line loses answers and whose cashier presses twice."""

    def __init__(self, url: str, *, dice: random.Random, counts: Counter[str], **named: Any) -> None:
        super().__init__(url, **named)
        self._dice, self._counts = dice, counts

    def _once(self, method: str, path: str, body: bytes) -> tuple[int, str | None, bytes]:
        answer = super()._once(method, path, body)
        fate = self._dice.random()
        if fate < LOST_ANSWER:
            self._counts["answers lost"] += 1
            self._hang_up()
            raise OSError("the line went down before the answer came")
        if fate < LOST_ANSWER + SAID_TWICE:
            self._counts["said twice"] += 1
            again = super()._once(method, path, body)
            is_answer = again[0] < 500  # a server that is away for a moment has given none
            if path in {"sales", "voids", "returns"} and answer[0] < 300 and is_answer and again[2] != answer[2]:
                self._counts["OTHER ANSWER TO THE SAME MESSAGE"] += 1
        return answer


class Cashier(threading.Thread):
    """One till at work."""

    def __init__(self, plan: dict[str, Any], till: dict[str, Any], counts: Counter[str], seed: int) -> None:
        super().__init__(daemon=True)
        self._dice = random.Random(seed)  # noqa: S311 - baskets, no secrets
        self._counts, self._plan, self._spec = counts, plan, till
        journal = Path(plan["folder"]) / f"{till['store']}-{till['till']}.jsonl"
        self._till = FaultyTill(
            plan["url"],
            key=till["key"],
            store=till["store"],
            till=till["till"],
            journal=journal,
            dice=self._dice,
            counts=counts,
        )

    def run(self) -> None:
        """Do so many checkouts, then send whatever the line has kept back."""
        for _ in range(self._plan["checkouts"]):
            started = time.perf_counter()
            try:
                self._check_out()
            except RefusedError as refusal:
                self._counts[f"refused {refusal.code}"] += 1
            except LineDownError:
                self._counts["line down"] += 1
            self._counts["checkouts"] += 1
            self._counts["milliseconds"] += int((time.perf_counter() - started) * 1000)
        while self._till.flush(self._dice.shuffle):
            pass
        self._till.close()

    def _check_out(self) -> None:
        lines = self._lines()
        if self._dice.random() < OFFLINE:
            self._sell_alone(lines)
            return
        member = self._dice.choice(self._spec["members"]) if self._dice.random() < 0.8 else ""
        coupons = [self._spec["coupons"].pop()] if self._spec.get("coupons") and self._dice.random() < 0.2 else []
        asked = {"member": member, "coupons": coupons, "points": 100 if member and self._dice.random() < 0.5 else 0}
        quoted = self._till.quote(lines, **asked)
        number = self._till.next_number()
        payments = [*quoted["payments"], {"kind": self._dice.choice(["cash", "card", "wallet"]), "amount": quoted["due"]}]
        self._till.sell(lines, number=number, member=member, coupons=coupons, total=quoted["total"], payments=payments)
        self._counts["sales"] += 1
        self._regret(number)

    def _regret(self, number: str) -> None:
        fate = self._dice.random()
        if fate < VOIDED:
            self._till.void(number)
            self._counts["voids"] += 1
        elif fate < VOIDED + RETURNED:
            self._till.give_back(number, lines=[{"line": 1, "quantity": 1}])
            self._counts["returns"] += 1

    def _sell_alone(self, lines: list[dict[str, Any]]) -> None:
        """Sell while the line is down; now and then the goods come back before the line does."""
        priced = [line | {"amount": 500 * line["quantity"]} for line in lines]
        total = sum(line["amount"] for line in priced)
        sale = {"lines": priced, "total": total, "payments": [{"kind": "cash", "amount": total}], "offline": True}
        number = self._till.keep("sales", sale)
        if self._dice.random() < 0.3:
            named = {"store": self._spec["store"], "till": self._spec["till"], "number": number}
            self._till.keep("returns", {"sale": named, "lines": [{"line": 1, "quantity": 1}]})
        self._counts["sales made offline"] += 1
        if self._dice.random() < 0.2:
            self._till.flush(self._dice.shuffle)

    def _lines(self) -> list[dict[str, Any]]:
        skus = self._dice.sample(self._spec["skus"], self._dice.randrange(1, 6))
        return [{"line": at, "sku": sku, "quantity": self._dice.randrange(1, 4)} for at, sku in enumerate(skus, start=1)]


def run(plan: dict[str, Any]) -> Counter[str]:
    """Let all tills work at once and return what happened, counted."""
    Path(plan["folder"]).mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    cashiers = [Cashier(plan, till, counts, seed) for seed, till in enumerate(plan["tills"], start=plan.get("seed", 1))]
    for cashier in cashiers:
        cashier.start()
    for cashier in cashiers:
        cashier.join()
    return counts


def main() -> None:
    """Read the plan, run it, print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", required=True, help="JSON: url, folder for the journals, checkouts per till, tills")
    counts = run(json.loads(Path(parser.parse_args().plan).read_text(encoding="utf-8")))
    sys.stdout.write(json.dumps(dict(sorted(counts.items())), indent=2) + "\n")


if __name__ == "__main__":
    main()
