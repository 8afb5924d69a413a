"""Reserve value for a sale that is not paid yet; set it free when the sale falls through or the time is over.

A hold is captured by `Take(hold=key)`. A lot that was valid when it was held stays usable until the hold ends (P5).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import arrays
from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.errors import HoldEndedError, InsufficientBalanceError, KeyReusedError, LedgerAmountError
from regulars.loyalty.wallet.models import Hold
from regulars.loyalty.wallet.services import rows, under_lock
from regulars.organization.access import Viewer

_BATCH = 500


@transaction.atomic(savepoint=False)
def hold(
    owner: Owner,
    unit: str,
    amount: int,
    *,
    key: str,
    until: datetime,
    at: datetime,
    now: datetime,
    viewer: Viewer,  # noqa: ARG001 - every verb says who asks; a hold by itself is not kept in the statement
) -> int:
    """Reserve `amount` until `until` under the caller's key; return the hold's id, the same for a repeat."""
    if type(amount) is not int or amount <= 0:
        raise LedgerAmountError(_("An amount must be a whole number above zero."), amount=amount)
    pair = (owner, unit)
    if pair not in rows.lock_accounts([pair]):
        raise InsufficientBalanceError(_("There is not enough that can be spent now."), unit=unit, spendable=0, wanted=amount)
    plan = under_lock.open_plan([pair], using=[pair], now=now)
    account = plan.accounts[pair]
    made = rows.fetch(statements.HOLD, {"key": key, "account": account.id, "amount": amount, "at": at, "until": until})
    if not made:
        return _same_as_before(key, account.id, amount)
    parts = plan.reserve(account, amount, at)
    rows.write(plan, now=now)
    hold_id: int = made[0][0]
    lots = {
        "lots": arrays.integers([lot.id for lot, _part in parts]),
        "amounts": arrays.integers([part for _lot, part in parts]),
    }
    rows.fetch(statements.HOLD_LOTS, {"hold": hold_id} | lots)
    return hold_id


def _same_as_before(key: str, account_id: int, amount: int) -> int:
    hold_id, state, held_account, held_amount, *_owner = rows.fetch(statements.FIND_HOLD, {"key": key})[0]
    if (held_account, held_amount) != (account_id, amount):
        raise KeyReusedError(_("This number was used before for something else."), key=key)
    if state != Hold.State.OPEN:
        raise HoldEndedError(_("What was reserved for this sale is no longer reserved. Ask for the price again."), key=key)
    return int(hold_id)


@transaction.atomic(savepoint=False)
def release_hold(key: str, *, now: datetime, viewer: Viewer) -> None:  # noqa: ARG001 - every verb says who asks
    """Set free what is reserved under `key`; one that has ended already is left alone, unless it was captured."""
    for _attempt in range(3):  # a merge may move the hold to another account while we wait for the lock
        found = rows.fetch(statements.FIND_HOLD, {"key": key})
        if not found:
            raise HoldEndedError(_("Nothing is reserved under this number."), key=key)
        hold_id, state, _account, _amount, kind, owner_id, unit = found[0]
        if state == Hold.State.CAPTURED:
            raise HoldEndedError(_("What was reserved has been used already."), key=key)
        if state != Hold.State.OPEN:
            return
        pair = (Owner(OwnerKind(kind), owner_id), unit)
        plan = under_lock.open_plan([pair], using=[pair], now=now, capturing=[key])
        if key in plan.holds:
            plan.end_hold(plan.holds[key], "released", at=now)
        if plan.changed_accounts:
            rows.write(plan, now=now)
        if hold_id in plan.ended_holds:
            return


def release_stale_holds(*, now: datetime) -> int:
    """End every hold whose time is over, so that its value can be spent or expire; return how many accounts it touched."""
    done = 0
    while accounts := _release_some(now):
        done += accounts
    return done


@transaction.atomic
def _release_some(now: datetime) -> int:
    stale = rows.fetch(statements.STALE_ACCOUNTS, {"now": now, "limit": _BATCH})
    pairs = [(Owner(OwnerKind(kind), owner_id), unit) for kind, owner_id, unit in stale]
    if pairs:
        plan = under_lock.open_plan(pairs, using=pairs, now=now)
        if plan.changed_accounts:
            rows.write(plan, now=now)
    return len(pairs)
