"""Try a draft on the receipts of the last months before it holds: cost, liability, tiers, who wins and who loses (X2).

Both the rules in force and the draft live through the same receipts from the same standings, so that whatever differs is the
draft's doing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Program, ReplayRun, RuleVersion
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.dates import add_months, last_use
from regulars.loyalty.program.rules.redeeming import value_of
from regulars.loyalty.program.rules.simulation import Lived, Schedule, live
from regulars.loyalty.program.rules.table import Flags, Integers
from regulars.loyalty.program.services import loading
from regulars.loyalty.program.services.loading import Loaded
from regulars.loyalty.program.services.rulebook.drafting import read_body
from regulars.loyalty.program.services.rulebook.replaying import load_since, members_before, schedule_of
from regulars.organization.access import Viewer

HURT_SHOWN = 20
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Side:
    """What one set of rules makes of the months: points, their value and what of them would still be owed at the end."""

    points: int
    growth: int
    cost_amount: int
    owed_points: int
    owed_amount: int
    by_rule: dict[str, int]
    by_month: dict[str, int]
    by_tier: dict[str, int]  # members at the end
    rises: int
    falls: int


@dataclass(frozen=True, slots=True)
class Hurt:
    """A member who would have less."""

    customer_id: int
    points_now: int
    points_then: int
    tier_now: str
    tier_then: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a draft changes. `tier_moves`: members by tier under the rules in force and under the draft."""

    since: str
    until: str
    receipts: int
    members: int
    currency: str
    now: Side
    then: Side
    winners: int
    losers: int
    unchanged: int
    won_points: int
    lost_points: int
    tier_moves: list[tuple[str, str, int]]
    hurt: list[Hurt]
    ledger_receipts: int  # of the months, rated in the ledger under one of the program's versions …
    ledger_different: int  # … and how many of them the rules in force then give other points


def ask_replay(version: RuleVersion, *, months: int, viewer: Viewer, now: datetime) -> ReplayRun:
    """Ask the worker to try a version on the last `months` months."""
    viewer.require("program.edit", "program.publish")
    return ReplayRun.objects.create(
        program=version.program, version=version, body=version.body, months=min(max(months, 1), 36),
        asked_by=viewer.label[:160], asked_at=now,
    )  # fmt: skip


def run_replay(run_id: int, *, now: datetime) -> None:
    """Run a replay that was asked for; one that is done stays as it is."""
    run = ReplayRun.objects.select_related("program", "version__program").get(pk=run_id)
    if run.state == ReplayRun.State.DONE:
        return
    ReplayRun.objects.filter(pk=run_id).update(state=ReplayRun.State.RUNNING)
    draft = Book(
        read_body(run.body), run.program.code, run.program_id, run.version_id, run.version.number, selectors.program_zone(),
        run.program.currency,
    )  # fmt: skip
    report = preview(
        run.program, draft, months=run.months, now=now,
        progress=lambda part: bool(ReplayRun.objects.filter(pk=run_id).update(part=part)),
    )  # fmt: skip
    ReplayRun.objects.filter(pk=run_id).update(state=ReplayRun.State.DONE, part=1, report=asdict(report), done_at=now)


def preview(program: Program, draft: Book, *, months: int, now: datetime, progress: Callable[[float], object] = bool) -> Report:
    """Return what `draft` would have made of the last `months` months, beside what the rules in force then made of them."""
    until = selectors.program_zone().date_of(now) - timedelta(days=1)
    since = add_months(until, -months) + timedelta(days=1)
    current = schedule_of(program)
    start = min([since, *(day for day, _ in current)])
    trial: Schedule = [*((day, book) for day, book in current if day < since), (since, draft)]
    with transaction.atomic():
        loaded = load_since(program, [*current, *trial], start)
        returned = loading.load_returns(loaded, until=until)
    progress(0.2)
    members = members_before(program, loaded, current or trial)
    was = live(loaded.columns, current, until=until, returned=returned, members=members)
    progress(0.6)
    would = live(loaded.columns, trial, until=until, returned=returned, members=members)
    progress(0.95)
    return _report(loaded, was, would, books=(current[-1][1] if current else draft, draft), since=since, until=until)


def _report(loaded: Loaded, was: Lived, would: Lived, *, books: tuple[Book, Book], since: date, until: date) -> Report:
    window = loaded.columns.day >= since.toordinal()
    window &= loaded.columns.day <= until.toordinal()
    count = len(loaded.customers)
    before, after = _by_member(was, window, count), _by_member(would, window, count)
    difference = after - before
    seen = np.zeros(count, np.bool_)
    seen[loaded.columns.member[window]] = True
    worst = [int(member) for member in np.argsort(difference, kind="stable")[:HURT_SHOWN] if difference[member] < 0]
    book, draft = books
    rated = [at for at in np.flatnonzero(window).tolist() if loaded.earning_id[at] is not None]
    return Report(
        since=since.isoformat(), until=until.isoformat(), receipts=int(window.sum()), members=int(seen.sum()),
        currency=draft.currency, now=_side(was, window, since, until, book), then=_side(would, window, since, until, draft),
        winners=int((difference > 0).sum()), losers=int((difference < 0).sum()),
        unchanged=int((seen & (difference == 0)).sum()), won_points=int(difference[difference > 0].sum()),
        lost_points=int(-difference[difference < 0].sum()), tier_moves=_tier_moves(was, would),
        hurt=[
            Hurt(
                int(loaded.customers[member]), int(before[member]), int(after[member]), _tier(was, member), _tier(would, member)
            )
            for member in worst
        ],
        ledger_receipts=len(rated),
        ledger_different=sum(int(was.points[at]) != loaded.points[at] for at in rated),
    )  # fmt: skip


def _by_member(lived: Lived, window: Flags, count: int) -> Integers:
    """Return the points of each member in the months, returns of them taken off."""
    points = np.zeros(count, np.int64)
    np.add.at(points, lived.columns.member[window], lived.points[window])
    for taken in lived.taken:
        if window[taken.returned.sale]:
            points[lived.columns.member[taken.returned.sale]] -= taken.taken.points
    return points


def _side(lived: Lived, window: Flags, since: date, until: date, book: Book) -> Side:
    columns = lived.columns
    net = lived.points.copy()
    for taken in lived.taken:
        net[taken.returned.sale] -= taken.taken.points
    by_day = _sum_by(columns.day[window], net[window])
    owed = sum(points for day, points in by_day.items() if (last_use(date.fromordinal(day), book) or until) >= until)
    by_month: dict[str, int] = {}
    for day, points in by_day.items():
        month = date.fromordinal(day).isoformat()[:7]
        by_month[month] = by_month.get(month, 0) + points
    redemption = book.body.redemption
    moves = [move for _, day, move in lived.moves if day >= since]
    points = sum(by_day.values())
    return Side(
        points=points, growth=int(lived.growth[window].sum()), cost_amount=value_of(points, redemption) if redemption else 0,
        owed_points=owed, owed_amount=value_of(owed, redemption) if redemption else 0,
        by_rule={code: int(given[window].sum()) for code, given in lived.by_rule.items() if given[window].any()},
        by_month=by_month, by_tier=dict(Counter(standing.tier for standing in lived.standings.values())),
        rises=sum(move.cause == "reached" for move in moves), falls=sum(move.cause != "reached" for move in moves),
    )  # fmt: skip


def _tier_moves(was: Lived, would: Lived) -> list[tuple[str, str, int]]:
    pairs = [(_tier(was, member), _tier(would, member)) for member in would.standings]
    counted = Counter(pair for pair in pairs if pair[0] != pair[1])
    return [(before, after, members) for (before, after), members in counted.most_common()]


def _tier(lived: Lived, member: int) -> str:
    standing = lived.standings.get(member)
    return standing.tier if standing else ""


def _sum_by(keys: Integers, values: Integers) -> dict[int, int]:
    found, back = np.unique(keys, return_inverse=True)
    total = np.zeros(len(found), np.int64)
    np.add.at(total, back, values)
    return dict(zip(found.tolist(), total.tolist(), strict=True))
