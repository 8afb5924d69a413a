"""Reads accounts, lots and holds under lock, and writes what the rules have decided: the ledger's only way to its tables.

For the services beside it. Statements run prepared and with arrays, so that one command costs three short round trips
and 200,000 commands cost no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core import arrays, prepared
from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.errors import UnknownUnitError
from regulars.loyalty.wallet.rules.plan import Plan
from regulars.loyalty.wallet.rules.state import AccountState, HoldState, LotState, Taken

Pair = tuple[Owner, str]  # an owner and a unit: what an account is known by
Accounts = dict[Pair, AccountState]
_FEW = 100  # up to here a plan made once serves every call


def fetch(statement: str, values: Mapping[str, Any], *, count: int = 1) -> prepared.Rows:
    """Run a statement, with a plan made once if it is for few rows."""
    return prepared.fetch(statement, values, prepare=count <= _FEW)


def named(wanted: Iterable[Pair]) -> dict[str, str]:
    """Return owners and units as the columns that the statements take."""
    pairs = list(wanted)
    return {
        "owner_kind": arrays.texts([owner.kind for owner, _unit in pairs]),
        "owner_id": arrays.integers([owner.id for owner, _unit in pairs]),
        "unit": arrays.texts([unit for _owner, unit in pairs]),
    }


def lock_accounts(wanted: Sequence[Pair]) -> Accounts:
    """Lock the accounts in the order of their ids and return them; each of them exists, unless its unit does not."""
    rows = fetch(statements.LOCK_ACCOUNTS, named(wanted), count=len(wanted))
    accounts: Accounts = {}
    for id_, kind, owner_id, unit, unit_id, balance, held, debt, is_frozen in rows:
        owner = Owner(OwnerKind(kind), owner_id)
        accounts[owner, unit] = AccountState(
            id_, owner, unit, unit_id, balance, held, debt, is_frozen, was=(balance, held, debt)
        )
    return accounts


def refuse_unknown_units(wanted: Iterable[Pair], accounts: Accounts) -> None:
    """Refuse a unit that nobody has defined."""
    for owner, unit in wanted:
        if (owner, unit) not in accounts:
            raise UnknownUnitError(_("There is no unit %(unit)s.") % {"unit": unit}, unit=unit)


def read_open_lots(accounts: Iterable[AccountState]) -> dict[int, LotState]:
    """Give each account its lots that are not used up; return them by id."""
    by_id = {account.id: account for account in accounts}
    lots = {}
    values = {"accounts": arrays.integers(list(by_id)), "count": len(by_id)}
    for row in fetch(statements.OPEN_LOTS, values, count=len(by_id)):
        lot = lots[row[0]] = _lot(row)
        by_id[lot.account_id].lots.append(lot)
    return lots


def read_taken(transfers: Sequence[int], lots: dict[int, LotState]) -> dict[int, list[Taken]]:
    """Lock the transfers against giving back twice; return what each of them took and has not given back."""
    values = {"transfers": arrays.integers(transfers)}
    fetch(statements.LOCK_TRANSFERS, values, count=len(transfers))
    taken: dict[int, list[Taken]] = defaultdict(list)
    for entry_id, transfer_id, heirs, unit_id, house, left, *rest in fetch(statements.TAKEN, values, count=len(transfers)):
        lot = None if rest[0] is None else lots.setdefault(rest[0], _lot(rest))
        taken[transfer_id].append(Taken(entry_id, transfer_id, heirs, unit_id, house, lot, left))
    return taken


def read_holds(
    accounts: Iterable[int], lots: Mapping[int, LotState], *, until: datetime, keys: Sequence[str] = ()
) -> list[HoldState]:
    """Return the open holds of these accounts that end by `until`, and those that are asked for by key."""
    holds: dict[int, HoldState] = {}
    values = {"accounts": arrays.integers(list(accounts)), "keys": arrays.texts(keys), "until": until}
    for hold_id, key, account_id, ends, lot_id, amount in fetch(statements.OPEN_HOLDS, values):
        hold = holds.setdefault(hold_id, HoldState(hold_id, key, account_id, ends, []))
        hold.parts.append((lots[lot_id], amount))
    return list(holds.values())


def write(plan: Plan, *, now: datetime) -> None:
    """Write entries and new lots, and set lots, accounts and holds to what the plan says."""
    many = len(plan.rows) > _FEW
    if many:
        number([lot for lot in plan.new_lots if lot.id is None])
    values = _lot_columns(plan.new_lots) | _entry_columns(plan) | _moved_columns(plan) | _account_columns(plan)
    moved, counted = fetch(statements.WRITE_MANY if many else statements.WRITE, values, count=len(plan.rows))[0]
    if (moved, counted) != (len(plan.changed_lots), len(plan.changed_accounts)):
        raise AssertionError("an account or lot was changed by somebody who did not hold its lock")
    if plan.ended_holds:
        ends = {
            "hold_id": arrays.integers(list(plan.ended_holds)),
            "state": arrays.texts([state for state, _transfer in plan.ended_holds.values()]),
            "transfer_id": arrays.integers([transfer for _state, transfer in plan.ended_holds.values()]),
        }
        fetch(statements.END_HOLDS, ends | {"now": now})


def number(lots: Sequence[LotState]) -> None:
    """Give new lots their ids before they are written, for what has to point at them."""
    for lot, (lot_id,) in zip(lots, fetch(statements.LOT_IDS, {"count": len(lots)}), strict=True):
        lot.id = lot_id


def _lot(row: Sequence[Any]) -> LotState:
    (id_, account_id, transfer_id, root, origin, amount, remaining, earned, available, expires, moved, held, parent) = row
    return LotState(
        account_id, transfer_id, root, origin, amount, remaining, earned, available, expires, moved, held, id_, parent,
        was_remaining=remaining, was_held=held,
    )  # fmt: skip


def _lot_columns(lots: Sequence[LotState]) -> dict[str, str]:
    return {
        "lot_id": arrays.integers([lot.id for lot in lots]),
        "lot_account": arrays.integers([lot.account_id for lot in lots]),
        "lot_transfer": arrays.integers([lot.transfer_id for lot in lots]),
        "lot_root": arrays.integers([lot.root_transfer_id for lot in lots]),
        "lot_origin": arrays.texts([lot.origin for lot in lots]),
        "lot_parent": arrays.integers([lot.parent_id for lot in lots]),
        "lot_amount": arrays.integers([lot.amount for lot in lots]),
        "lot_remaining": arrays.integers([lot.remaining for lot in lots]),
        "lot_held": arrays.integers([lot.held for lot in lots]),
        "lot_earned_at": arrays.moments([lot.earned_at for lot in lots]),
        "lot_available_from": arrays.moments([lot.available_from for lot in lots]),
        "lot_expires_at": arrays.moments([lot.expires_at for lot in lots]),
        "lot_moved_at": arrays.moments([lot.moved_at for lot in lots]),
    }


def _entry_columns(plan: Plan) -> dict[str, str]:
    rows = plan.rows
    places = {id(lot): place for place, lot in enumerate(plan.new_lots, start=1) if lot.id is None}
    return {
        "entry_transfer": arrays.integers([row.transfer_id for row in rows]),
        "entry_unit": arrays.integers([row.unit_id for row in rows]),
        "entry_account": arrays.integers([row.account_id for row in rows]),
        "entry_lot": arrays.integers([row.lot.id if row.lot else None for row in rows]),
        "entry_new_lot": arrays.integers([places.get(id(row.lot)) for row in rows] if places else [None] * len(rows)),
        "entry_house": arrays.texts([row.house for row in rows]),
        "entry_amount": arrays.integers([row.amount for row in rows]),
        "entry_undoes": arrays.integers([row.undoes_id for row in rows]),
        "entry_balance": arrays.integers([row.balance_after for row in rows]),
        "entry_held": arrays.integers([row.held_after for row in rows]),
        "entry_debt": arrays.integers([row.debt_after for row in rows]),
    }


def _moved_columns(plan: Plan) -> dict[str, str]:
    lots = plan.changed_lots.values()
    return {
        "moved_id": arrays.integers([lot.id for lot in lots]),
        "moved_was": arrays.integers([lot.was_remaining for lot in lots]),
        "moved_was_held": arrays.integers([lot.was_held for lot in lots]),
        "moved_remaining": arrays.integers([lot.remaining for lot in lots]),
        "moved_held": arrays.integers([lot.held for lot in lots]),
        "moved_at": arrays.moments([lot.moved_at for lot in lots]),
    }


def _account_columns(plan: Plan) -> dict[str, str]:
    accounts = plan.changed_accounts.values()
    return {
        "account_id": arrays.integers([one.id for one in accounts]),
        "account_was": arrays.integers([one.was[0] for one in accounts]),
        "account_was_held": arrays.integers([one.was[1] for one in accounts]),
        "account_was_debt": arrays.integers([one.was[2] for one in accounts]),
        "account_balance": arrays.integers([one.balance for one in accounts]),
        "account_held": arrays.integers([one.held for one in accounts]),
        "account_debt": arrays.integers([one.debt for one in accounts]),
    }
