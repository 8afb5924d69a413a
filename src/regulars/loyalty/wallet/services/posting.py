"""Post commands: the one way in which value comes, goes and moves, for one command and for 200,000.

Claim the keys, lock the accounts, read the lots that are needed, decide (`rules.plan`), write. All or nothing: a refusal
takes the caller's transaction back with it. Post once per transaction, so that locks are always taken in one order.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.loyalty.wallet.commands import Command, Give, GiveBack, Move, Part, Posted, Take
from regulars.loyalty.wallet.errors import LedgerAmountError
from regulars.loyalty.wallet.rules.plan import Plan
from regulars.loyalty.wallet.services import claims, rows, under_lock
from regulars.loyalty.wallet.services.rows import Pair
from regulars.organization.access import Viewer

_MANY = 1_000
AMOUNT_MAX = 10**15  # ten trillion in any currency; far from what a bigint or a browser's number holds


@transaction.atomic(savepoint=False)
def post(commands: Sequence[Command], *, now: datetime, viewer: Viewer) -> list[Posted]:
    """Post the commands in their order, each once under its `(source, key)`; return what became of each.

    A command that was posted before is answered as then; with other content it is refused, as is one without enough to
    take from, and with it all of them.
    """
    if not commands:
        return []
    with _few_pauses(len(commands)):
        return _post(commands, now=now, viewer=viewer)


def _post(commands: Sequence[Command], *, now: datetime, viewer: Viewer) -> list[Posted]:
    wanted = _wanted(commands)
    fresh, answers = claims.claim(commands, wanted, now=now, viewer=viewer)
    todo = _first_of_each([one for one in commands if (one.source, one.key) in fresh])
    if todo:
        plan = _open(todo, wanted if len(todo) == len(commands) else _wanted(todo), now=now)
        for one in todo:
            key = (one.source, one.key)
            answers[key] = Posted(fresh[key], repeated=False, balances=plan.post(one, fresh[key]))
        rows.write(plan, now=now)
    return _in_order(commands, answers)


@contextmanager
def _few_pauses(commands: int) -> Iterator[None]:
    """Look for no garbage while many values are made that all stay until the end: the search would cost a third of the time."""
    if commands < _MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _open(commands: Sequence[Command], wanted: Sequence[Pair], *, now: datetime) -> Plan:
    parts = [part for one in commands for part in one.parts]
    return under_lock.open_plan(
        wanted,
        using=dict.fromkeys((part.owner, part.unit) for part in parts if not isinstance(part, Give)),
        giving_back={part.of_transfer for part in parts if isinstance(part, GiveBack)},
        capturing=[part.hold for part in parts if isinstance(part, Take) and part.hold],
        now=now,
    )


def _wanted(commands: Iterable[Command]) -> list[Pair]:
    return list(dict.fromkeys(pair for one in commands for part in one.parts for pair in _accounts(part)))


def _accounts(part: Part) -> tuple[Pair, ...]:
    """Return the accounts that a part touches, after checking its amount."""
    if type(part.amount) is not int or not 0 < part.amount <= AMOUNT_MAX:
        raise LedgerAmountError(_("An amount must be a whole number above zero."), amount=part.amount)
    own = (part.owner, part.unit)
    return (own, (part.to, part.unit)) if isinstance(part, Move) else (own,)


def _first_of_each(commands: Sequence[Command]) -> list[Command]:
    """Return the commands without those that repeat another one of the same call."""
    return list({(one.source, one.key): one for one in reversed(commands)}.values())[::-1]


def _in_order(commands: Sequence[Command], answers: dict[claims.Key, Posted]) -> list[Posted]:
    seen: set[claims.Key] = set()
    posted = []
    for one in commands:
        key = (one.source, one.key)
        answer = answers[key]
        posted.append(Posted(answer.transfer_id, repeated=True, balances=answer.balances) if key in seen else answer)
        seen.add(key)
    return posted
