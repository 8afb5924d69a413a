"""Accounts and lots as the rules see them while a transfer is decided: read under lock, changed here, written after."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from regulars.loyalty.wallet.commands import Owner


@dataclass(slots=True, eq=False)
class LotState:
    """A lot; `id` is missing until a new one is written. The `was_` values are what the database holds."""

    account_id: int
    transfer_id: int
    root_transfer_id: int
    origin: str
    amount: int
    remaining: int
    earned_at: datetime
    available_from: datetime
    expires_at: datetime | None
    moved_at: datetime
    held: int = 0
    id: int | None = None
    parent_id: int | None = None
    was_remaining: int = 0
    was_held: int = 0

    @property
    def free(self) -> int:
        """What no hold reserves."""
        return self.remaining - self.held


@dataclass(slots=True, eq=False)
class AccountState:
    """An account under lock, with those of its lots that matter for what is decided."""

    id: int
    owner: Owner
    unit: str
    unit_id: int
    balance: int
    held: int
    debt: int
    is_frozen: bool
    lots: list[LotState] = field(default_factory=list)
    was: tuple[int, int, int] = (0, 0, 0)


@dataclass(slots=True, eq=False)
class HoldState:
    """An open hold with the lots that it reserves."""

    id: int
    key: str
    account_id: int
    until: datetime
    parts: list[tuple[LotState, int]]


@dataclass(slots=True, eq=False)
class Taken:
    """One taking entry of an earlier transfer, with what of it has come back; without a lot it went into debt."""

    entry_id: int
    transfer_id: int
    heirs: list[int]  # the account that was taken from, and those that it was merged into since
    unit_id: int
    house: str
    lot: LotState | None
    left: int
