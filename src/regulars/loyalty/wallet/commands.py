"""What the ledger is asked to do, as values: made by cards, program, offers and checkout, posted by `services.post`.

A command is one transfer under the caller's own `(source, key)`: asked twice, it is posted once. Its parts give to and take
from customers' accounts; the house's side of each part follows by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class OwnerKind(StrEnum):
    """Who an account may belong to."""

    CUSTOMER = "customer"
    CARD = "card"  # a bearer card that nobody has claimed


class House(StrEnum):
    """The other side of a customer's entry: why value comes into being or goes."""

    ISSUED = "issued"  # points and growth given by rules
    REDEEMED = "redeemed"  # points spent
    EXPIRED = "expired"
    CLAWED_BACK = "clawed_back"  # taken back with a return
    ADJUSTED = "adjusted"  # by hand, with a reason
    OPENING = "opening"  # brought from an older system
    CASH = "cash"  # stored value paid in and paid out
    SALES = "sales"  # stored value spent
    BONUS = "bonus"  # bonus money granted
    MOVED = "moved"  # between two customers' accounts: both sides of one transfer, zero in sum


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account."""

    kind: OwnerKind
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """Put a new lot into an account. Not spendable before `available_from`; gone at `expires_at` (None: never)."""

    owner: Owner
    unit: str
    amount: int
    house: House
    available_from: datetime | None = None
    expires_at: datetime | None = None
    origin: str = ""  # what made the lot within its transfer, such as "line:3" or "bonus:double-week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Take from an account's spendable lots, first-expiring first; from the lots of `of_transfer` before all others.

    `hold` names a hold that this take captures. Without enough, the command is refused, unless `may_indebt`: then what is
    missing becomes debt, which later gifts fill first (P15). `also_pending` lets a claw-back reach lots not spendable yet.
    """

    owner: Owner
    unit: str
    amount: int
    house: House
    hold: str = ""
    of_transfer: int | None = None
    origins: tuple[str, ...] = ()  # of these origins of `of_transfer` only
    may_indebt: bool = False
    also_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """Undo part of an earlier take: the value returns to the lots it came from, with their dates.

    What would expire before `not_before` (the policy's grace, P7) lives until then. Without a grace, what has expired meanwhile
    comes back expired: it stands in the statement, cannot be spent, and the next run of the expiry takes it again.
    """

    of_transfer: int
    owner: Owner
    unit: str
    amount: int
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Hand value to another owner: spendable lots in the order of use, with their dates."""

    owner: Owner
    to: Owner
    unit: str
    amount: int


Part = Give | Take | GiveBack | Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One transfer. `at` is when it happened, `why` says it in words' parameters, `rule_version` which rules made it."""

    source: str
    key: str
    kind: str  # earn, redeem, claw_back, refund, top_up, spend, expire, adjust, transfer, merge, open …
    at: datetime
    parts: tuple[Part, ...]
    business_date: date | None = None
    store_id: int | None = None
    receipt_id: int | None = None
    rule_version: int | None = None
    reason: str = ""
    why: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Balance:
    """An account after a command."""

    owner: Owner
    unit: str
    posted: int  # the sum of its entries
    held: int
    debt: int


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a command; the same for the first time and every repeat."""

    transfer_id: int
    repeated: bool
    balances: tuple[Balance, ...]
