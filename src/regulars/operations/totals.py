"""What a database holds, in numbers that must come out the same after a restore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Ask = Callable[[str], list[tuple[Any, ...]]]

# Kept out: what the queue and the sessions do while nobody looks is no data of the company.
_RESTLESS = ("procrastinate_%", "django_session", "core_sendingpause", "operations_backup")
_SUMS = {
    "receipts.gross_amount": "SELECT coalesce(sum(gross_amount), 0)::bigint FROM sales_receipt",
    "receipts.net_amount": "SELECT coalesce(sum(net_amount), 0)::bigint FROM sales_receipt",
    "receipts.paid_amount": "SELECT coalesce(sum(paid_amount), 0)::bigint FROM sales_receipt",
    "lines.quantity_milli": "SELECT coalesce(sum(quantity_milli), 0)::bigint FROM sales_receiptline",
    "discounts.amount": "SELECT coalesce(sum(amount), 0)::bigint FROM sales_linediscount",
    "tenders.amount": "SELECT coalesce(sum(amount), 0)::bigint FROM sales_tender",
}


def count(ask: Ask) -> dict[str, int]:
    """Return the rows of every table and the sums that matter; `ask` runs one query."""
    restless = " AND ".join(f"tablename NOT LIKE '{pattern}'" for pattern in _RESTLESS)
    tables = ask(f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND {restless} ORDER BY 1")
    rows = {f"{table}.rows": int(ask(f'SELECT count(*) FROM "{table}"')[0][0]) for (table,) in tables}
    return rows | {name: int(ask(query)[0][0]) for name, query in _SUMS.items()}
