"""One of the processes that move points for `moving`: so many threads, each with one call of the ledger after the other.

Imported before Django is ready, so what needs it is imported where it is used.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime

THREADS = 32
_POINTS = "points.club"


def move(owners: list[int], process: int, moves: int) -> tuple[dict[str, int], float]:
    """Run one process's share on its threads; return how the calls ended, by name, and the longest of them."""
    import django

    django.setup()
    ends: Counter[str] = Counter()
    longest = [0.0]
    waiting, lock = iter(range(moves)), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number = next(waiting, None)
            if number is None:
                return
            started = time.perf_counter()
            end = _one(owners, process, number)
            with lock:
                ends[end] += 1
                longest[0] = max(longest[0], time.perf_counter() - started)

    crew = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return dict(ends), longest[0]


def _one(owners: list[int], process: int, number: int) -> str:
    from django.db import connection

    from regulars.core.errors import DomainError

    try:
        _any_call(owners, process, number)
    except DomainError as refused:
        return refused.code
    except Exception as failed:  # noqa: BLE001 - a deadlock or a lock that was waited for too long is what is looked for
        return f"{type(failed).__name__}: {str(failed)[:80]}"
    finally:
        connection.close()
    return "done"


def _any_call(owners: list[int], process: int, number: int) -> None:
    from regulars.loyalty.wallet import services as wallet
    from regulars.loyalty.wallet.commands import Command, Move, Owner, OwnerKind
    from regulars.organization.access import system

    dice = random.Random(f"{process}/{number}")  # noqa: S311 - moves, no secrets
    one, other = (Owner(OwnerKind.CUSTOMER, id) for id in dice.sample(owners, 2))
    now, viewer, key = datetime.now(UTC), system("goals"), f"G4/{process}/{number}"
    if dice.random() < 0.05:
        wallet.merge_owner(one, other, source="goals", key=key, at=now, now=now, viewer=viewer)
        return
    ways = [(one, other), (other, one)] if dice.random() < 0.2 else [(one, other)]
    moves = [
        Command(
            source="goals", key=f"{key}/{at}", kind="move", at=now,
            parts=(Move(owner=from_, to=to, unit=_POINTS, amount=dice.randint(1, 50)),),
        )
        for at, (from_, to) in enumerate(ways)
    ]  # fmt: skip
    wallet.post(moves, now=now, viewer=viewer)
