"""Many callers at once: nothing is spent twice, nobody deadlocks, every sum stays (G1, G3, G4, P1, T-1, T-24).

The suite runs a part of each goal; `REGULARS_LEDGER_RACES=full` runs all of it.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from django.db import connection, connections

from regulars.core.errors import DomainError
from regulars.core.invariants import declared
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.models import Account, Entry
from tests.loyalty.wallet.factories import ANA, NOW, POINTS, SYSTEM, command, give, give_back, move, post, take, units

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("ledger at once")]
FULL = os.environ.get("REGULARS_LEDGER_RACES") == "full"
ROUNDS, BURSTS, MOVES = (20, 200, 10_000) if FULL else (1, 6, 300)
IN_FLIGHT = 48  # connections; the embedded server allows 60
Call = Callable[[], object]


def at_once(calls: Iterable[Call], *, threads: int = IN_FLIGHT) -> Counter:
    """Run the calls on so many connections; return how each ended, by name. Each ends, or the run is red."""
    todo = list(calls)
    waiting = iter(todo)
    ends: Counter = Counter()
    lock, start = threading.Lock(), threading.Barrier(threads)

    def work() -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            while True:
                with lock:
                    call = next(waiting, None)
                if call is None:
                    return
                try:
                    call()
                    end = "done"
                except DomainError as refused:
                    end = refused.code
                except Exception as failed:
                    end = f"{type(failed).__name__}: {failed}"
                with lock:
                    ends[end] += 1
        finally:
            connections.close_all()

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join(timeout=300)
    assert not any(thread.is_alive() for thread in crew), "a caller still waits"
    assert sum(ends.values()) == len(todo), "a call was lost"
    return ends


def whole() -> bool:
    return not [one.name for one in declared() if one.name.startswith("wallet.") and one.check().broken]


@pytest.fixture(autouse=True)
def ledger(transactional_db) -> None:
    units()


def test_a_wallet_of_100_pays_10_exactly_ten_times() -> None:
    for _round in range(ROUNDS):
        owner = Owner(OwnerKind.CUSTOMER, random.randrange(10**9))
        post(give(100, owner))
        ends = at_once([lambda owner=owner: post(take(10, owner))] * 1000)
        assert ends == {"done": 10, "insufficient_funds": 990}
        account = Account.objects.get(owner_id=owner.id)
        taken = Entry.objects.filter(account=account, amount__lt=0)
        assert (account.balance, sum(taken.values_list("amount", flat=True))) == (0, -100)
    assert whole()


def test_bursts_of_30_on_one_wallet_never_overspend() -> None:
    for burst in range(BURSTS):
        owner = Owner(OwnerKind.CUSTOMER, 1000 + burst)
        post(give(70, owner))
        ends = at_once([lambda owner=owner: post(take(10, owner))] * 30, threads=30)
        assert ends == {"done": 7, "insufficient_funds": 23}
    assert whole()


def test_fifty_redeem_all_and_one_wins() -> None:
    post(give(100))
    ends = at_once([lambda: post(take(100))] * 50, threads=IN_FLIGHT)
    assert ends == {"done": 1, "insufficient_funds": 49}


def test_one_key_from_many_callers_is_posted_once() -> None:
    one = command(give(7), key="same")
    ends = at_once([lambda: wallet.post([one], now=NOW, viewer=SYSTEM)] * 100)
    assert ends == {"done": 100}
    assert (Account.objects.get().balance, Entry.objects.count()) == (7, 2)


def test_a_first_gift_from_many_callers_opens_one_account() -> None:
    ends = at_once([lambda: post(give(1))] * 200)
    assert ends == {"done": 200}
    assert Account.objects.get().balance == 200


def test_giving_back_at_once_gives_back_once() -> None:
    post(give(100))
    redeemed = post(take(100)).transfer_id
    ends = at_once([lambda: post(give_back(100, redeemed))] * 30, threads=30)
    assert ends == {"done": 1, "give_back.exceeds": 29}


def test_holds_at_once_reserve_no_more_than_there_is() -> None:
    post(give(100))

    def hold(number: int) -> object:
        return wallet.hold(ANA, POINTS, 30, key=f"h{number}", until=NOW.replace(year=2027), at=NOW, now=NOW, viewer=SYSTEM)

    ends = at_once([lambda number=number: hold(number) for number in range(40)], threads=40)
    assert ends == {"done": 3, "insufficient_funds": 37}
    assert whole()


def test_transfers_and_merges_among_ten_neither_lose_nor_make_nor_deadlock() -> None:
    owners = [Owner(OwnerKind.CUSTOMER, number) for number in range(10)]
    for owner in owners:
        post(give(10_000, owner))
    dice = random.Random(4)

    def any_call(number: int) -> Call:
        one, other = dice.sample(owners, 2)
        amount = dice.randint(1, 50)
        if dice.random() < 0.05:
            return lambda: wallet.merge_owner(one, other, source="t", key=f"m{number}", at=NOW, now=NOW, viewer=SYSTEM)
        if dice.random() < 0.2:  # two commands of one call, whose accounts come in any order
            both = [command(move(amount, one, other)), command(move(amount, other, one))]
            return lambda: wallet.post(both, now=NOW, viewer=SYSTEM)
        return lambda: post(move(amount, one, other))

    ends = at_once([any_call(number) for number in range(MOVES)])
    assert set(ends) <= {"done", "insufficient_funds"}, ends
    assert sum(Account.objects.values_list("balance", flat=True)) == 100_000
    assert whole()
