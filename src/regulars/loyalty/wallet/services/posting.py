"""Post commands: the one way in which value comes, goes and moves, for one command and for 200,000.

Claim the keys, lock the accounts, read the lots that are needed, decide (`rules.plan`), write. All or nothing: a refusal
takes the caller's transaction back with it. Post once per transaction, so that locks are always taken in one order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.commands import Balance, Command, Give, GiveBack, Move, Owner, OwnerKind, Part, Posted, Take
from regulars.loyalty.wallet.errors import KeyReusedError, LedgerAmountError
from regulars.loyalty.wallet.rules.plan import Plan
from regulars.loyalty.wallet.services import rows
from regulars.organization.access import Viewer

AMOUNT_MAX = 10**15  # ten trillion in any currency; far from what a bigint or a browser's number holds
_Key = tuple[str, str]


@transaction.atomic(savepoint=False)
def post(commands: Sequence[Command], *, now: datetime, viewer: Viewer) -> list[Posted]:
    """Post the commands in their order, each once under its `(source, key)`; return what became of each.

    A command that was posted before is answered as then; with other content it is refused, as is one without enough to
    take from, and with it all of them.
    """
    if not commands:
        return []
    digests = {(one.source, one.key): _digest(one) for one in commands}
    wanted = list(dict.fromkeys(pair for one in commands for part in one.parts for pair in _accounts(part)))
    fresh = _claim(commands, digests, wanted, now=now, viewer=viewer)
    answers = _answers(commands, digests, fresh)
    todo = _first_of_each([one for one in commands if (one.source, one.key) in fresh])
    if todo:
        plan = _plan(todo, wanted if len(todo) == len(commands) else _wanted(todo), now=now)
        for one in todo:
            key = (one.source, one.key)
            answers[key] = Posted(fresh[key], repeated=False, balances=plan.post(one, fresh[key]))
        rows.write(plan, now=now)
    return _in_order(commands, answers)


def _claim(
    commands: Sequence[Command], digests: dict[_Key, bytes], wanted: list[tuple[Owner, str]], *, now: datetime, viewer: Viewer
) -> dict[_Key, int]:
    """Insert the transfers whose keys are new, and make missing accounts; return the new transfers."""
    values = rows.named(wanted) | _transfer_columns(commands, digests) | {"now": now, "actor": viewer.label[:160]}
    found = rows.fetch(statements.CLAIM, values, count=len(commands))
    return {(source, key): transfer_id for transfer_id, source, key in found}


def _transfer_columns(commands: Sequence[Command], digests: dict[_Key, bytes]) -> dict[str, list[Any]]:
    return {
        "source": [one.source for one in commands],
        "key": [one.key for one in commands],
        "digest": [digests[one.source, one.key] for one in commands],
        "kind": [one.kind for one in commands],
        "at": [one.at for one in commands],
        "business_date": [one.business_date for one in commands],
        "store_id": [one.store_id for one in commands],
        "receipt_id": [one.receipt_id for one in commands],
        "rule_version": [one.rule_version for one in commands],
        "reason": [one.reason[:300] for one in commands],
        "why": [json.dumps(one.why, default=str) if one.why else "{}" for one in commands],
    }


def _answers(commands: Sequence[Command], digests: dict[_Key, bytes], fresh: dict[_Key, int]) -> dict[_Key, Posted]:
    """Return the answers of commands that were posted before, after making sure that they are the same."""
    for one in commands:
        if len(digests) < len(commands) and _digest(one) != digests[one.source, one.key]:
            _refuse_reused(one.source, one.key)
    known = [key for key in digests if key not in fresh]
    if not known:
        return {}
    transfers: dict[int, _Key] = {}
    values = {"source": [source for source, _key in known], "key": [key for _source, key in known]}
    for source, key, transfer_id, digest in rows.fetch(statements.KNOWN, values, count=len(known)):
        if bytes(digest) != digests[source, key]:
            _refuse_reused(source, key)
        transfers[transfer_id] = (source, key)
    balances: dict[int, list[tuple[int, Balance]]] = {transfer_id: [] for transfer_id in transfers}
    for transfer_id, kind, owner_id, unit, posted, held, debt, first_id in rows.fetch(
        statements.ANSWERS, {"transfers": list(transfers)}, count=len(transfers)
    ):
        balances[transfer_id].append((first_id, Balance(Owner(OwnerKind(kind), owner_id), unit, posted, held, debt)))
    return {
        key: Posted(transfer_id, repeated=True, balances=tuple(balance for _first, balance in sorted(balances[transfer_id])))
        for transfer_id, key in transfers.items()
    }


def _plan(commands: Sequence[Command], wanted: Sequence[tuple[Owner, str]], *, now: datetime) -> Plan:
    """Lock and read what the commands need."""
    parts = [part for one in commands for part in one.parts]
    back = sorted({part.of_transfer for part in parts if isinstance(part, GiveBack)})
    accounts = rows.lock_accounts(wanted)
    rows.refuse_unknown_units(wanted, accounts)
    using = [accounts[pair] for pair in dict.fromkeys(pair for part in parts for pair in _read(part))]
    lots = rows.read_open_lots(using) if using else {}
    taken = rows.read_taken(back, lots) if back else {}
    plan = Plan(accounts, now, taken=taken)
    holding = [account.id for account in using if account.held]
    if holding:
        keys = [part.hold for part in parts if isinstance(part, Take) and part.hold]
        holds = rows.read_holds(holding, keys, lots, now=now)
        plan.holds = {hold.key: hold for hold in holds}
        for hold in holds:
            if hold.key not in keys:
                plan.end_hold(hold, "lapsed", at=hold.until)
    return plan


def _wanted(commands: Iterable[Command]) -> list[tuple[Owner, str]]:
    return list(dict.fromkeys(pair for one in commands for part in one.parts for pair in _accounts(part)))


def _accounts(part: Part) -> tuple[tuple[Owner, str], ...]:
    """Return the accounts that a part touches, after checking its amount."""
    if type(part.amount) is not int or not 0 < part.amount <= AMOUNT_MAX:
        raise LedgerAmountError(_("An amount must be a whole number above zero."), amount=part.amount)
    own = (part.owner, part.unit)
    return (own, (part.to, part.unit)) if isinstance(part, Move) else (own,)


def _read(part: Part) -> tuple[tuple[Owner, str], ...]:
    """Return the accounts whose lots a part must know."""
    return () if isinstance(part, Give) else ((part.owner, part.unit),)


def _first_of_each(commands: Sequence[Command]) -> list[Command]:
    """Return the commands without those that repeat another one of the same call."""
    return list({(one.source, one.key): one for one in reversed(commands)}.values())[::-1]


def _in_order(commands: Sequence[Command], answers: dict[_Key, Posted]) -> list[Posted]:
    seen: set[_Key] = set()
    posted = []
    for one in commands:
        key = (one.source, one.key)
        answer = answers[key]
        posted.append(Posted(answer.transfer_id, repeated=True, balances=answer.balances) if key in seen else answer)
        seen.add(key)
    return posted


def _digest(command: Command) -> bytes:
    """Return what tells two commands apart: everything but `why`, which only words it."""
    content = (
        command.kind, command.at.timestamp(), command.business_date, command.store_id, command.receipt_id,
        command.rule_version, command.reason, [_content(part) for part in command.parts],
    )  # fmt: skip
    return hashlib.blake2b(repr(content).encode(), digest_size=16).digest()


def _content(part: Part) -> tuple[object, ...]:
    own = (type(part).__name__, str(part.owner.kind), part.owner.id, part.unit, part.amount)
    match part:
        case Give():
            return (*own, str(part.house), _instant(part.available_from), _instant(part.expires_at), part.origin)
        case Take():
            rest = (part.hold, part.of_transfer, part.origins, part.may_indebt, part.also_pending)
            return (*own, str(part.house), *rest)
        case GiveBack():
            return (*own, part.of_transfer, _instant(part.not_before))
        case Move():
            return (*own, str(part.to.kind), part.to.id)


def _instant(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _refuse_reused(source: str, key: str) -> None:
    raise KeyReusedError(_("This number was used before for something else."), source=source, key=key)
