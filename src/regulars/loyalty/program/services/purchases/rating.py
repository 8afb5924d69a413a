"""Rate receipts that came by file or REST, and what came back of them: each once, by sets, in any order (F18, F24).

For the subscriber of `receipts.recorded`. Receipts that checkout has recorded are rated already and stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Membership, Program
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.columns import ColumnState, Prepared
from regulars.loyalty.program.rules.simulation import Lived
from regulars.loyalty.program.rules.table import Integers
from regulars.loyalty.program.services import loading
from regulars.loyalty.program.services.membership.enrolling import Joining, enroll_many
from regulars.loyalty.program.services.purchases.earning import lock_caps
from regulars.loyalty.program.services.purchases.returning import keep_taken_back, returned_lines, taking_back
from regulars.loyalty.program.services.purchases.unlinked import unlinked_lines
from regulars.loyalty.program.services.purchases.writing import write_earnings
from regulars.loyalty.wallet import services as wallet
from regulars.organization.access import Viewer

_NEW = "e.id IS NULL AND r.business_date >= %(since)s AND r.business_date < %(until)s AND {condition}"
_RETURNS_DONE = """
SELECT DISTINCT k.receipt_id FROM sales_returnlink k JOIN program_earning e ON e.receipt_id = k.original_id
JOIN sales_receipt r ON r.id = k.receipt_id
WHERE (r.written_xid = %(xid)s OR k.original_id IN (SELECT id FROM sales_receipt WHERE written_xid = %(xid)s))
    AND NOT EXISTS (SELECT FROM program_takenback t WHERE t.earning_id = e.id AND t.receipt_id = k.receipt_id)
"""


def rate_recorded(written_xid: int, *, now: datetime, viewer: Viewer) -> int:
    """Rate the sales of one recorded set and take back what its returns bring; return how many sales were rated."""
    rated = sum(
        rate_receipts(program, "r.written_xid = %(xid)s", {"xid": written_xid}, now=now, viewer=viewer)
        for program in Program.objects.filter(is_active=True)
    )
    take_back_returns([row[0] for row in bulk.fetch(_RETURNS_DONE, {"xid": written_xid})], now=now, viewer=viewer)
    take_back_unlinked(written_xid, now=now, viewer=viewer)
    return rated


@transaction.atomic
def rate_receipts(
    program: Program, condition: str, values: dict[str, Any], *, now: datetime, viewer: Viewer, note: str = ""
) -> int:
    """Rate the sales that fulfil `condition` and are not rated yet, each under the rules of its business date."""
    wait_for_rating(program)  # a repeat of the same set waits, and then finds everything rated
    rated = 0
    for version_id, since, until in _versions(program):
        book = selectors.book_of_version(version_id)
        chosen = loading.choose(_NEW.format(condition=condition), program_id=program.pk, since=since, until=until, **values)
        if chosen:
            rated += _rate(book, program, now=now, viewer=viewer, note=note)
    return rated


def wait_for_rating(program: Program) -> None:
    """Wait until nobody else rates sets of receipts; nobody does until the transaction ends."""
    bulk.fetch("SELECT pg_advisory_xact_lock(hashtextextended('program.rating', %(id)s))", {"id": program.pk})


def take_back_returns(receipt_ids: list[int], *, now: datetime, viewer: Viewer) -> int:
    """Take back what these returns bring; return how many took something."""
    taken = 0
    for start in range(0, len(receipt_ids), 1000):
        with transaction.atomic():
            taking = taking_back(returned_lines(receipt_ids[start : start + 1000]), now=now)
            keep_taken_back(taking, wallet.post(taking.commands, now=now, viewer=viewer))
            taken += len(taking.records)
    return taken


@transaction.atomic
def take_back_unlinked(written_xid: int, *, now: datetime, viewer: Viewer) -> int:
    """Take back what the returns of a recorded set bring that name no sale; return how many purchases gave something back."""
    for program in Program.objects.filter(is_active=True).order_by("pk"):
        wait_for_rating(program)  # of two returns at once, the second finds what the first has left
    taking = taking_back(unlinked_lines(written_xid), now=now)
    keep_taken_back(taking, wallet.post(taking.commands, now=now, viewer=viewer))
    return len(taking.records)


def _versions(program: Program) -> list[tuple[int, Any, Any]]:
    """Return the published versions with the business dates (half-open) in which they hold."""
    return bulk.fetch(
        """
        SELECT id, effective_from, coalesce(lead(effective_from) OVER (ORDER BY effective_from, number), DATE '9999-12-31')
        FROM program_ruleversion WHERE program_id = %(program)s AND published_at IS NOT NULL
        ORDER BY effective_from, number""",
        {"program": program.pk},
    )


def _rate(book: Book, program: Program, *, now: datetime, viewer: Viewer, note: str) -> int:
    """Rate what `loading.choose` has chosen, each receipt under the tier that its member held then."""
    loaded = loading.load(book)
    columns, customers = loaded.columns, loaded.customers.tolist()
    inside = _let_in(loaded, book, program)
    if book.has_caps:
        lock_caps(customers, book=book)
    tiers = dict(bulk.fetch(_TIERS, {"program": program.pk}))
    names = [tiers.get(receipt) or book.base_tier for receipt in columns.receipt_id.tolist()]
    lived = Lived.empty(columns)
    lived.tier, lived.book = names, [book] * len(columns)
    prepared, ever = Prepared(columns, book), None
    for day, span in _spans(columns.day, by_day=book.has_caps):
        state = _state(loaded, book, date.fromordinal(day)) if book.has_caps else ColumnState.nothing(len(customers), book)
        if ever is not None:  # what this set has given on the days before is not in the database yet
            state.by_rule_ever = ever
        ever = state.by_rule_ever
        lived.take(prepared.rate(names[span], state, span), book, span)
    receipts = [at for at, member in enumerate(columns.member.tolist()) if customers[member] in inside]
    return write_earnings(lived, loaded, receipts, program_id=program.pk, now=now, viewer=viewer, note=note)


_TIERS = """
SELECT r.id, t.tier FROM rated_receipt r
JOIN program_tierspell t ON t.customer_id = r.customer_id AND t.program_id = %(program)s
    AND t.since <= r.sold_at AND (t.until IS NULL OR t.until > r.sold_at)
"""
_JOINING = """
SELECT DISTINCT ON (customer_id) customer_id, business_date, sold_at, store_id, channel
FROM rated_receipt ORDER BY customer_id, business_date, sold_at
"""


def _let_in(loaded: loading.Loaded, book: Book, program: Program) -> set[int]:
    """Make members of first buyers where the rules say so; return which customers are members."""
    customers = loaded.customers.tolist()
    if book.body.enrolls == "asked":
        known = Membership.objects.filter(program=program, left_at=None, customer_id__in=customers)
        return set(known.values_list("customer_id", flat=True))
    enroll_many(
        [
            Joining(customer_id=customer, joined_on=day, joined_at=at, store_id=store, channel=channel)
            for customer, day, at, store, channel in bulk.fetch(_JOINING)
        ],
        program=program,
    )
    return set(customers)


def _spans(day: Integers, *, by_day: bool) -> Iterator[tuple[int, slice]]:
    """Yield the receipts of each day; all of them together where one day is nothing to the other."""
    if not by_day:
        yield int(day[0]), slice(0, len(day))
        return
    for one in np.unique(day).tolist():
        start, stop = np.searchsorted(day, [one, one + 1]).tolist()
        yield one, slice(start, stop)


def _state(loaded: loading.Loaded, book: Book, day: date) -> ColumnState:
    """Return what the members have earned before, as far as caps look at it."""
    state, members = ColumnState.nothing(len(loaded.customers), book), loaded.members
    asked = {"day": day, "customers": loaded.customers.tolist(), "program": book.program_id}
    for customer, receipts, points in bulk.fetch(_TODAY, asked):
        state.receipts_today[members[customer]], state.points_today[members[customer]] = receipts, points
    for customer, rule, ever, today in bulk.fetch(_BY_RULE, asked):
        if rule in state.by_rule_ever:
            state.by_rule_ever[rule][members[customer]], state.by_rule_today[rule][members[customer]] = ever, today
    return state


# Who became one customer shares the caps, as for tills (`selectors.state_of`).
_MINE = """
WITH mine AS (
    SELECT id, id AS customer_id FROM unnest(%(customers)s::bigint[]) AS id
    UNION ALL SELECT id, merged_into_id FROM customers_customer WHERE merged_into_id = ANY (%(customers)s)
)
"""
_TODAY = f"""{_MINE}
SELECT m.customer_id, count(*), sum(points)::bigint FROM mine m JOIN program_earning e ON e.customer_id = m.id
WHERE program_id = %(program)s AND business_date = %(day)s AND {selectors.STANDS} GROUP BY 1
"""
_BY_RULE = f"""{_MINE}
SELECT m.customer_id, rule, sum(given::bigint)::bigint,
    coalesce(sum(given::bigint) FILTER (WHERE business_date = %(day)s), 0)::bigint
FROM mine m JOIN program_earning e ON e.customer_id = m.id, jsonb_each_text(by_rule) AS r(rule, given)
WHERE program_id = %(program)s AND {selectors.STANDS} GROUP BY 1, 2
"""
