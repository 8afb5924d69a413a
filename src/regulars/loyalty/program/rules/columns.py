"""Many receipts at once: the same answers as `earning.rate`, worked out on whole columns (a test holds the two together).

For replays and for receipts that come by file. What depends on article, place or hour alone is asked once for each of them;
the rest is integer arithmetic on NumPy arrays, without an object per line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar

import numpy as np

from regulars.loyalty.program.rules import conditions, matching
from regulars.loyalty.program.rules.body import Rule, When
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.table import Columns, Flags, Integers, sums

_Thing = TypeVar("_Thing")
_LARGEST = float(2**62)


@dataclass
class ColumnEarned:
    """What receipts earn: per line, per receipt, and by rule (per line; a bonus per receipt)."""

    line_points: Integers
    line_growth: Integers
    line_amounts: Integers
    points: Integers
    by_rule: dict[str, Integers]
    bonuses: dict[str, Integers]
    bonus_lines: dict[str, Flags]
    held: dict[str, Flags]  # of rules with a condition, per receipt


@dataclass
class ColumnState:
    """What members have earned before, by member number: what caps look at."""

    points_today: Integers
    receipts_today: Integers
    by_rule_today: dict[str, Integers]
    by_rule_ever: dict[str, Integers]

    @classmethod
    def nothing(cls, members: int, book: Book) -> ColumnState:
        zeros = [np.zeros(members, np.int64) for _ in range(2 + 2 * len(book.rates.all))]
        codes = [rule.code for rule in book.rates.all]
        return cls(zeros[0], zeros[1], dict(zip(codes, zeros[2::2], strict=True)), dict(zip(codes, zeros[3::2], strict=True)))

    def forget_day(self) -> None:
        """Begin another day."""
        for used in (self.points_today, self.receipts_today, *self.by_rule_today.values()):
            used[:] = 0


class Prepared:
    """A book laid over columns: for every rule the lines for which it holds, tiers aside, and what of each line counts."""

    def __init__(self, columns: Columns, book: Book, *, held: Mapping[str, Flags] | None = None) -> None:
        """Lay `book` over `columns`; `held`: which conditions held when the receipts were rated, so that they are kept."""
        self.columns, self.book, self.kept = columns, book, held
        self.asked = conditions.Asked(columns)
        earns = _each(columns.articles, lambda article: book.fitting(article) is not None)
        self.counts: Flags = earns[columns.article]
        self.amounts = self._amounts()
        self.quantity = np.where(self.counts, columns.quantity_milli, 0)
        self.holds = {rule.code: self._holds(rule) for rule in book.rates.all}
        self.growth = self._growth()

    def _holds(self, rule: Rule) -> Flags:
        columns, when = self.columns, rule.when
        lines = self.counts & _each(columns.articles, lambda article: matching.fits_article(when, article))[columns.article]
        if when.full_price_only:
            lines &= ~columns.discounted
        receipts = self._receipts(when)
        return lines if receipts is None else lines & receipts[columns.receipt]

    def conditions(self, tiers: Sequence[str], span: slice) -> dict[str, Flags]:
        """Return where the conditions hold in the receipts of `span`, whose members hold `tiers`."""
        if self.kept is not None:
            return {code: self.kept[code][span] for code in self.book.conditions}
        return {
            code: conditions.answers(tree, self.asked.of(span, tiers)) == conditions.TRUE
            for code, tree in self.book.conditions.items()
        }

    def _receipts(self, when: When) -> Flags | None:
        """Return the receipts in which a rule may hold; None for all."""
        columns, found = self.columns, []
        if when.stores or when.regions or when.formats or when.channels:
            found.append(_each(columns.places, lambda place: matching.fits_place(when, place))[columns.place])
        if when.from_date or when.until_date or when.weekdays:
            found.append(_distinct(columns.day, lambda day: matching.fits_day(when, date.fromordinal(day))))
        if when.from_time or when.until_time:
            found.append(_distinct(columns.second, lambda second: matching.fits_time(when, _clock(second))))
        if when.plans:
            found.append(_each(columns.plans, lambda plan: plan in when.plans)[columns.plan])
        if when.basket_from_amount:
            found.append(columns.paid >= when.basket_from_amount)
        if when.tenders:
            found.append(self._paid_with(when.tenders) > 0)
        return None if not found else np.logical_and.reduce(found)

    def _paid_with(self, kinds: Iterable[str], *, only_positive: bool = True) -> Integers:
        columns, wanted = self.columns, set(kinds)
        chosen = _each(columns.tender_kinds, lambda kind: kind in wanted)[columns.tender_kind]
        if only_positive:
            chosen = chosen & (columns.tender_amount > 0)
        amounts = np.zeros(len(columns), np.int64)
        np.add.at(amounts, columns.tender_receipt[chosen], columns.tender_amount[chosen])
        return amounts

    def _amounts(self) -> Integers:
        """Return what of each line counts, as `earning` splits it."""
        columns = self.columns
        paid = columns.by_receipt(columns.line_paid)
        barred = np.maximum(self._paid_with(self.book.body.exclusions.tenders, only_positive=False), 0)
        earns = np.maximum(paid - barred, 0)
        shares = columns.line_paid
        mixed = np.flatnonzero(earns != paid)
        if len(mixed):
            shares = shares.copy()
            for at in mixed:
                lines = slice(columns.first[at], columns.first[at + 1])
                so_far = [int(part) for part in np.cumsum(columns.line_paid[lines])]
                cut = [part * int(earns[at]) // int(paid[at]) for part in so_far]
                shares[lines] = np.diff(cut, prepend=0)
        return np.where(self.counts, shares, 0)

    def _growth(self) -> Integers:
        rate = self.book.growth_rate
        if not rate:
            return np.zeros(len(self.amounts), np.int64)
        parts = _times(self.amounts, rate)
        return _carry(parts, self.columns.first, np.zeros(len(self.columns), np.int64), self.book.growth_point)[0]

    def rate(self, tiers: Sequence[str], state: ColumnState, span: slice) -> ColumnEarned:
        """Rate the receipts of `span`, whose members hold `tiers`. Where the book has caps, all of them are of one day."""
        return _Rating(self, tiers, state, span).run()


class _Rating:
    """The receipts of one span on their way through the rules."""

    def __init__(self, prepared: Prepared, tiers: Sequence[str], state: ColumnState, span: slice) -> None:
        columns = prepared.columns
        self.prepared, self.book, self.state = prepared, prepared.book, state
        self.lines = slice(int(columns.first[span.start]), int(columns.first[span.stop]))
        self.first = columns.first[span.start : span.stop + 1] - columns.first[span.start]
        self.member = columns.member[span]
        self.tiers = tiers
        self.held = prepared.conditions(tiers, span)
        self.receipt = columns.receipt[self.lines] - span.start
        self.amounts = prepared.amounts[self.lines]
        self.quantity = prepared.quantity[self.lines]
        self.growth = prepared.growth[self.lines]
        self.by_line = self.book.body.rounding == "line"
        self.rests = np.zeros(len(self.amounts) if self.by_line else len(self.member), np.int64)
        self.points: dict[str, Integers] = {}
        self.bonuses: dict[str, Integers] = {}
        self.bonus_lines: dict[str, Flags] = {}

    def run(self) -> ColumnEarned:
        self._bar_receipts()
        self._per_amount()
        for item in self.book.rates.per_item:
            self._give(item, np.where(self._holds(item), _times(self.quantity, item.points * self.book.rate_of_piece), 0))
        self._multiply()
        for bonus in self.book.rates.bonus:
            holds = self._holds(bonus) & (self.amounts > 0)
            times = sums(np.where(holds, self.amounts, 0), self.first) // bonus.from_amount
            given = bonus.points * (times if bonus.each else np.minimum(times, 1))
            self.bonuses[bonus.code] = self._allowed(bonus, given)
            self.bonus_lines[bonus.code] = holds
        self._limit_day()
        return self._result()

    def _bar_receipts(self) -> None:
        """Let the receipts earn nothing that go beyond the day's number."""
        limit = self.book.body.limits.receipts_per_day
        if limit is None:
            return
        barred = _rank(self.member) + self.state.receipts_today[self.member] >= limit
        earns = ~barred[self.receipt]
        self.amounts, self.quantity = np.where(earns, self.amounts, 0), np.where(earns, self.quantity, 0)
        self.growth = np.where(earns, self.growth, 0)

    def _per_amount(self) -> None:
        free = np.ones(len(self.amounts), np.bool_)
        self.rates = np.zeros(len(self.amounts), np.int64)
        for rule in self.book.rates.per_amount:
            holds = self._holds(rule) & free
            free &= ~holds
            rate = self.book.rate_of(rule)
            self.rates[holds] = rate
            self._give(rule, np.where(holds, _times(self.amounts, rate), 0))

    def _multiply(self) -> None:
        free = np.ones(len(self.amounts), np.bool_)
        for rule in self.book.rates.multiply:
            holds = self._holds(rule) & free
            if self.book.body.multipliers == "highest":
                free &= ~holds
            extra = rule.factor_milli - 1000
            self._give(rule, np.where(holds, _product(self.amounts, self.rates // 1000 * extra), 0))

    def _holds(self, rule: Rule) -> Flags:
        holds = self.prepared.holds[rule.code][self.lines]
        if rule.code in self.held:
            holds = holds & self.held[rule.code][self.receipt]
        if not rule.when.tiers:
            return holds
        fits = np.fromiter((tier in rule.when.tiers for tier in self.tiers), np.bool_, len(self.tiers))
        return np.asarray(holds & fits[self.receipt])

    def _give(self, rule: Rule, parts: Integers) -> None:
        if not parts.any():
            return
        if self.by_line:
            points, self.rests = np.divmod(self.rests + parts, self.book.point)
        else:
            points, self.rests = _carry(parts, self.first, self.rests, self.book.point)
        given = sums(points, self.first)
        allowed = self._allowed(rule, given)
        self._cut(points, np.flatnonzero(allowed < given), allowed)
        self.points[rule.code] = points

    def _allowed(self, rule: Rule, points: Integers) -> Integers:
        caps, state = rule.caps, self.state
        if caps.per_receipt is not None:
            points = np.minimum(points, caps.per_receipt)
        if caps.per_day is not None:
            points = _capped(points, self.member, state.by_rule_today[rule.code], caps.per_day)
        if caps.per_member is not None:
            points = _capped(points, self.member, state.by_rule_ever[rule.code], caps.per_member)
        return points

    def _cut(self, points: Integers, receipts: Integers, allowed: Integers) -> None:
        """Keep the first `allowed` points of some receipts, in place."""
        for at in receipts:
            lines = slice(self.first[at], self.first[at + 1])
            kept = np.minimum(np.cumsum(points[lines]), allowed[at])
            points[lines] = np.diff(kept, prepend=0)

    def _limit_day(self) -> None:
        limit = self.book.body.limits.points_per_day
        if limit is None:
            return
        parts = [*(sums(points, self.first) for points in self.points.values()), *self.bonuses.values()]
        total = np.sum(parts, axis=0) if parts else np.zeros(len(self.member), np.int64)
        left = _capped(total, self.member, self.state.points_today, limit)
        over = np.flatnonzero(left < total)
        for points in self.points.values():
            allowed = np.minimum(sums(points, self.first), left)
            self._cut(points, over, allowed)
            left = left - allowed
        for code, points in self.bonuses.items():
            self.bonuses[code] = np.minimum(points, left)
            left = left - self.bonuses[code]

    def _result(self) -> ColumnEarned:
        line_points = np.sum(list(self.points.values()), axis=0) if self.points else np.zeros(len(self.amounts), np.int64)
        points = sums(line_points, self.first) + (np.sum(list(self.bonuses.values()), axis=0) if self.bonuses else 0)
        self._remember(points)
        return ColumnEarned(
            line_points, self.growth, self.amounts, points, self.points, self.bonuses, self.bonus_lines, self.held
        )

    def _remember(self, points: Integers) -> None:
        if not self.book.has_caps:
            return
        np.add.at(self.state.points_today, self.member, points)
        np.add.at(self.state.receipts_today, self.member, 1)
        given = {code: sums(points, self.first) for code, points in self.points.items()} | self.bonuses
        for code, by_rule in given.items():
            np.add.at(self.state.by_rule_today[code], self.member, by_rule)
            np.add.at(self.state.by_rule_ever[code], self.member, by_rule)


def _carry(parts: Integers, first: Integers, rests: Integers, step: int) -> tuple[Integers, Integers]:
    """Return the whole steps of each line, the rest going on within its receipt, and what is left of each receipt."""
    counts = np.diff(first)
    total = np.cumsum(parts)
    before = np.concatenate([[0], total])[first[:-1]]
    so_far = total - np.repeat(before - rests, counts)
    whole = so_far // step
    steps = np.diff(whole, prepend=0)
    starts = first[:-1][counts > 0]
    steps[starts] = whole[starts]
    left = rests.copy()
    ends = (first[1:] - 1)[counts > 0]
    left[counts > 0] = so_far[ends] - whole[ends] * step
    return steps, left


def _capped(points: Integers, member: Integers, used: Integers, cap: int) -> Integers:
    """Return what a cap lets through when the receipts come one after the other."""
    order = np.argsort(member, kind="stable")
    total = np.cumsum(points[order])
    starts = np.flatnonzero(np.diff(member[order], prepend=-1))
    before = (total - points[order])[starts]
    so_far = total - np.repeat(before, np.diff(np.append(starts, len(order)))) + used[member[order]]
    allowed = np.empty_like(points)
    allowed[order] = np.minimum(so_far, cap) - np.minimum(so_far - points[order], cap)
    return allowed


def _rank(member: Integers) -> Integers:
    """Return how many receipts of the same member come before each."""
    order = np.argsort(member, kind="stable")
    starts = np.flatnonzero(np.diff(member[order], prepend=-1))
    counts = np.diff(np.append(starts, len(order)))
    rank = np.empty(len(member), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(starts, counts)
    return rank


def _times(amounts: Integers, factor: int) -> Integers:
    if float(amounts.max(initial=0)) * factor * len(amounts) > _LARGEST:
        raise OverflowError("these amounts and rates are too large to be worked out in columns")
    return amounts * factor


def _product(amounts: Integers, factors: Integers) -> Integers:
    if float(amounts.max(initial=0)) * float(factors.max(initial=0)) * len(amounts) > _LARGEST:
        raise OverflowError("these amounts and rates are too large to be worked out in columns")
    return amounts * factors


def _each(things: Sequence[_Thing], fits: Callable[[_Thing], bool]) -> Flags:
    return np.fromiter((fits(thing) for thing in things), np.bool_, len(things))


def _distinct(values: Integers, fits: Callable[[int], bool]) -> Flags:
    """Ask once for every value that occurs."""
    found, back = np.unique(values, return_inverse=True)
    return _each([int(value) for value in found], fits)[back]


def _clock(second: int) -> time:
    return time(second // 3600, second // 60 % 60, second % 60)
