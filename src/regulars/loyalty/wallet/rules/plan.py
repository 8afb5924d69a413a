"""Decides what commands do to accounts and lots: the entries to write, and what the accounts and lots are afterwards.

For `services.posting`, which reads the accounts under lock before and writes the plan after. Pure: no database, no clock.
Every change of a lot or of a debt is one entry, so that balance = sum of entries = lots − debt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from django.utils.translation import gettext as _

from regulars.loyalty.wallet.commands import Balance, Command, Give, GiveBack, House, Move, Owner, Take
from regulars.loyalty.wallet.errors import (
    AccountFrozenError,
    GiveBackTooMuchError,
    HoldEndedError,
    InsufficientBalanceError,
)
from regulars.loyalty.wallet.rules import allocation
from regulars.loyalty.wallet.rules.state import AccountState, HoldState, LotState, Taken

Limits = Iterable[tuple[LotState, int]]


@dataclass(slots=True, eq=False)
class Row:
    """An entry to be written; the lot may not have its id yet."""

    transfer_id: int
    unit_id: int
    account_id: int | None
    lot: LotState | None
    house: str
    amount: int
    undoes_id: int | None = None
    balance_after: int | None = None
    held_after: int | None = None
    debt_after: int | None = None


@dataclass(slots=True, eq=False)
class Turn:
    """One transfer while it is decided."""

    transfer_id: int
    at: datetime
    touched: dict[int, AccountState] = field(default_factory=dict)
    house: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Plan:
    """What the commands so far have come to."""

    accounts: Mapping[tuple[Owner, str], AccountState]
    now: datetime
    holds: Mapping[str, HoldState] = field(default_factory=dict)
    taken: Mapping[int, Sequence[Taken]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    new_lots: list[LotState] = field(default_factory=list)
    changed_lots: dict[int, LotState] = field(default_factory=dict)
    changed_accounts: dict[int, AccountState] = field(default_factory=dict)
    ended_holds: dict[int, tuple[str, int | None]] = field(default_factory=dict)  # by id: state, capturing transfer
    by_id: dict[int, AccountState] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {account.id: account for account in self.accounts.values()}

    def post(self, command: Command, transfer_id: int) -> tuple[Balance, ...]:
        """Decide one command; return the accounts behind it."""
        turn = Turn(transfer_id, command.at)
        for part in command.parts:
            match part:
                case Give():
                    self._give(turn, part)
                case Take():
                    self._take(turn, part)
                case GiveBack():
                    self._give_back(turn, part)
                case Move():
                    self._move(turn, part)
                case _:
                    assert_never(part)
        return self.close(turn)

    def close(self, turn: Turn) -> tuple[Balance, ...]:
        """Write the house's side of the transfer and return the balances behind it."""
        for (unit_id, house), amount in turn.house.items():
            if amount:
                self.rows.append(Row(turn.transfer_id, unit_id, None, None, house, -amount))
        return tuple(Balance(one.owner, one.unit, one.balance, one.held, one.debt) for one in turn.touched.values())

    def end_hold(self, hold: HoldState, state: str, *, at: datetime, transfer_id: int | None = None) -> None:
        """Set free what a hold reserves."""
        account = self.by_id[hold.account_id]
        for lot, amount in hold.parts:
            lot.held -= amount
            account.held -= amount
            lot.moved_at = max(lot.moved_at, at)
            self._changed(lot)
        self.changed_accounts[account.id] = account
        self.ended_holds[hold.id] = (state, transfer_id)

    def reserve(self, account: AccountState, amount: int, at: datetime) -> list[tuple[LotState, int]]:
        """Reserve lots in the order of use; return how much of each."""
        if account.is_frozen:
            raise AccountFrozenError(_("This account is frozen."), unit=account.unit)
        if self.spendable(account, at) < amount:
            self._refuse(account, at, amount)
        parts, left = [], amount
        for lot in allocation.usable(account.lots, at, self.now):
            part = min(lot.free, left)
            if part:
                left -= part
                lot.held += part
                self._changed(lot)
                parts.append((lot, part))
        account.held += amount
        self.changed_accounts[account.id] = account
        return parts

    def receive(self, turn: Turn, account: AccountState, lot: LotState, *, house: str, undoes_id: int | None = None) -> None:
        """Put a new lot into an account; what fills a debt never becomes part of the lot (P15)."""
        filled = min(account.debt, lot.free)
        if filled:
            self.enter(turn, account, None, filled, house=house, undoes_id=undoes_id)
            lot.amount -= filled
            lot.remaining -= filled
        if lot.amount:
            account.lots.append(lot)
            self.new_lots.append(lot)
            account.held += lot.held
            self.enter(turn, account, lot, lot.amount, house=house, undoes_id=undoes_id)

    def enter(
        self, turn: Turn, account: AccountState, lot: LotState | None, amount: int, *, house: str, undoes_id: int | None = None
    ) -> None:
        """Add one entry and move what it moves; without a lot it moves the debt. A new lot carries its value already."""
        if lot is None:
            account.debt -= amount
        elif lot.id is not None or amount < 0:
            lot.remaining += amount
            lot.moved_at = max(lot.moved_at, turn.at)
            self._changed(lot)
        account.balance += amount
        self.changed_accounts[account.id] = account
        turn.touched[account.id] = account
        side = (account.unit_id, house)
        turn.house[side] = turn.house.get(side, 0) + amount
        self.rows.append(
            Row(
                turn.transfer_id, account.unit_id, account.id, lot, house, amount, undoes_id,
                account.balance, account.held, account.debt,
            )
        )  # fmt: skip

    def draw(self, turn: Turn, account: AccountState, limits: Limits, amount: int, *, house: str) -> int:
        """Take up to `amount` from the lots, each up to its limit; return what is still missing."""
        for lot, limit in limits:
            part = min(limit, lot.free, amount)
            if part > 0:
                self.enter(turn, account, lot, -part, house=house)
                amount -= part
        return amount

    def spendable(self, account: AccountState, at: datetime) -> int:
        """Return what can be taken now: a debt must be covered first."""
        lots = allocation.usable(account.lots, at, self.now)
        return max(0, sum(lot.free for lot in lots) - account.debt)

    def _give(self, turn: Turn, part: Give) -> None:
        account = self.accounts[part.owner, part.unit]
        lot = LotState(
            account.id, turn.transfer_id, turn.transfer_id, part.origin, part.amount, part.amount,
            turn.at, part.available_from or turn.at, part.expires_at, turn.at,
        )  # fmt: skip
        self.receive(turn, account, lot, house=part.house)

    def _take(self, turn: Turn, part: Take) -> None:
        account = self.accounts[part.owner, part.unit]
        if account.is_frozen and not part.may_indebt and part.house is not House.ADJUSTED:
            raise AccountFrozenError(_("This account is frozen."), unit=part.unit)
        left = part.amount
        if part.hold:
            left = self._capture(turn, account, part)
        if left and not part.may_indebt and self.spendable(account, turn.at) < left:
            self._refuse(account, turn.at, part.amount)
        lots = allocation.usable(account.lots, turn.at, self.now, also_pending=part.also_pending)
        if part.of_transfer is not None:
            own = allocation.of_transfer(account.lots, part.of_transfer, part.origins)
            lots = [lot for lot in own if part.also_pending or lot in lots] + lots
        left = self.draw(turn, account, ((lot, lot.free) for lot in lots), left, house=part.house)
        if left:
            self.enter(turn, account, None, -left, house=part.house)

    def _capture(self, turn: Turn, account: AccountState, part: Take) -> int:
        hold = self.holds.get(part.hold)
        if hold is None or hold.account_id != account.id or hold.until <= turn.at or hold.id in self.ended_holds:
            raise HoldEndedError(_("What was reserved for this sale is no longer reserved. Ask for the price again."))
        self.end_hold(hold, "captured", at=turn.at, transfer_id=turn.transfer_id)
        return self.draw(turn, account, hold.parts, part.amount, house=part.house)

    def _give_back(self, turn: Turn, part: GiveBack) -> None:
        account = self.accounts[part.owner, part.unit]
        own = [one for one in self.taken.get(part.of_transfer, ()) if _belongs(one, account)]
        left = part.amount
        for one in reversed(own):  # what was used last, and would live longest, comes back first
            amount = min(one.left, left)
            if amount > 0:
                one.left -= amount
                left -= amount
                self._return(turn, account, one, amount, part.not_before)
        if left:
            raise GiveBackTooMuchError(_("More would come back than was taken."), missing=left, unit=part.unit)

    def _return(self, turn: Turn, account: AccountState, one: Taken, amount: int, not_before: datetime | None) -> None:
        lot = one.lot
        filled = min(account.debt, amount)
        if filled:
            self.enter(turn, account, None, filled, house=one.house, undoes_id=one.entry_id)
        if amount == filled:
            return
        if lot is not None and lot.account_id == account.id and not _is_short(lot.expires_at, not_before):
            self.enter(turn, account, lot, amount - filled, house=one.house, undoes_id=one.entry_id)
        else:
            expires_at = not_before if lot is None or _is_short(lot.expires_at, not_before) else lot.expires_at
            heir = self._heir(turn, account, lot, amount - filled, expires_at, root=one.transfer_id)
            self.receive(turn, account, heir, house=one.house, undoes_id=one.entry_id)

    def _move(self, turn: Turn, part: Move) -> None:
        source, target = self.accounts[part.owner, part.unit], self.accounts[part.to, part.unit]
        if source.is_frozen:
            raise AccountFrozenError(_("This account is frozen."), unit=part.unit)
        if self.spendable(source, turn.at) < part.amount:
            self._refuse(source, turn.at, part.amount)
        left = part.amount
        for lot in allocation.usable(source.lots, turn.at, self.now):
            amount = min(lot.free, left)
            if amount:
                left -= amount
                self.enter(turn, source, lot, -amount, house=House.MOVED)
                heir = self._heir(turn, target, lot, amount, lot.expires_at, root=lot.root_transfer_id)
                self.receive(turn, target, heir, house=House.MOVED)

    def _heir(
        self, turn: Turn, account: AccountState, lot: LotState | None, amount: int, expires_at: datetime | None, *, root: int
    ) -> LotState:
        """Return a new lot that carries on another one's dates and origin."""
        return LotState(
            account.id, turn.transfer_id, lot.root_transfer_id if lot else root, lot.origin if lot else "", amount, amount,
            lot.earned_at if lot else turn.at, lot.available_from if lot else turn.at, expires_at, turn.at,
            parent_id=lot.id if lot else None,
        )  # fmt: skip

    def _refuse(self, account: AccountState, at: datetime, wanted: int) -> None:
        raise InsufficientBalanceError(
            _("There is not enough that can be spent now."),
            unit=account.unit, spendable=self.spendable(account, at), wanted=wanted,
        )  # fmt: skip

    def _changed(self, lot: LotState) -> None:
        if lot.id is not None:
            self.changed_lots[lot.id] = lot


def _belongs(one: Taken, account: AccountState) -> bool:
    """Return whether this account, or one that was merged into it, was taken from."""
    return one.unit_id == account.unit_id and account.id in one.heirs


def _is_short(expires_at: datetime | None, not_before: datetime | None) -> bool:
    return expires_at is not None and not_before is not None and expires_at < not_before
