"""Conditions of the rule language over many receipts at once: the three-valued answers of `criteria`, as whole columns.

For `columns`. Each leaf is asked once for every value that occurs; «all» is the least, «any» the greatest of the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from typing import assert_never

import numpy as np
import numpy.typing as npt

from regulars import criteria
from regulars.criteria.periods import Moment, Period
from regulars.criteria.tree import All, AnyOf, Attribute, Node, Not, Operator
from regulars.loyalty.basket import Article
from regulars.loyalty.program.rules.table import Columns, Flags, Integers
from regulars.loyalty.vocabulary import WEEKDAYS

FALSE, UNKNOWN, TRUE = 0, 1, 2  # in the order of Kleene's logic
Answers = npt.NDArray[np.int8]
_Column = tuple[Integers, Sequence[object]]  # a number for each receipt, and the values that the numbers mean


def answers(tree: Node, span: Span) -> Answers:
    """Return what the receipts of `span` answer to `tree`."""
    match tree:
        case All():
            return reduce(np.minimum, [answers(part, span) for part in tree.parts], span.all(TRUE))
        case AnyOf():
            return reduce(np.maximum, [answers(part, span) for part in tree.parts], span.all(FALSE))
        case Not():
            return np.asarray(TRUE - answers(tree.part, span), np.int8)
        case Attribute():
            return span.leaf(tree)
        case _:
            assert_never(tree)


class Asked:
    """What the conditions of a book ask of columns, worked out when it is asked for and kept."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._known: dict[str, _Column] = {}
        self._flags: dict[tuple[str, tuple[object, ...]], Flags] = {}

    def of(self, span: slice, tiers: Sequence[str]) -> Span:
        """Return the receipts of `span`, whose members hold `tiers`."""
        return Span(self, span, tiers)

    def column(self, name: str) -> _Column:
        """Return the values of a term."""
        if name not in self._known:
            self._known[name] = self._column(name)
        return self._known[name]

    def _column(self, name: str) -> _Column:
        columns, (room, _, field) = self.columns, name.partition(".")
        everywhere = np.zeros(len(columns), np.int64)
        if room == "place":
            said = [getattr(place, field) for place in columns.places]
            return columns.place, [value or None for value in said] if field == "format" else said
        if room == "time":
            return self._time(field)
        if name in _OF_BASKET:
            return _distinct(_OF_BASKET[name](columns))
        if name == "customer.paid_plan":
            return columns.plan, columns.plans
        return (everywhere, [True]) if name == "customer.is_known" else columns.known.get(name, (everywhere, [None]))

    def _time(self, field: str) -> _Column:
        columns = self.columns
        if field == "of_day":
            numbers, minutes = np.unique(columns.second // 60, return_inverse=True)
            return minutes, [f"{minute // 60:02d}:{minute % 60:02d}" for minute in numbers.tolist()]
        if field == "weekday":
            weekday = (columns.day - 1) % 7 if columns.weekday is None else columns.weekday  # 0001-01-01 was a Monday
            return weekday, WEEKDAYS
        days, at = np.unique(columns.day, return_inverse=True)
        said: dict[str, Callable[[date], object]] = {
            "date": lambda day: day, "day_of_month": lambda day: day.day, "month": lambda day: day.month,
        }  # fmt: skip
        return at, [said[field](date.fromordinal(day)) for day in days.tolist()]

    def holding(self, name: str, wanted: tuple[object, ...]) -> Flags:
        """Return which receipts hold at least one of the wanted things: articles, categories, brands, means of payment."""
        key = (name, wanted)
        if key not in self._flags:
            self._flags[key] = self._holding(name, frozenset(wanted))
        return self._flags[key]

    def _holding(self, name: str, wanted: frozenset[object]) -> Flags:
        columns = self.columns
        if name == "basket.tenders":
            chosen = np.array([kind in wanted for kind in columns.tender_kinds], np.bool_)
            found = np.zeros(len(columns), np.bool_)
            found[columns.tender_receipt[chosen[columns.tender_kind]]] = True
            return found
        article = np.array([not wanted.isdisjoint(_OF_ARTICLE[name](one)) for one in columns.articles], np.int64)
        return np.asarray(columns.by_receipt(article[columns.article]) > 0) if len(article) else self.nowhere()

    def nowhere(self) -> Flags:
        """Return no receipt."""
        return np.zeros(len(self.columns), np.bool_)


class Span:
    """Some receipts of the columns in a row."""

    def __init__(self, asked: Asked, span: slice, tiers: Sequence[str]) -> None:
        self._asked, self._span, self._tiers = asked, span, tiers

    def all(self, answer: int) -> Answers:
        """Return one answer for every receipt."""
        return np.full(self._span.stop - self._span.start, answer, np.int8)

    def leaf(self, node: Attribute) -> Answers:
        """Return what the receipts answer to one leaf."""
        if node.attr in _OF_ARTICLE or node.attr == "basket.tenders":
            return self._held(node)
        numbers, values = self._column(node.attr)
        ask = criteria.compiled(node)
        if not isinstance(node.value, Period | Moment):
            said = [_number(ask({node.attr: value}, date.min)) for value in values]
            return np.array(said, np.int8)[numbers]
        days = self._asked.columns.day[self._span]
        pairs, back = np.unique(numbers * 10_000_000 + days, return_inverse=True)
        asked = ((values[pair // 10_000_000], date.fromordinal(pair % 10_000_000)) for pair in pairs.tolist())
        said = [_number(ask({node.attr: value}, day)) for value, day in asked]
        return np.array(said, np.int8)[back]

    def _column(self, name: str) -> _Column:
        if name == "customer.tier":
            found = sorted(set(self._tiers))
            number = {tier: at for at, tier in enumerate(found)}
            return np.fromiter((number[tier] for tier in self._tiers), np.int64, len(self._tiers)), found
        numbers, values = self._asked.column(name)
        return numbers[self._span], values

    def _held(self, node: Attribute) -> Answers:
        """Answer what is asked of the things in a basket; its means of payment are unknown where none is recorded."""
        known = (
            self._asked.holding(node.attr, tuple(self._asked.columns.tender_kinds)) if node.attr == "basket.tenders" else None
        )
        listed = node.value if isinstance(node.value, tuple) else ()
        match node.op:
            case Operator.IS_KNOWN | Operator.IS_UNKNOWN:
                there = ~self._asked.nowhere() if known is None else known
                return _flags(there if node.op is Operator.IS_KNOWN else ~there)[self._span]
            case Operator.HAS_ANY:
                found = self._asked.holding(node.attr, listed)
            case Operator.HAS_NONE:
                found = ~self._asked.holding(node.attr, listed)
            case _:
                found = np.logical_and.reduce([self._asked.holding(node.attr, (each,)) for each in listed])
        answer = _flags(found)
        return (answer if known is None else np.where(known, answer, np.int8(UNKNOWN)))[self._span]


_OF_BASKET: dict[str, Callable[[Columns], Integers]] = {
    "basket.amount": lambda columns: columns.paid,
    "basket.quantity": lambda columns: columns.by_receipt(columns.quantity_milli) // 1000,
    "basket.lines": lambda columns: np.diff(columns.first),
}
_OF_ARTICLE: dict[str, Callable[[Article], Sequence[str]]] = {
    "basket.skus": lambda article: (article.sku,),
    "basket.categories": lambda article: article.category,
    "basket.brands": lambda article: (article.brand,) if article.brand else (),
}


def _distinct(values: Integers) -> _Column:
    found, numbers = np.unique(values, return_inverse=True)
    return numbers, found.tolist()


def _number(answer: bool | None) -> int:
    return UNKNOWN if answer is None else TRUE if answer else FALSE


def _flags(found: Flags) -> Answers:
    return np.where(found, np.int8(TRUE), np.int8(FALSE))
