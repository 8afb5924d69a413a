"""Live through past receipts again: to fill the ledger of an imported year, and to prove it (X2; `previewing` tries a draft).

Both run `rules.simulation.live` over the same columns. Only `replay_into_ledger` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Membership, Program, RuleVersion
from regulars.loyalty.program.rules import tiers
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.columns import ColumnState, Prepared
from regulars.loyalty.program.rules.simulation import Lived, Schedule, live
from regulars.loyalty.program.rules.tiers import Standing
from regulars.loyalty.program.services import loading
from regulars.loyalty.program.services.loading import Loaded
from regulars.loyalty.program.services.membership import standing
from regulars.loyalty.program.services.purchases.rating import take_back_returns
from regulars.loyalty.program.services.purchases.writing import write_earnings
from regulars.loyalty.wallet import services as wallet
from regulars.organization.access import Viewer

Progress = Callable[[str, float], None]
_UNTAKEN = """
SELECT DISTINCT k.receipt_id FROM sales_returnlink k JOIN program_earning e ON e.receipt_id = k.original_id
WHERE e.program_id = %(program)s
    AND NOT EXISTS (SELECT FROM program_takenback t WHERE t.earning_id = e.id AND t.receipt_id = k.receipt_id)
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay into the ledger did."""

    receipts: int
    points: int
    members: int
    tier_moves: int
    returns: int


@dataclass(frozen=True, slots=True)
class Differences:
    """Where the ledger is not what its own rules give: receipts that were compared, and those that differ."""

    receipts: int
    different: int
    examples: tuple[str, ...]


def replay_into_ledger(program: Program, *, now: datetime, viewer: Viewer, progress: Progress | None = None) -> Replayed:
    """Give every past receipt what the rules of its day give, with the tiers that follow and what has expired since.

    For a history that was imported. Receipts that are rated already count for the tiers and stay as they are, so that a replay
    that was interrupted goes on, and a second one changes nothing.
    """
    viewer.require("program.edit")
    show = progress or _in_silence
    last = selectors.program_zone().date_of(now) - timedelta(days=1)
    schedule = schedule_of(program)
    if not schedule:
        return Replayed(0, 0, 0, 0, 0)
    show("Reading receipts", 0)
    with transaction.atomic():
        loaded = load_since(program, schedule, schedule[0][0])
        returned = loading.load_returns(loaded, until=last)
    lived = live(
        loaded.columns, schedule, until=last, returned=returned, members=members_before(program, loaded, schedule),
        progress=lambda part: show("Rating", part),
    )  # fmt: skip
    missing = [at for at, earning in enumerate(loaded.earning_id) if earning is None and at < len(lived.book)]
    written = write_earnings(
        lived, loaded, missing, program_id=program.pk, now=now, viewer=viewer,
        progress=lambda part: show("Writing the ledger", part),
    )  # fmt: skip
    returns = [row[0] for row in bulk.fetch(_UNTAKEN, {"program": program.pk})]
    taken = take_back_returns(returns, now=now, viewer=viewer)
    show("Writing tiers", 0)
    with transaction.atomic():
        members = standing.write_history(lived, loaded, program, schedule, closed_on=last, now=now)
    wallet.expire_due(now=now)
    points = int(lived.points[missing].sum()) if missing else 0
    return Replayed(written, points, members, len(lived.moves), taken)


def members_before(program: Program, loaded: Loaded, schedule: Schedule) -> dict[int, tuple[date, Standing]]:
    """Return the loaded members who were in the program before they bought anything, as they stood when they joined."""
    number = loaded.members
    first: dict[int, date] = {}
    for at, member in enumerate(loaded.columns.member.tolist()):
        first.setdefault(member, date.fromordinal(int(loaded.columns.day[at])))
    joined = Membership.objects.filter(program=program, customer_id__in=number).values_list("customer_id", "joined_on")
    early = {number[customer]: day for customer, day in joined if day < first[number[customer]]}
    ladders = {
        day: next((book for since, book in reversed(schedule) if since <= day), schedule[0][1]) for day in early.values()
    }
    return {member: (day, tiers.join(day, ladders[day].body.ladder)) for member, day in early.items()}


def _in_silence(step: str, part: float) -> None:
    """Tell nobody."""


def compare_with_ledger(program: Program) -> Differences:
    """Rate every receipt of the ledger again under the version and tier that it names; return where that gives other points."""
    receipts, different = 0, []
    for version_id in RuleVersion.objects.filter(program=program, published_at__isnull=False).values_list("pk", flat=True):
        book = selectors.book_of_version(version_id)
        with transaction.atomic():
            if not loading.choose("e.version_id = %(version)s", program_id=program.pk, version=version_id):
                continue
            loaded = loading.load(book)
            kept = dict(bulk.fetch(
                "SELECT e.receipt_id, ARRAY[e.points, e.growth, e.spend_amount] || e.line_points FROM program_earning e"
                " WHERE e.version_id = %(version)s", {"version": version_id},
            ))  # fmt: skip
        lived = rate_as_kept(loaded, book, _held(version_id) if book.conditions else {})
        first = loaded.columns.first
        for at, receipt in enumerate(loaded.columns.receipt_id.tolist()):
            now = [int(lived.points[at]), int(lived.growth[at]), int(lived.spend[at])]
            now += lived.line_points[first[at] : first[at + 1]].tolist()
            if now != kept[receipt]:
                different.append(f"receipt {receipt}: {kept[receipt][0]} points kept, {now[0]} by the rules")
        receipts += len(loaded.columns)
    return Differences(receipts, len(different), tuple(different[:5]))


def _held(version_id: int) -> dict[int, list[str]]:
    """Return which conditions held, by receipt."""
    asked = "SELECT receipt_id, held FROM program_earning WHERE version_id = %(version)s AND held <> '{}'"
    return dict(bulk.fetch(asked, {"version": version_id}))


def rate_as_kept(loaded: Loaded, book: Book, held: Mapping[int, Sequence[str]]) -> Lived:
    """Rate receipts in the order, under the tiers and with the answers to conditions with which they were rated."""
    columns, receipts = loaded.columns, loaded.columns.receipt_id.tolist()
    kept = {
        code: np.fromiter((code in held.get(receipt, ()) for receipt in receipts), np.bool_, len(receipts))
        for code in book.conditions
    }
    lived, state = Lived.empty(columns), ColumnState.nothing(len(loaded.customers), book)
    prepared = Prepared(columns, book, held=kept)
    for day in np.unique(columns.day).tolist() if book.has_caps else [None]:
        span = slice(0, len(columns)) if day is None else slice(*np.searchsorted(columns.day, [day, day + 1]).tolist())
        state.forget_day()
        lived.take(prepared.rate(loaded.tier[span], state, span), book, span)
    return lived


def schedule_of(program: Program) -> Schedule:
    """Return the published versions with the day from which each holds, oldest first; of two from one day, the later."""
    versions = RuleVersion.objects.select_related("program").filter(program=program, published_at__isnull=False)
    latest = {version.effective_from: version for version in versions.order_by("effective_from", "number")}
    return [(day, selectors.book_of(version)) for day, version in sorted(latest.items()) if day is not None]


def load_since(program: Program, schedule: Schedule, since: date, until: date | None = None) -> Loaded:
    """Return all members' sales from a business date on, whether they are rated or not; in the caller's transaction."""
    loading.choose(
        "r.business_date >= %(since)s AND r.business_date < %(until)s", program_id=program.pk, since=since,
        until=until or date(9999, 12, 31),
    )  # fmt: skip
    return loading.load(*(book for _, book in schedule))
