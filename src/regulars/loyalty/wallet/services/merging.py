"""Merge one owner's accounts into another's, when two customers turn out to be one (P28).

For the identity room. Merging again moves what has come in since; merging back moves it back; nothing is made or lost.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import arrays
from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.commands import Command, Owner, Posted
from regulars.loyalty.wallet.errors import MergeWithItselfError
from regulars.loyalty.wallet.rules.merging import merge
from regulars.loyalty.wallet.rules.plan import Plan, Turn
from regulars.loyalty.wallet.rules.state import AccountState, LotState
from regulars.loyalty.wallet.services import claims, rows, under_lock
from regulars.organization.access import Viewer

Followed = list[tuple[LotState, LotState]]
Pairs = list[tuple[AccountState, AccountState]]


@transaction.atomic(savepoint=False)
def merge_owner(from_: Owner, into: Owner, *, source: str, key: str, at: datetime, now: datetime, viewer: Viewer) -> Posted:
    """Move every lot, hold and debt of `from_` to `into`; once per key, and again under another one."""
    if from_ == into:
        raise MergeWithItselfError(_("A customer cannot be merged with themselves."))
    command = Command(source=source, key=key, kind="merge", at=at, parts=(), reason=f"{_name(from_)} → {_name(into)}")
    units = [row[0] for row in rows.fetch(statements.UNITS_OF, {"kind": str(from_.kind), "id": from_.id})]
    wanted = [(owner, unit) for unit in units for owner in (from_, into)]
    fresh, known = claims.claim([command], wanted, now=now, viewer=viewer)
    if not fresh:
        return known[source, key]
    plan = under_lock.open_plan(wanted, using=wanted, now=now)
    turn = Turn(fresh[source, key], at)
    pairs = [(plan.accounts[from_, unit], plan.accounts[into, unit]) for unit in units]
    followed = [move for one, other in pairs for move in merge(plan, turn, one, other)]
    balances = plan.close(turn)
    _write(plan, pairs, followed, now=now)
    return Posted(turn.transfer_id, repeated=False, balances=balances)


def _write(plan: Plan, pairs: Pairs, followed: Followed, *, now: datetime) -> None:
    rows.number(plan.new_lots)
    rows.write(plan, now=now)
    both = {
        "source": arrays.integers([source.id for source, _target in pairs]),
        "target": arrays.integers([target.id for _source, target in pairs]),
    }
    if followed:
        lots = {
            "old": arrays.integers([lot.id for lot, _heir in followed]),
            "new": arrays.integers([heir.id for _lot, heir in followed]),
        }
        rows.fetch(statements.MOVE_HOLD_LOTS, lots)
        rows.fetch(statements.MOVE_HOLDS, both)
    frozen = arrays.texts(["t" if source.is_frozen else "f" for source, _target in pairs])
    rows.fetch(statements.MARK_MERGED, both | {"is_frozen": frozen})


def _name(owner: Owner) -> str:
    return f"{owner.kind}:{owner.id}"
