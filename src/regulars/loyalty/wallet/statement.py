"""Statements: every entry of an account, as of any moment and as known at any moment (X3).

For the 360 page, the member's page and the API. «As of» asks what had happened by then; «known at» asks what we had
learned of by then. A receipt that arrives late changes the first and not the second, so that a month once closed stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regulars.core import bulk
from regulars.loyalty.wallet.commands import Owner
from regulars.loyalty.wallet.models import Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its transfer and its lot."""

    entry_id: int
    transfer_id: int
    kind: str
    house: str
    amount: int
    balance: int  # the account behind it, in the order in which the ledger learned of things
    unit: str
    currency: str
    unit_kind: str
    at: datetime
    recorded_at: datetime
    business_date: date | None
    store_id: int | None
    receipt_id: int | None
    rule_version: int | None
    reason: str
    actor: str
    why: Mapping[str, Any]
    lot_id: int | None
    origin: str
    earned_at: datetime | None
    available_from: datetime | None
    expires_at: datetime | None
    source: str
    key: str

    @property
    def is_debt(self) -> bool:
        return self.lot_id is None


@dataclass(frozen=True, slots=True)
class Statement:
    """The entries that count, newest first, and what they add up to."""

    lines: tuple[Line, ...]
    value: int
    as_of: datetime | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """What of one lot can be spent from when until when."""

    lot_id: int
    amount: int
    held: int
    origin: str
    earned_at: datetime
    available_from: datetime
    expires_at: datetime | None


COLUMNS = """e.id, e.transfer_id, t.kind, e.house, e.amount, e.balance_after, u.code, u.currency, u.kind, t.at, t.recorded_at,
    t.business_date, t.store_id, t.receipt_id, t.rule_version, t.reason, t.actor, t.why, e.lot_id, coalesce(l.origin, ''),
    l.earned_at, l.available_from, l.expires_at, t.source, t.key"""
_WHY = 17  # the place of `why` among them: Django's connection leaves JSON as text
TABLES = """wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id JOIN wallet_unit u ON u.id = e.unit_id
    LEFT JOIN wallet_lot l ON l.id = e.lot_id"""

_STATEMENT = f"""
SELECT {COLUMNS} FROM {TABLES} JOIN wallet_account a ON a.id = e.account_id
WHERE a.owner_kind = %(kind)s AND a.owner_id = %(id)s AND u.code = %(unit)s
    AND (%(as_of)s::timestamptz IS NULL OR t.at <= %(as_of)s)
    AND (%(known_at)s::timestamptz IS NULL OR t.recorded_at <= %(known_at)s)
ORDER BY t.at DESC, e.id DESC
"""

_SCHEDULE = """
SELECT l.id, l.remaining, l.held, l.origin, l.earned_at, l.available_from, l.expires_at
FROM wallet_lot l JOIN wallet_account a ON a.id = l.account_id JOIN wallet_unit u ON u.id = a.unit_id
WHERE a.owner_kind = %(kind)s AND a.owner_id = %(id)s AND u.code = %(unit)s AND l.remaining > 0
    AND (l.expires_at IS NULL OR l.expires_at > %(now)s OR l.held > 0)
ORDER BY l.expires_at NULLS LAST, l.earned_at, l.id
"""


def statement(owner: Owner, unit: str, *, as_of: datetime | None = None, known_at: datetime | None = None) -> Statement:
    """Return the owner's entries in one unit that had happened by `as_of` and were known by `known_at`; both default to now."""
    values = {"kind": str(owner.kind), "id": owner.id, "unit": unit, "as_of": as_of, "known_at": known_at}
    lines = tuple(to_line(row) for row in bulk.fetch(_STATEMENT, values))
    return Statement(lines, sum(line.amount for line in lines), as_of, known_at)


def schedule(owner: Owner, unit: str, *, now: datetime) -> list[Due]:
    """Return every lot that is left, in the order of use: the whole schedule of expiry, not only its next date (P6)."""
    rows = bulk.fetch(_SCHEDULE, {"kind": str(owner.kind), "id": owner.id, "unit": unit, "now": now})
    return [Due(*row) for row in rows]


def to_line(row: Sequence[Any]) -> Line:
    """Return a row of `COLUMNS` as a line."""
    values = list(row)
    values[_WHY] = json.loads(values[_WHY])
    return Line(*values)


def line_of(entry: Entry) -> Line:
    """Return an entry that was read with its transfer, unit and lot as a line."""
    transfer, lot = entry.transfer, entry.lot
    return Line(
        entry_id=entry.pk,
        transfer_id=transfer.pk,
        kind=transfer.kind,
        house=entry.house,
        amount=entry.amount,
        balance=entry.balance_after or 0,
        unit=entry.unit.code,
        currency=entry.unit.currency,
        unit_kind=entry.unit.kind,
        at=transfer.at,
        recorded_at=transfer.recorded_at,
        business_date=transfer.business_date,
        store_id=transfer.store_id,
        receipt_id=transfer.receipt_id,
        rule_version=transfer.rule_version,
        reason=transfer.reason,
        actor=transfer.actor,
        why=transfer.why,
        lot_id=entry.lot_id,
        origin=lot.origin if lot else "",
        earned_at=lot.earned_at if lot else None,
        available_from=lot.available_from if lot else None,
        expires_at=lot.expires_at if lot else None,
        source=transfer.source,
        key=transfer.key,
    )
