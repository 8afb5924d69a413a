"""Let points go where the rules count inactivity: lots with a date of their own are the wallet's business (F22)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.rules.body import Inactivity
from regulars.loyalty.program.rules.dates import add_months
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, House, Owner, OwnerKind, Take
from regulars.organization.access import Viewer

_IDLE = f"""
SELECT m.customer_id, a.balance
FROM program_membership m
JOIN wallet_unit u ON u.code = %(unit)s
JOIN wallet_account a ON a.owner_kind = 'customer' AND a.owner_id = m.customer_id AND a.unit_id = u.id
WHERE m.program_id = %(program)s AND a.balance > a.held AND a.debt = 0 AND NOT a.is_frozen AND m.joined_on < %(since)s
    AND NOT EXISTS (SELECT FROM program_earning e
        WHERE e.customer_id = m.customer_id AND e.program_id = m.program_id AND e.business_date >= %(since)s
            AND {selectors.STANDS})
ORDER BY m.customer_id LIMIT %(limit)s
"""
_BATCH = 10_000


def expire_idle(*, now: datetime, viewer: Viewer) -> int:
    """Take the points of members who have bought nothing for as long as their program waits; return how many members."""
    expired = 0
    for book in selectors.books_at(now):
        if not isinstance(book.body.expiry, Inactivity):
            continue
        today = book.zone.date_of(now)
        asked = {
            "unit": book.points_unit, "program": book.program_id, "limit": _BATCH,
            "since": add_months(today, -book.body.expiry.months),
        }  # fmt: skip
        while idle := bulk.fetch(_IDLE, asked):
            commands = [
                Command(
                    source="program", key=f"idle/{book.program}/{customer}/{today.isoformat()}", kind="expire", at=now,
                    parts=(Take(owner=Owner(OwnerKind.CUSTOMER, customer), unit=book.points_unit, amount=balance,
                                house=House.EXPIRED, also_pending=True),),
                    business_date=today, rule_version=book.version_id, why={"idle_months": book.body.expiry.months},
                )
                for customer, balance in idle
            ]  # fmt: skip
            with transaction.atomic():
                wallet.post(commands, now=now, viewer=viewer)
            expired += len(idle)
            if len(idle) < _BATCH:
                break
    return expired
