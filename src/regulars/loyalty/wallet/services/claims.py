"""Claim the keys of commands: each is posted once, and a repeat is answered as the first time (D2).

For `posting` and `merging`. The claim is the transfer's own row under its unique key, so that of two callers at once the
second waits for the first and then reads its answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core import arrays
from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.commands import Balance, Command, Give, GiveBack, Move, Owner, OwnerKind, Part, Posted, Take
from regulars.loyalty.wallet.errors import KeyReusedError
from regulars.loyalty.wallet.services import rows
from regulars.loyalty.wallet.services.rows import Pair
from regulars.organization.access import Viewer

Key = tuple[str, str]


def claim(
    commands: Sequence[Command], wanted: Sequence[Pair], *, now: datetime, viewer: Viewer
) -> tuple[dict[Key, int], dict[Key, Posted]]:
    """Insert the transfers whose keys are new, and accounts that are missing.

    Return the new transfers by key, and the answers of those that were posted before; the same key with other content is
    refused.
    """
    digests = {(one.source, one.key): _digest(one) for one in commands}
    values = {"now": now, "actor": viewer.label[:160], "accounts": len(wanted), "commands": len(commands)}
    values |= rows.named(wanted) | _transfer_columns(commands, digests)
    found = rows.fetch(statements.CLAIM, values, count=len(commands))
    fresh = {(source, key): transfer_id for transfer_id, source, key in found}
    return fresh, _answers(commands, digests, fresh)


def _transfer_columns(commands: Sequence[Command], digests: dict[Key, bytes]) -> dict[str, str]:
    return {
        "source": arrays.texts([one.source for one in commands]),
        "key": arrays.texts([one.key for one in commands]),
        "digest": arrays.texts([digests[one.source, one.key].hex() for one in commands]),
        "kind": arrays.texts([one.kind for one in commands]),
        "at": arrays.moments([one.at for one in commands]),
        "business_date": arrays.moments([one.business_date for one in commands]),
        "store_id": arrays.integers([one.store_id for one in commands]),
        "receipt_id": arrays.integers([one.receipt_id for one in commands]),
        "rule_version": arrays.integers([one.rule_version for one in commands]),
        "reason": arrays.texts([one.reason[:300] for one in commands]),
        "why": arrays.texts([json.dumps(one.why, default=str) if one.why else "{}" for one in commands]),
    }


def _answers(commands: Sequence[Command], digests: dict[Key, bytes], fresh: dict[Key, int]) -> dict[Key, Posted]:
    """Return the answers of commands that were posted before, after making sure that they are the same."""
    for one in commands:
        if len(digests) < len(commands) and _digest(one) != digests[one.source, one.key]:
            _refuse_reused(one.source, one.key)
    known = [key for key in digests if key not in fresh]
    if not known:
        return {}
    transfers: dict[int, Key] = {}
    values = {"source": arrays.texts([source for source, _key in known]), "key": arrays.texts([key for _source, key in known])}
    for source, key, transfer_id, digest in rows.fetch(statements.KNOWN, values, count=len(known)):
        if bytes(digest) != digests[source, key]:
            _refuse_reused(source, key)
        transfers[transfer_id] = (source, key)
    balances: dict[int, list[tuple[int, Balance]]] = {transfer_id: [] for transfer_id in transfers}
    for transfer_id, kind, owner_id, unit, posted, held, debt, first_id in rows.fetch(
        statements.ANSWERS, {"transfers": arrays.integers(list(transfers))}, count=len(transfers)
    ):
        balances[transfer_id].append((first_id, Balance(Owner(OwnerKind(kind), owner_id), unit, posted, held, debt)))
    return {
        key: Posted(transfer_id, repeated=True, balances=tuple(balance for _first, balance in sorted(balances[transfer_id])))
        for transfer_id, key in transfers.items()
    }


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
