"""Any sequence of verbs leaves the ledger whole: a model in plain Python agrees with it after every step (G5).

After each step one statement adds up everything that the accounts consist of; after each sequence the ledger's own
invariants are proved over the whole of it. The suite runs a small number of sequences. The full goal, 2,000 sequences of
50 steps, tells every 100 sequences how far it is:
`REGULARS_LEDGER_SEQUENCES=2000 uv run pytest tests/loyalty/wallet/test_any_sequence.py -n0 -s`
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from datetime import timedelta
from itertools import count
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from regulars.core import prepared
from regulars.core.errors import DomainError
from regulars.core.invariants import declared
from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import House
from tests.loyalty.wallet import factories as make
from tests.loyalty.wallet.factories import DAY, MONEY, POINTS, SYSTEM

SEQUENCES = int(os.environ.get("REGULARS_LEDGER_SEQUENCES", "6"))
OWNERS = {owner.id: owner for owner in (make.ANA, make.BEN, make.CHIARA)}
owners = st.sampled_from([make.ANA, make.BEN, make.CHIARA])
units = st.sampled_from([POINTS, MONEY])
amounts = st.integers(1, 120)
_key = count(1)
_TOLD_EVERY = 100
done = SimpleNamespace(sequences=0, steps=0, since=time.monotonic())

# An empty file for each table, which goes when the sequence is rolled back: rows that no longer count would slow down the next.
_EMPTY = """
TRUNCATE wallet_unit, wallet_liabilitymark, wallet_liabilitymonth, wallet_account, wallet_transfer, wallet_entry, wallet_lot,
    wallet_hold, wallet_holdlot
"""
# For each account: what it says, and what its entries, lots and holds add up to; and the transfers that do not balance.
_ACCOUNTS = """
SELECT a.owner_id, u.code, a.balance, a.held, a.debt, e.balance, e.debt, e.last, e.strays, l.remaining, l.held, l.wrong, h.held
FROM wallet_account a JOIN wallet_unit u ON u.id = a.unit_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(e.amount), 0)::bigint AS balance,
        -coalesce(sum(e.amount) FILTER (WHERE e.lot_id IS NULL), 0)::bigint AS debt,
        coalesce((array_agg(e.balance_after ORDER BY e.id DESC))[1], 0) AS last,
        count(*) FILTER (WHERE e.unit_id <> a.unit_id) AS strays
    FROM wallet_entry e WHERE e.account_id = a.id
) e
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.remaining), 0)::bigint AS remaining, coalesce(sum(l.held), 0)::bigint AS held,
        count(*) FILTER (WHERE l.remaining <> s.remaining OR l.held <> coalesce(p.held, 0)) AS wrong
    FROM wallet_lot l
    LEFT JOIN (SELECT lot_id, sum(amount) AS remaining FROM wallet_entry WHERE account_id = a.id GROUP BY lot_id) s
        ON s.lot_id = l.id
    LEFT JOIN (SELECT p.lot_id, sum(p.amount) AS held FROM wallet_hold o JOIN wallet_holdlot p ON p.hold_id = o.id
        WHERE o.state = 'open' AND o.account_id = a.id GROUP BY p.lot_id) p ON p.lot_id = l.id
    WHERE l.account_id = a.id
) l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(o.amount), 0)::bigint AS held FROM wallet_hold o WHERE o.account_id = a.id AND o.state = 'open'
) h
UNION ALL
SELECT e.transfer_id, 'uneven', sum(e.amount)::bigint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM wallet_entry e WHERE e.transfer_id > %(since)s::bigint GROUP BY e.transfer_id, e.unit_id HAVING sum(e.amount) <> 0
"""


class Ledger(RuleBasedStateMachine):
    """What the ledger should hold, kept in a dictionary beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = make.NOW
        self.sums: dict = defaultdict(int)
        self.earned: list = []
        self.taken: list = []
        self.holds: dict = {}
        self.posted: list = []
        self.known: dict = {}
        self.newest = 0
        self._transaction = None

    @initialize()
    def begin(self) -> None:
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        with connection.cursor() as cursor:
            cursor.execute(_EMPTY)
        make.units()

    def teardown(self) -> None:
        if self._transaction is None:
            return
        try:
            for one in WALLET:
                outcome = one.check()
                assert outcome.broken == 0, (one.sentence, outcome.examples)
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
        done.sequences += 1
        if done.sequences % _TOLD_EVERY == 0:
            print(f"{done.sequences} sequences, {done.steps} steps, {time.monotonic() - done.since:.0f} s", flush=True)  # noqa: T201

    def attempt(self, *parts, kind="earn", **values):
        """Post, and return the answer or None if it was refused, which must change nothing."""
        command = make.command(*parts, kind=kind, at=self.now, **values)
        try:
            with transaction.atomic():
                answer = wallet.post([command], now=self.now, viewer=SYSTEM)[0]
        except DomainError:
            assert self.figures() == self.known
            return None
        self.posted.append((command, answer))
        return answer

    def figures(self):
        """Return balance, held and debt of every account, after making sure that all of its rows add up to them."""
        found = {}
        for owner_id, unit, *sums in prepared.fetch(_ACCOUNTS, {"since": self.newest}):
            balance, held, debt, entries, off_lots, last, strays, remaining, lots_held, wrong, holds_held = sums
            assert unit != "uneven", f"transfer {owner_id} adds up to {balance}"
            assert (balance, debt) == (entries, off_lots), (owner_id, unit, sums)
            assert balance == last == remaining - debt, (owner_id, unit, sums)
            assert held == lots_held == holds_held, (owner_id, unit, sums)
            assert (strays, wrong) == (0, 0), (owner_id, unit, sums)
            found[OWNERS[owner_id], unit] = (balance, held, debt)
        return found

    @rule(owner=owners, unit=units, amount=amounts, lives=st.sampled_from([None, 1, 3, 30]), waits=st.sampled_from([0, 0, 2]))
    def earn_or_top_up(self, owner, unit, amount, lives, waits) -> None:
        expires = self.now + lives * DAY if lives else None
        part = make.give(amount, owner, unit=unit, expires_at=expires, available_from=self.now + waits * DAY)
        answer = self.attempt(part)
        self.sums[owner, unit] += amount
        self.earned.append((answer.transfer_id, owner, unit, amount))

    @rule(owner=owners, unit=units, amount=amounts)
    def redeem(self, owner, unit, amount) -> None:
        spendable = {one.unit: one.spendable for one in selectors.balances_of(owner, now=self.now)}.get(unit, 0)
        answer = self.attempt(make.take(amount, owner, unit=unit), kind="redeem")
        assert (answer is not None) == (amount <= spendable)
        if answer:
            self.sums[owner, unit] -= amount
            self.taken.append([answer.transfer_id, owner, unit, amount])

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), amount=amounts, grace=st.sampled_from([None, 5]))
    def refund(self, data, amount, grace) -> None:
        taken = data.draw(st.sampled_from(self.taken))
        transfer_id, owner, unit, left = taken
        not_before = self.now + grace * DAY if grace else None
        answer = self.attempt(make.give_back(amount, transfer_id, owner, unit=unit, not_before=not_before), kind="refund")
        assert (answer is not None) == (amount <= left)
        if answer:
            taken[3] -= amount
            self.sums[owner, unit] += amount

    @precondition(lambda self: self.earned)
    @rule(data=st.data(), amount=amounts)
    def claw_back(self, data, amount) -> None:
        transfer_id, owner, unit, _amount = data.draw(st.sampled_from(self.earned))
        part = make.take(
            amount, owner, unit=unit, house=House.CLAWED_BACK, of_transfer=transfer_id, may_indebt=True, also_pending=True
        )
        assert self.attempt(part, kind="claw_back")
        self.sums[owner, unit] -= amount

    @rule(owner=owners, unit=units, amount=amounts, minutes=st.sampled_from([5, 60 * 48]))
    def hold(self, owner, unit, amount, minutes) -> None:
        key = f"h{next(_key)}"
        try:
            with transaction.atomic():
                wallet.hold(
                    owner, unit, amount, key=key, until=self.now + timedelta(minutes=minutes),
                    at=self.now, now=self.now, viewer=SYSTEM,
                )  # fmt: skip
        except DomainError:
            return
        self.holds[key] = [owner, unit, amount]

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), part=st.integers(1, 120))
    def capture(self, data, part) -> None:
        key = data.draw(st.sampled_from(sorted(self.holds)))
        owner, unit, amount = self.holds.pop(key)
        part = min(part, amount)
        answer = self.attempt(make.take(part, owner, unit=unit, hold=key), kind="redeem")
        if answer:
            self.sums[owner, unit] -= part
            self.taken.append([answer.transfer_id, owner, unit, part])

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def release(self, data) -> None:
        key = data.draw(st.sampled_from(sorted(self.holds)))
        del self.holds[key]
        wallet.release_hold(key, now=self.now, viewer=SYSTEM)
        wallet.release_hold(key, now=self.now, viewer=SYSTEM)

    @rule(owner=owners, to=owners, unit=units, amount=amounts)
    def move(self, owner, to, unit, amount) -> None:
        if owner == to:
            return
        if self.attempt(make.move(amount, owner, to, unit=unit), kind="transfer"):
            self.sums[owner, unit] -= amount
            self.sums[to, unit] += amount

    @rule(from_=owners, into=owners)
    def merge(self, from_, into) -> None:
        if from_ == into:
            return
        wallet.merge_owner(from_, into, source="test", key=f"m{next(_key)}", at=self.now, now=self.now, viewer=SYSTEM)
        for unit in (POINTS, MONEY):
            self.sums[into, unit] += self.sums.pop((from_, unit), 0)
        for known in (*self.taken, *self.holds.values()):
            place = 1 if known in self.taken else 0
            if known[place] == from_:
                known[place] = into
        self.earned = [(t, into if owner == from_ else owner, unit, amount) for t, owner, unit, amount in self.earned]

    @rule(days=st.sampled_from([0, 1, 2, 31]))
    def time_passes_and_lots_expire(self, days) -> None:
        self.now += days * DAY + timedelta(minutes=7)
        wallet.release_stale_holds(now=self.now)
        before = self.figures()
        wallet.expire_due(now=self.now)
        for pair, (posted, _held, _debt) in self.figures().items():
            self.sums[pair] -= before[pair][0] - posted

    @rule(owner=owners)
    def freeze_and_thaw(self, owner) -> None:
        wallet.freeze(owner, reason="test", now=self.now, viewer=SYSTEM)
        assert self.attempt(make.take(1, owner), kind="redeem") is None
        wallet.unfreeze(owner, reason="test", now=self.now, viewer=SYSTEM)

    @rule(owner=owners, unit=units, amount=st.integers(-50, 50).filter(bool))
    def adjust(self, owner, unit, amount) -> None:
        part = (make.give if amount > 0 else make.take)(abs(amount), owner, unit=unit, house=House.ADJUSTED)
        if self.attempt(part, kind="adjust"):
            self.sums[owner, unit] += amount

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def repeat(self, data) -> None:
        command, answer = data.draw(st.sampled_from(self.posted))
        again = wallet.post([command], now=self.now, viewer=SYSTEM)[0]
        assert (again.transfer_id, again.balances, again.repeated) == (answer.transfer_id, answer.balances, True)

    @invariant()
    def the_ledger_holds_what_the_model_holds(self) -> None:
        if self._transaction is None:
            return
        done.steps += 1
        self.known = self.figures()
        self.newest = max([self.newest, *(answer.transfer_id for _command, answer in self.posted[-1:])])
        found = {pair: posted for pair, (posted, _held, _debt) in self.known.items() if posted}
        assert found == {pair: value for pair, value in self.sums.items() if value}


WALLET = [one for one in declared() if one.name.startswith("wallet.") and one.name != "wallet.seals"]


@pytest.mark.django_db
def test_any_sequence_of_verbs_leaves_the_ledger_whole(db) -> None:
    options = settings(
        max_examples=SEQUENCES, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Ledger, settings=options)
