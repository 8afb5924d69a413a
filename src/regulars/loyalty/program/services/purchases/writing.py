"""Write what receipts earned: one transfer of the wallet and one record each, by large sets.

For `rating` and `replaying`, whose receipts come as columns. A receipt that is rated already stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.dates import available_from, expires_at
from regulars.loyalty.program.rules.earning import BonusEarned
from regulars.loyalty.program.rules.simulation import Lived
from regulars.loyalty.program.rules.table import Integers
from regulars.loyalty.program.services.loading import Loaded
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization.access import Viewer

BATCH = 20_000
Progress = Callable[[float], None]
_INSERT = """
INSERT INTO program_earning (program_id, receipt_id, customer_id, version_id, transfer_id, business_date, tier, paid_plan,
    points, growth, spend_amount, line_nos, line_amounts, line_points, line_growth, bonuses, by_rule, held, earned_at,
    note)
SELECT %(program)s, receipt_id, customer_id, version_id, transfer_id, business_date, tier, paid_plan,
    points, growth, spend_amount,
    ('{' || line_nos || '}')::int[], ('{' || line_amounts || '}')::bigint[], ('{' || line_points || '}')::bigint[],
    ('{' || line_growth || '}')::bigint[], bonuses::jsonb, by_rule::jsonb, ('{' || held || '}')::text[],
    %(now)s, %(note)s
FROM rated_earning ORDER BY place
ON CONFLICT (receipt_id, program_id) DO NOTHING
"""


def write_earnings(
    lived: Lived, loaded: Loaded, receipts: Sequence[int], *, program_id: int, now: datetime, viewer: Viewer, note: str = "",
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Post and keep what the receipts at these positions earned, a batch per transaction; return how many were new."""
    written = 0
    rules = {code: points.tolist() for code, points in lived.by_rule.items()}
    for start in range(0, len(receipts), BATCH):
        batch = receipts[start : start + BATCH]
        with transaction.atomic():
            by_rule = [{code: points[at] for code, points in rules.items() if points[at]} for at in batch]
            transfers = _post(lived, loaded, batch, by_rule, now=now, viewer=viewer)
            bulk.stage("rated_earning", _table(lived, loaded, batch, by_rule, transfers))
            written += bulk.execute(_INSERT, {"program": program_id, "now": now, "note": note[:300]})
        if progress is not None:
            progress((start + len(batch)) / len(receipts))
    return written


def _post(
    lived: Lived, loaded: Loaded, batch: Sequence[int], by_rule: Sequence[dict[str, int]], *, now: datetime, viewer: Viewer
) -> list[int | None]:
    """Give points and growth value; return the transfer of each receipt, None where nothing was earned."""
    columns, customers = lived.columns, loaded.customers.tolist()
    commands: list[Command | None] = []
    for at, rules in zip(batch, by_rule, strict=True):
        book, day = lived.book[at], date.fromordinal(int(columns.day[at]))
        owner = Owner(OwnerKind.CUSTOMER, customers[columns.member[at]])
        sold_at = loaded.moment(at)
        commands.append(
            earn_command(
                book, owner, int(lived.points[at]), int(lived.growth[at]), receipt_id=int(columns.receipt_id[at]), at=sold_at,
                business_date=day, store_id=int(loaded.store_id[at]), by_rule=rules,
            )
        )  # fmt: skip
    posted = iter(wallet.post([command for command in commands if command is not None], now=now, viewer=viewer))
    return [next(posted).transfer_id if command is not None else None for command in commands]


def earn_command(
    book: Book, owner: Owner, points: int, growth: int, *, receipt_id: int, at: datetime, business_date: date,
    store_id: int | None, by_rule: dict[str, int],
) -> Command | None:  # fmt: skip
    """Return the transfer that gives what a receipt earned, or None where that is nothing."""
    first, last = _dates(book, business_date)
    gifts = []
    if points:
        gifts.append(
            Give(owner=owner, unit=book.points_unit, amount=points, house=House.ISSUED, available_from=first, expires_at=last)
        )
    if growth:
        gifts.append(Give(owner=owner, unit=book.growth_unit, amount=growth, house=House.ISSUED))
    if not gifts:
        return None
    return Command(
        source="program", key=f"earn/{book.program}/{receipt_id}", kind="earn", at=at, parts=tuple(gifts),
        business_date=business_date, store_id=store_id, receipt_id=receipt_id, rule_version=book.version_id,
        why={"rules": by_rule},
    )  # fmt: skip


def kept_bonus(bonus: BonusEarned) -> dict[str, object]:
    """Return a bonus as its record keeps it."""
    return {
        "rule": bonus.rule, "points": bonus.points, "from_amount": bonus.from_amount, "each": bonus.each,
        "amounts": dict(bonus.amounts),
    }  # fmt: skip


@lru_cache(maxsize=4096)
def _dates(book: Book, day: date) -> tuple[datetime | None, datetime | None]:
    return available_from(day, book), expires_at(day, book)


def _table(
    lived: Lived, loaded: Loaded, batch: Sequence[int], by_rule: Sequence[dict[str, int]], transfers: Sequence[int | None]
) -> pa.Table:
    columns, at = lived.columns, np.asarray(batch, np.int64)
    starts, counts = columns.first[at], np.diff(columns.first)[at]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    lines = np.repeat(starts - offsets[:-1], counts) + np.arange(offsets[-1])

    def joined(values: Integers) -> pa.Array:
        """Return the values of each receipt's lines as one text, with commas between."""
        texts = pc.cast(pa.array(values[lines]), pa.string())
        return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), texts), ",")

    return pa.table({
        "place": pa.array(range(len(batch)), pa.int64()),
        "receipt_id": columns.receipt_id[at],
        "customer_id": loaded.customers[columns.member[at]],
        "version_id": pa.array([lived.book[index].version_id for index in batch], pa.int64()),
        "transfer_id": pa.array(transfers, pa.int64()),
        "business_date": pa.array([date.fromordinal(day) for day in columns.day[at].tolist()], pa.date32()),
        "tier": pa.array([lived.tier[index] for index in batch], pa.string()),
        "paid_plan": pa.array([columns.plans[plan] for plan in columns.plan[at].tolist()], pa.string()),
        "points": lived.points[at],
        "growth": lived.growth[at],
        "spend_amount": lived.spend[at],
        "line_nos": joined(columns.line_no),
        "line_amounts": joined(lived.line_amounts),
        "line_points": joined(lived.line_points),
        "line_growth": joined(lived.line_growth),
        "bonuses": [json.dumps([kept_bonus(bonus) for bonus in lived.bonuses.get(index, ())]) for index in batch],
        "by_rule": [json.dumps(rules) for rules in by_rule],
        "held": [",".join(lived.held.get(index, ())) for index in batch],
    })  # fmt: skip
