"""Reads of the ledger: balances now, and which of them expires when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from regulars.core import prepared
from regulars.loyalty.wallet.commands import Owner
from regulars.loyalty.wallet.statement import Due, Line, Statement, schedule, statement

__all__ = ["Due", "Line", "Statement", "UnitBalance", "balances_of", "schedule", "statement"]


@dataclass(frozen=True, slots=True)
class UnitBalance:
    """What an owner has of one unit now. `posted` is the sum of the entries; `spendable` is what can be taken."""

    unit: str
    posted: int
    held: int
    pending: int
    spendable: int
    debt: int
    expiring: tuple[tuple[date, int], ...]  # by UTC date of the instant at which it can no longer be spent
    is_frozen: bool = False


_BALANCES = """
SELECT u.code, a.balance, a.held, a.debt, a.is_frozen,
    coalesce(sum(l.remaining) FILTER (WHERE l.available_from > %(now)s::timestamptz), 0)::bigint,
    coalesce(sum(l.remaining - l.held) FILTER (WHERE l.available_from <= %(now)s::timestamptz), 0)::bigint,
    array_agg((l.expires_at AT TIME ZONE 'UTC')::date ORDER BY l.expires_at) FILTER (WHERE l.expires_at IS NOT NULL),
    array_agg(l.remaining ORDER BY l.expires_at) FILTER (WHERE l.expires_at IS NOT NULL)
FROM wallet_account a JOIN wallet_unit u ON u.id = a.unit_id
LEFT JOIN wallet_lot l ON l.account_id = a.id AND l.remaining > 0
    AND (l.expires_at IS NULL OR l.expires_at > %(now)s::timestamptz OR l.held > 0)
WHERE a.owner_kind = %(kind)s AND a.owner_id = %(id)s::bigint
GROUP BY u.code, a.id ORDER BY u.code
"""


def balances_of(owner: Owner, *, now: datetime) -> list[UnitBalance]:
    """Return what the owner has of each unit, by unit; expired value counts for nothing, whether or not it was booked out."""
    rows = prepared.fetch(_BALANCES, {"kind": str(owner.kind), "id": owner.id, "now": now})
    return [
        UnitBalance(
            unit,
            posted,
            held,
            pending,
            0 if is_frozen else max(0, free - debt),
            debt,
            _by_date(dates or [], amounts or []),
            is_frozen,
        )
        for unit, posted, held, debt, is_frozen, pending, free, dates, amounts in rows
    ]


def _by_date(dates: list[date], amounts: list[int]) -> tuple[tuple[date, int], ...]:
    total: dict[date, int] = {}
    for day, amount in zip(dates, amounts, strict=True):
        total[day] = total.get(day, 0) + amount
    return tuple(total.items())
