"""Live through a stretch of receipts under given rules: what each earned, what returns took back, who rose and fell when.

The one engine of replays (X2): `services.replaying` runs it over past receipts, to write the ledger of an imported year and to
say beforehand what a draft would change. Day by day, since a tier reached today earns from tomorrow on (P27).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from regulars.loyalty.program.rules import tiers
from regulars.loyalty.program.rules.body import Ladder
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.columns import ColumnEarned, ColumnState, Prepared
from regulars.loyalty.program.rules.earning import BonusEarned
from regulars.loyalty.program.rules.returning import Back, SoldLine, TakenBack, difference, take_back
from regulars.loyalty.program.rules.table import Columns, Integers, span_of, sums
from regulars.loyalty.program.rules.tiers import Move, Standing

_NEVER = 10_000_000  # beyond every date
Schedule = Sequence[tuple[date, Book]]  # from which day on which rules hold, oldest first
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Returned:
    """A return of one sale: the day, the sale's place in the columns, and how much of which line."""

    receipt_id: int
    day: int
    sale: int
    back: Mapping[int, Back]


@dataclass(slots=True)
class Taken:
    """What a return took back."""

    returned: Returned
    taken: TakenBack
    spend: int
    visits: int


@dataclass
class Lived:
    """What came of it. Arrays are in the order of the columns; `by_rule` is per receipt."""

    columns: Columns
    line_points: Integers
    line_growth: Integers
    line_amounts: Integers
    points: Integers
    growth: Integers
    spend: Integers
    tier: list[str]
    book: list[Book]
    by_rule: dict[str, Integers]
    bonuses: dict[int, list[BonusEarned]]  # by position of the receipt
    held: dict[int, list[str]] = field(default_factory=dict)  # by position: rules with a condition that held
    taken: list[Taken] = field(default_factory=list)
    joined: dict[int, date] = field(default_factory=dict)
    moves: list[tuple[int, date, Move]] = field(default_factory=list)  # member, day, step
    standings: dict[int, Standing] = field(default_factory=dict)

    @classmethod
    def empty(cls, columns: Columns) -> Lived:
        def lines() -> Integers:
            return np.zeros(len(columns.line_no), np.int64)

        def receipts() -> Integers:
            return np.zeros(len(columns), np.int64)

        return cls(columns, lines(), lines(), lines(), receipts(), receipts(), receipts(), [], [], {}, {})

    def take(self, found: ColumnEarned, book: Book, span: slice) -> None:
        """Put what the receipts of `span` earned into their places."""
        columns = self.columns
        lines = slice(int(columns.first[span.start]), int(columns.first[span.stop]))
        first = columns.first[span.start : span.stop + 1] - columns.first[span.start]
        self.line_points[lines], self.line_growth[lines] = found.line_points, found.line_growth
        self.line_amounts[lines], self.points[span] = found.line_amounts, found.points
        self.growth[span], self.spend[span] = sums(found.line_growth, first), sums(found.line_amounts, first)
        given = {code: sums(points, first) for code, points in found.by_rule.items()} | found.bonuses
        for code, given_points in given.items():
            self.by_rule.setdefault(code, np.zeros(len(columns), np.int64))[span] = given_points
        for code, held in found.held.items():
            for at in np.flatnonzero(held).tolist():
                self.held.setdefault(span.start + at, []).append(code)
        for bonus in book.rates.bonus:
            for at in np.flatnonzero(found.bonuses[bonus.code]).tolist():
                where = np.arange(first[at], first[at + 1])[found.bonus_lines[bonus.code][first[at] : first[at + 1]]]
                numbers = columns.line_no[lines][where].tolist()
                amounts = dict(zip(numbers, found.line_amounts[where].tolist(), strict=True))
                points = int(found.bonuses[bonus.code][at])
                kept = BonusEarned(bonus.code, points, bonus.from_amount, bonus.points if bonus.each else 0, amounts)
                self.bonuses.setdefault(span.start + at, []).append(kept)


def live(
    columns: Columns, schedule: Schedule, *, until: date, returned: Sequence[Returned] = (),
    members: Mapping[int, tuple[date, Standing]] | None = None, progress: Progress | None = None,
) -> Lived:  # fmt: skip
    """Return what becomes of `columns` (sorted by day) under the rules of `schedule`, to the close of the day `until`.

    `members` are those who are in the program before the first receipt; the others join with their first one.
    """
    life = _Life(columns, members or {}, returned)
    for at, (since, book) in enumerate(schedule):
        end = schedule[at + 1][0].toordinal() if at + 1 < len(schedule) else until.toordinal() + 1
        life.run(book, since.toordinal(), min(end, until.toordinal() + 1), progress, until.toordinal())
    return life.lived


class _Life:
    def __init__(self, columns: Columns, members: Mapping[int, tuple[date, Standing]], returned: Sequence[Returned]) -> None:
        count = max([int(columns.member.max(initial=-1)), *members, -1]) + 1
        self.columns, self.lived = columns, Lived.empty(columns)
        self.standing: list[Standing | None] = [None] * count
        self.joined_on: list[date | None] = [None] * count
        self.value, self.before = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.next_from = np.zeros(count, np.int64)
        self.due = np.full(count, _NEVER)
        for member, (joined_on, standing) in members.items():
            self.standing[member], self.joined_on[member] = standing, joined_on
        self.returns: dict[int, list[Returned]] = defaultdict(list)
        for one in returned:
            self.returns[one.day].append(one)
        self.back: dict[int, dict[int, Back]] = {}
        self.state: ColumnState | None = None
        self.ever: dict[str, Integers] = {}

    def run(self, book: Book, since: int, until: int, progress: Progress | None, last: int) -> None:
        """Live from the day `since` to before the day `until`."""
        self.book, self.ladder = book, book.body.ladder
        start, stop = (int(at) for at in np.searchsorted(self.columns.day, [since, until]))
        self.offset = start
        self.prepared = Prepared(span_of(self.columns, np.arange(start, stop)), book)
        self._begin(since)
        by_day = book.has_caps or book.asks_tier
        if not by_day and stop > start:
            self._rate(start, stop)
        for day in range(max(since, int(self.columns.day[0]) if len(self.columns) else since), until):
            first, after = (int(at) for at in np.searchsorted(self.columns.day[start:stop], [day, day + 1]) + start)
            self._join(first, after, day)
            if by_day and after > first:
                self._rate(first, after)
            self._count(first, after)
            for one in self.returns.get(day, ()):
                self._take_back(one, day)
            self._close(day, self.columns.member[first:after], self.returns.get(day, ()))
            if progress is not None:
                progress((day - int(self.columns.day[0]) + 1) / max(last - int(self.columns.day[0]) + 1, 1))
        self.lived.standings = {at: standing for at, standing in enumerate(self.standing) if standing is not None}

    def _begin(self, since: int) -> None:
        """Lay the members under these rules; what they have by rule so far stays with its code."""
        self.state = ColumnState.nothing(len(self.standing), self.book)
        for code, given in self.ever.items():
            if code in self.state.by_rule_ever:
                self.state.by_rule_ever[code] = given
        for member, standing in enumerate(self.standing):
            if standing is not None:
                self._watch(member, standing)
                self.due[member] = min(self.due[member], since + 1)  # judge everybody once under the new ladder

    def _rate(self, start: int, stop: int) -> None:
        assert self.state is not None, "begun"
        if self.book.has_caps:
            self.state.forget_day()
        members = self.columns.member[start:stop]
        names = [standing.tier if (standing := self.standing[member]) else self.book.base_tier for member in members]
        span = slice(start - self.offset, stop - self.offset)
        found = self.prepared.rate(names, self.state, span)
        self.ever.update(self.state.by_rule_ever)
        self.lived.take(found, self.book, slice(start, stop))

    def _join(self, first: int, after: int, day: int) -> None:
        for member in self.columns.member[first:after].tolist():
            if self.standing[member] is None:
                today = date.fromordinal(day)
                standing = tiers.join(today, self.ladder)
                self.standing[member], self.joined_on[member] = standing, today
                self.lived.joined[member] = today
                self._watch(member, standing)

    def _count(self, first: int, after: int) -> None:
        """Add what the day's receipts bring to the measure of the tiers; remember which tier they were rated under."""
        members = self.columns.member[first:after]
        for member in members.tolist():
            standing = self.standing[member]
            self.lived.tier.append(standing.tier if standing else "")
            self.lived.book.append(self.book)
        np.add.at(self.value, members, self._measure()[first:after])

    def _measure(self) -> Integers:
        lived = self.lived
        match self.ladder.measure:
            case "spend":
                return lived.spend
            case "visits":
                return (lived.spend > 0).astype(np.int64)
            case "points":
                return lived.points
            case "growth":
                return lived.growth

    def _take_back(self, one: Returned, day: int) -> None:
        """Take back what a return takes, where its sale stood."""
        if one.sale >= len(self.lived.tier):
            return  # the sale comes later in the columns: it is parked until then
        before = self.back.setdefault(one.sale, {})
        after = dict(before)
        for number, back in one.back.items():
            had = after.get(number, Back())
            after[number] = Back(had.quantity_milli + back.quantity_milli, had.amount + back.amount)
        taken = _settled(self.lived, one.sale, before, after)
        taken.returned = one
        self.back[one.sale] = after
        self.lived.taken.append(taken)
        member = int(self.columns.member[one.sale])
        standing = self.standing[member]
        if standing is None:
            return
        less = {"spend": taken.spend, "visits": taken.visits, "points": taken.taken.points, "growth": taken.taken.growth}
        sold_on = int(self.columns.day[one.sale])
        into = self.value if sold_on >= standing.period_from.toordinal() else self.before
        into[member] -= less[self.ladder.measure]
        self.due[member] = min(self.due[member], day + 1)

    def _close(self, day: int, members: Integers, returned: Sequence[Returned]) -> None:  # noqa: ARG002 - returns are due by themselves
        if not self.ladder.tiers:
            return
        rising = np.unique(members[self.value[members] >= self.next_from[members]])
        due = np.flatnonzero(self.due <= day + 1)
        for member in {*rising.tolist(), *due.tolist()}:
            self._close_member(member, day)

    def _close_member(self, member: int, day: int) -> None:
        standing, joined_on, today = self.standing[member], self.joined_on[member], date.fromordinal(day)
        if standing is None or joined_on is None:
            self.due[member] = _NEVER
            return
        after, move = tiers.close_day(
            standing, today, ladder=self.ladder, joined_on=joined_on, value=int(self.value[member]),
            before=int(self.before[member]),
        )  # fmt: skip
        if after.period_from != standing.period_from:
            self.before[member], self.value[member] = self.value[member], 0
        if move is not None:
            self.lived.moves.append((member, today, move))
        self.standing[member] = after
        self._watch(member, after)

    def _watch(self, member: int, standing: Standing) -> None:
        """Note from when or from which value on the member has to be looked at again."""
        self.next_from[member] = _next_from(standing, self.ladder)
        fall = standing.fall_on.toordinal() if standing.fall_on else _NEVER
        self.due[member] = min(standing.period_until.toordinal(), fall)
        if standing.fall_on:
            self.next_from[member] = 0  # every purchase may call the fall off


def _next_from(standing: Standing, ladder: Ladder) -> int:
    above = ladder.tiers[ladder.rank(standing.tier) + 1 :]
    return above[0].from_value if above else 2**62


def _settled(lived: Lived, sale: int, before: Mapping[int, Back], after: Mapping[int, Back]) -> Taken:
    columns = lived.columns
    lines = slice(int(columns.first[sale]), int(columns.first[sale + 1]))
    sold = list(zip(
        columns.line_no[lines].tolist(), columns.quantity_milli[lines].tolist(), columns.line_paid[lines].tolist(),
        lived.line_points[lines].tolist(), lived.line_growth[lines].tolist(), lived.line_amounts[lines].tolist(), strict=True,
    ))  # fmt: skip
    bonuses = lived.bonuses.get(sale, [])
    earned = [SoldLine(number, quantity, paid, points, growth) for number, quantity, paid, points, growth, _ in sold]
    counted = [SoldLine(number, quantity, paid, amount, 0) for number, quantity, paid, _, _, amount in sold]
    whole = [all(back.get(row[0], Back()).quantity_milli >= row[1] for row in sold) for back in (before, after)]
    spend = take_back(counted, [], after).points - take_back(counted, [], before).points
    return Taken(
        Returned(0, 0, sale, {}), difference(take_back(earned, bonuses, after), take_back(earned, bonuses, before)), spend,
        int(whole[1] and not whole[0]),
    )  # fmt: skip
