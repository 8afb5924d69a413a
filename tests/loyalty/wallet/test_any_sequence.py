"""Any sequence of verbs leaves the ledger whole: a model in plain Python and the invariants agree after every step (G5).

The suite runs a small number of sequences. The full goal, 2,000 sequences of 50 steps:
`REGULARS_LEDGER_SEQUENCES=2000 uv run pytest tests/loyalty/wallet/test_any_sequence.py -n0 -s`
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from regulars.core.errors import DomainError
from regulars.core.invariants import declared
from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import House
from tests.loyalty.wallet import factories as make
from tests.loyalty.wallet.factories import DAY, MONEY, POINTS, SYSTEM

SEQUENCES = int(os.environ.get("REGULARS_LEDGER_SEQUENCES", "6"))
owners = st.sampled_from([make.ANA, make.BEN, make.CHIARA])
units = st.sampled_from([POINTS, MONEY])
amounts = st.integers(1, 120)
_key = count(1)


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
        self.expired_sum = 0
        self._transaction = None

    @initialize()
    def begin(self) -> None:
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        make.units()

    def teardown(self) -> None:
        if self._transaction is not None:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)

    def attempt(self, *parts, kind="earn", **values):
        """Post, and return the answer or None if it was refused, which must change nothing."""
        command = make.command(*parts, kind=kind, at=self.now, **values)
        before = self.figures()
        try:
            with transaction.atomic():
                answer = wallet.post([command], now=self.now, viewer=SYSTEM)[0]
        except DomainError:
            assert self.figures() == before
            return None
        self.posted.append((command, answer))
        return answer

    def figures(self):
        return {
            (owner, one.unit): (one.posted, one.held, one.debt)
            for owner in (make.ANA, make.BEN, make.CHIARA)
            for one in selectors.balances_of(owner, now=self.now)
        }

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
        found = {pair: posted for pair, (posted, _held, _debt) in self.figures().items() if posted}
        assert found == {pair: value for pair, value in self.sums.items() if value}

    @invariant()
    def every_invariant_holds(self) -> None:
        if self._transaction is None:
            return
        for one in WALLET:
            assert one.check().broken == 0, (one.sentence, one.check().examples)


WALLET = [one for one in declared() if one.name.startswith("wallet.") and one.name != "wallet.seals"]


@pytest.mark.django_db
def test_any_sequence_of_verbs_leaves_the_ledger_whole(db) -> None:
    options = settings(
        max_examples=SEQUENCES, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Ledger, settings=options)
