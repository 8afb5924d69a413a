"""What a receipt earns, as a command for the ledger and a record for returns.

For checkout, one receipt at a time within its own transaction: `earning` reads, the caller posts, `keep_earning` writes.
`rating` does the same for many receipts at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from regulars.core import bulk, prepared
from regulars.loyalty.basket import Basket
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Earning, Program
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.earning import Earned, State, rate
from regulars.loyalty.program.services.membership.enrolling import Joining, enroll_many
from regulars.loyalty.program.services.purchases.writing import earn_command, kept_bonus
from regulars.loyalty.wallet.commands import Command, Owner, OwnerKind, Posted


def earning(
    basket: Basket, book: Book, *, receipt_id: int, now: datetime, earned: Earned | None = None, note: str = ""
) -> tuple[list[Command], Earning | None]:
    """Return what the ledger has to be told of a recorded receipt, and the record to keep once that is posted.

    Without a member there is neither. Where the rules have caps, the member is locked until the transaction ends, so that
    two tills cannot both give the last points. `earned` is what the caller has worked out under that lock already.
    """
    if basket.member is None:
        return [], None
    if earned is None:
        earned = rate(basket, book, locked_state(basket.member.customer_id, book=book, basket=basket))
    record = _record(basket, book, earned, receipt_id=receipt_id, now=now)
    record.note = note
    command = earning_command(book, record, at=basket.sold_at, store_id=basket.place.store_id)
    return ([command] if command else []), record


def locked_state(customer_id: int, *, book: Book, basket: Basket) -> State:
    """Return what caps look at, behind the member's lock."""
    if book.has_caps:
        lock_caps([customer_id], book=book)
    return selectors.state_of(customer_id, book=book, day=basket.business_date)


def lock_caps(customer_ids: Iterable[int], *, book: Book) -> None:
    """Wait for whoever else counts points of these members, in key order, until the transaction ends."""
    bulk.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended('program.caps/' || %(program)s, customer))"
        " FROM (SELECT unnest(%(customers)s::bigint[]) AS customer ORDER BY 1) c",
        {"program": book.program, "customers": sorted(set(customer_ids))},
    )


def earning_command(book: Book, record: Earning, *, at: datetime, store_id: int | None) -> Command | None:
    """Return the transfer that gives what `record` says, or None where nothing was earned."""
    return earn_command(
        book, Owner(OwnerKind.CUSTOMER, record.customer_id), record.points, record.growth, receipt_id=record.receipt_id, at=at,
        business_date=record.business_date, store_id=store_id, by_rule=record.by_rule,
    )  # fmt: skip


def keep_earning(record: Earning | None, posted: Posted | None, *, basket: Basket, book: Book) -> None:
    """Keep what a receipt earned, after its command was posted; let a first buyer in where the rules say so."""
    if record is None:
        return
    record.transfer_id = posted.transfer_id if posted else None
    keep_earnings([record])
    if basket.member is not None and not basket.member.tier and book.body.enrolls == "first_purchase":
        program = Program(pk=record.program_id, code=book.program)
        enroll_many(
            [Joining(customer_id=record.customer_id, joined_on=basket.business_date, joined_at=basket.sold_at,
                     store_id=basket.place.store_id, channel=basket.place.channel)],
            program=program,
        )  # fmt: skip


def keep_earnings(records: Sequence[Earning]) -> int:
    """Write several records with one statement; a receipt that is rated already stays as it is. Return how many were new."""
    if not records:
        return 0
    payload = json.dumps([_as_row(record) for record in records])
    return prepared.execute(_KEEP, {"rows": payload})


_KEEP = """
INSERT INTO program_earning (program_id, receipt_id, customer_id, version_id, transfer_id, business_date, tier, paid_plan,
    points, growth, spend_amount, line_nos, line_amounts, line_points, line_growth, bonuses, by_rule, held, earned_at,
    note)
SELECT program_id, receipt_id, customer_id, version_id, transfer_id, business_date, tier, paid_plan, points,
    growth, spend_amount, line_nos, line_amounts, line_points, line_growth, bonuses, by_rule, held, earned_at, note
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(program_id bigint, receipt_id bigint, customer_id bigint, version_id bigint,
    transfer_id bigint, business_date date, tier text, paid_plan text, points bigint, growth bigint, spend_amount bigint,
    line_nos int[], line_amounts bigint[], line_points bigint[], line_growth bigint[], bonuses jsonb, by_rule jsonb,
    held text[], earned_at timestamptz, note text)
ON CONFLICT (receipt_id, program_id) DO NOTHING
"""
_COLUMNS = (
    "program_id", "receipt_id", "customer_id", "version_id", "transfer_id", "tier", "paid_plan", "points", "growth",
    "spend_amount", "line_nos", "line_amounts", "line_points", "line_growth", "bonuses", "by_rule", "held", "note",
)  # fmt: skip


def _as_row(record: Earning) -> dict[str, object]:
    row = {name: getattr(record, name) for name in _COLUMNS}
    return row | {"business_date": record.business_date.isoformat(), "earned_at": record.earned_at.isoformat()}


def _record(basket: Basket, book: Book, earned: Earned, *, receipt_id: int, now: datetime) -> Earning:
    member = basket.member
    assert member is not None, "only members earn"
    return Earning(
        program_id=book.program_id, receipt_id=receipt_id, customer_id=member.customer_id, version_id=book.version_id,
        business_date=basket.business_date, tier=member.tier or book.base_tier, paid_plan=member.paid_plan,
        points=earned.points, growth=earned.growth, spend_amount=sum(line.amount for line in earned.lines),
        line_nos=[line.line_no for line in earned.lines], line_amounts=[line.amount for line in earned.lines],
        line_points=[line.points for line in earned.lines], line_growth=[line.growth for line in earned.lines],
        bonuses=[kept_bonus(bonus) for bonus in earned.bonuses], by_rule=dict(earned.by_rule),
        held=list(earned.held), earned_at=now,
    )  # fmt: skip
