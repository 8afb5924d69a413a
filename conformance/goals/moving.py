"""G4: transfers and merges among ten owners, in any order at once, neither lose nor make a point, nor block each other.

No message of a till moves points between members, so this goal calls the ledger itself: two processes, on the database that
the server is using at the same time.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.db.models import Sum

from conformance.goals import movers
from conformance.goals.results import Result, Run
from conformance.goals.shop import POINTS
from regulars.loyalty.wallet.models import Account

PROCESSES, SESSIONS = 2, 10  # sessions of each process: the embedded server allows 60, of which web and worker have half
_OWNERS, _EACH = 10, 10_000


def transfers_and_merges(run: Run) -> Result:
    """Move points among ten members until nothing is left to do; then add up."""
    moves = run.pick(10_000, 300)
    owners = run.shop.members(_OWNERS, points=_EACH)
    result = Result({"moves": moves, "owners": _OWNERS, "in flight": PROCESSES * movers.THREADS, "lock_timeout": "2s"})
    before = os.environ.copy()
    os.environ |= {"PGOPTIONS": "-c lock_timeout=2s", "REGULARS_POOL_SIZE": str(SESSIONS)}
    try:
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(movers.move, [owners] * PROCESSES, range(PROCESSES), [moves // PROCESSES] * PROCESSES))
    finally:
        os.environ.clear()
        os.environ.update(before)
    ends: Counter[str] = sum((Counter(ends) for ends, _ in parts), Counter())
    result.counted["ends"] = dict(ends)
    result.expect("calls that ended neither done nor without funds", moves - ends["done"] - ends["insufficient_funds"], 0)
    result.at_most("longest call, seconds", max(longest for _, longest in parts), 5)
    left = Account.objects.filter(owner_id__in=owners, unit__code=POINTS).aggregate(sum=Sum("balance"))["sum"]
    result.expect("points that the ten have together", left, _OWNERS * _EACH)
    return result
