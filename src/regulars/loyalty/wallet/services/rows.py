"""Reads accounts, lots and holds under lock, and writes what the rules have decided: the ledger's only way to its tables.

For the services beside it. Statements run prepared and with arrays, so that one command costs three short round trips
and 200,000 commands cost no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from regulars.loyalty.wallet import statements
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.errors import UnknownUnitError
from regulars.loyalty.wallet.rules.plan import Plan
from regulars.loyalty.wallet.rules.state import AccountState, HoldState, LotState, Taken

Accounts = dict[tuple[Owner, str], AccountState]
_FEW = 100  # up to here a plan made once serves every call


def fetch(statement: str, values: Mapping[str, Any], *, count: int = 1) -> list[tuple[Any, ...]]:
    """Run a statement with its values bound by the server, prepared if it is for few rows."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=count <= _FEW)
        return cursor.fetchall() if cursor.description else []


def named(wanted: Iterable[tuple[Owner, str]]) -> dict[str, list[Any]]:
    """Return owners and units as the columns that the statements take."""
    pairs = list(wanted)
    return {
        "owner_kind": [str(owner.kind) for owner, _unit in pairs],
        "owner_id": [owner.id for owner, _unit in pairs],
        "unit": [unit for _owner, unit in pairs],
    }


def lock_accounts(wanted: Sequence[tuple[Owner, str]]) -> Accounts:
    """Lock the accounts in the order of their ids and return them; each of them exists, unless its unit does not."""
    rows = fetch(statements.LOCK_ACCOUNTS, named(wanted), count=len(wanted))
    accounts: Accounts = {}
    for id_, kind, owner_id, unit, unit_id, balance, held, debt, is_frozen, merged_into_id in rows:
        owner = Owner(OwnerKind(kind), owner_id)
        accounts[owner, unit] = AccountState(
            id_, owner, unit, unit_id, balance, held, debt, is_frozen, merged_into_id, was=(balance, held, debt)
        )
    return accounts


def refuse_unknown_units(wanted: Iterable[tuple[Owner, str]], accounts: Accounts) -> None:
    """Refuse a unit that nobody has defined."""
    for owner, unit in wanted:
        if (owner, unit) not in accounts:
            raise UnknownUnitError(_("There is no unit %(unit)s.") % {"unit": unit}, unit=unit)


def read_open_lots(accounts: Iterable[AccountState]) -> dict[int, LotState]:
    """Give each account its lots that are not used up; return them by id."""
    by_id = {account.id: account for account in accounts}
    lots = {}
    for row in fetch(statements.OPEN_LOTS, {"accounts": list(by_id)}, count=len(by_id)):
        lot = lots[row[0]] = _lot(row)
        by_id[lot.account_id].lots.append(lot)
    return lots


def read_taken(transfers: Sequence[int], lots: dict[int, LotState]) -> dict[int, list[Taken]]:
    """Lock the transfers against giving back twice; return what each of them took and has not given back."""
    values = {"transfers": list(transfers)}
    fetch(statements.LOCK_TRANSFERS, values, count=len(transfers))
    taken: dict[int, list[Taken]] = defaultdict(list)
    for entry_id, transfer_id, account_id, merged_into_id, unit_id, house, left, *rest in fetch(
        statements.TAKEN, values, count=len(transfers)
    ):
        lot = None if rest[0] is None else lots.setdefault(rest[0], _lot(rest))
        taken[transfer_id].append(Taken(entry_id, transfer_id, account_id, merged_into_id, unit_id, house, lot, left))
    return taken


def read_holds(accounts: Iterable[int], keys: Sequence[str], lots: Mapping[int, LotState], *, now: datetime) -> list[HoldState]:
    """Return the open holds of these accounts that are asked for by key, and those whose time is over."""
    holds: dict[int, HoldState] = {}
    values = {"accounts": list(accounts), "keys": list(keys), "now": now}
    for hold_id, key, account_id, until, lot_id, amount in fetch(statements.OPEN_HOLDS, values):
        hold = holds.setdefault(hold_id, HoldState(hold_id, key, account_id, until, []))
        hold.parts.append((lots[lot_id], amount))
    return list(holds.values())


def write(plan: Plan, lot_ids: Sequence[int] = (), *, now: datetime) -> None:
    """Write entries and new lots, and set lots, accounts and holds to what the plan says."""
    _number(plan.new_lots, lot_ids)
    values = _lot_columns(plan.new_lots) | _entry_columns(plan) | _moved_columns(plan) | _account_columns(plan)
    moved, counted = fetch(statements.WRITE, values, count=len(plan.rows))[0]
    if (moved, counted) != (len(plan.changed_lots), len(plan.changed_accounts)):
        raise AssertionError("an account or lot was changed by somebody who did not hold its lock")
    if plan.ended_holds:
        ends = [(hold_id, state, transfer_id) for hold_id, (state, transfer_id) in plan.ended_holds.items()]
        fetch(statements.END_HOLDS, _columns(("hold_id", "state", "transfer_id"), ends) | {"now": now})


def _number(lots: Sequence[LotState], ids: Sequence[int]) -> None:
    missing = len(lots) - len(ids)
    if missing > 0:
        ids = [*ids, *(row[0] for row in fetch(statements.LOT_IDS, {"count": missing}))]
    for lot, lot_id in zip(lots, ids, strict=False):
        lot.id = lot_id


def _lot(row: Sequence[Any]) -> LotState:
    (id_, account_id, transfer_id, root, origin, amount, remaining, earned, available, expires, moved, held, parent) = row
    return LotState(
        account_id, transfer_id, root, origin, amount, remaining, earned, available, expires, moved, held, id_, parent,
        was_remaining=remaining, was_held=held,
    )  # fmt: skip


_LOT = (
    "lot_id", "lot_account", "lot_transfer", "lot_root", "lot_origin", "lot_parent", "lot_amount", "lot_remaining",
    "lot_held", "lot_earned_at", "lot_available_from", "lot_expires_at", "lot_moved_at",
)  # fmt: skip
_ENTRY = (
    "entry_transfer", "entry_unit", "entry_account", "entry_lot", "entry_house", "entry_amount", "entry_undoes",
    "entry_balance", "entry_held", "entry_debt",
)  # fmt: skip
_MOVED = ("moved_id", "moved_was", "moved_was_held", "moved_remaining", "moved_held", "moved_at")
_ACCOUNT = (
    "account_id", "account_was", "account_was_held", "account_was_debt", "account_balance", "account_held", "account_debt",
)  # fmt: skip


def _lot_columns(lots: Sequence[LotState]) -> dict[str, list[Any]]:
    return _columns(
        _LOT,
        [
            (
                lot.id, lot.account_id, lot.transfer_id, lot.root_transfer_id, lot.origin, lot.parent_id, lot.amount,
                lot.remaining, lot.held, lot.earned_at, lot.available_from, lot.expires_at, lot.moved_at,
            )
            for lot in lots
        ],
    )  # fmt: skip


def _entry_columns(plan: Plan) -> dict[str, list[Any]]:
    return _columns(
        _ENTRY,
        [
            (
                row.transfer_id, row.unit_id, row.account_id, row.lot.id if row.lot else None, str(row.house), row.amount,
                row.undoes_id, row.balance_after, row.held_after, row.debt_after,
            )
            for row in plan.rows
        ],
    )  # fmt: skip


def _moved_columns(plan: Plan) -> dict[str, list[Any]]:
    return _columns(
        _MOVED,
        [
            (lot.id, lot.was_remaining, lot.was_held, lot.remaining, lot.held, lot.moved_at)
            for lot in plan.changed_lots.values()
        ],
    )


def _account_columns(plan: Plan) -> dict[str, list[Any]]:
    return _columns(_ACCOUNT, [(one.id, *one.was, one.balance, one.held, one.debt) for one in plan.changed_accounts.values()])


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}
