"""Run the goals: `python -m conformance.goals [G1 G2 …] [--small]`.

Prints a JSON object for each and ends with 1 if one does not hold. It serves an installation of its own in a new folder and
takes it away afterwards.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from conformance.installation import Installation, choose_home

NAMES = ("G1", "G2", "G3", "G4", "G9", "G10", "G11", "G12", "G19")


def main() -> int:
    """Run all goals or those named and return 1 if one does not hold."""
    options = _options()
    logging.disable(logging.WARNING)  # refusals are what is asked for
    with tempfile.TemporaryDirectory(prefix="regulars-goals-") as folder:
        home = Path(folder) / "home"
        choose_home(home)
        from regulars.config import installation

        with installation.opened():
            held = _run(options, Installation(home, options.port))
    return 0 if held else 1


def _run(options: argparse.Namespace, installation: Installation) -> bool:
    from conformance.goals import away, limits, moving, repeating, results, shop, shuffling, spending

    goals: dict[str, results.Goal] = {
        "G1": spending.wallet_of_a_hundred,
        "G2": limits.limited_offers,
        "G3": spending.bursts,
        "G4": moving.transfers_and_merges,
        "G9": repeating.copies_at_once,
        "G10": repeating.other_content,
        "G11": shuffling.any_order,
        "G12": repeating.after_a_month,
        "G19": away.database_away,
    }
    place = shop.Shop(options.port)
    place.open()
    installation.start()
    try:
        run = results.Run(place, installation, options.small)
        held = [_report(name, goals[name], run) for name in options.goal or NAMES]
        return all(held)
    finally:
        installation.stop()


def _report(name: str, goal: Any, run: Any) -> bool:
    """Run one goal, prove all invariants, print what was found."""
    from regulars.core import invariants

    started = time.monotonic()
    result = goal(run)
    seconds = round(time.monotonic() - started, 1)
    broken = [it.invariant.name for it in invariants.prove(invariants.declared()) if not it.holds]
    holds = not (broken or result.misses)
    report = {
        "goal": name, "asked": result.asked, "counted": result.counted, "seconds": seconds,
        "invariants broken": broken, "misses": result.misses, "holds": holds,
    }  # fmt: skip
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return holds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goal", nargs="*", choices=[[], *NAMES], help="only these")
    parser.add_argument("--small", action="store_true", help="a part of each, to see that it runs")
    parser.add_argument("--port", type=int, default=8794)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
