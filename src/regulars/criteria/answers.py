"""Answers a condition for known facts: True, False, or None for «nobody knows».

For rules of the rooms above. A tree is compiled once into a function and asked many times. The logic is Kleene's: a part
that is unknown decides nothing, and only what the others leave open stays unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, assert_never

from regulars.criteria.periods import Moment, Period
from regulars.criteria.tree import All, AnyOf, Attribute, Node, Not, Operator

Facts = Mapping[str, object]  # a missing one, or None, is unknown
Answer = bool | None
Question = Callable[[Facts, date], Answer]


def answer(tree: Node, facts: Facts, *, today: date) -> Answer:
    """Return what `facts` say to `tree`; `today` is the day that relative dates count from.

    >>> tree = Not(part=Attribute(attr="customer.tier", op="eq", value="gold"))
    >>> answer(tree, {"customer.tier": "silver"}, today=date(2026, 11, 22)), answer(tree, {}, today=date(2026, 11, 22))
    (True, None)
    """
    return compiled(tree)(facts, today)


def compiled(tree: Node) -> Question:
    """Return the function that answers `tree`."""
    match tree:
        case All():
            return _all([compiled(part) for part in tree.parts])
        case AnyOf():
            return _any([compiled(part) for part in tree.parts])
        case Not():
            return _not(compiled(tree.part))
        case Attribute():
            return _attribute(tree)
        case _:
            assert_never(tree)


def _all(parts: list[Question]) -> Question:
    def ask(facts: Facts, today: date) -> Answer:
        result: Answer = True
        for part in parts:
            found = part(facts, today)
            if found is False:
                return False
            if found is None:
                result = None
        return result

    return ask


def _any(parts: list[Question]) -> Question:
    def ask(facts: Facts, today: date) -> Answer:
        result: Answer = False
        for part in parts:
            found = part(facts, today)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return ask


def _not(part: Question) -> Question:
    def ask(facts: Facts, today: date) -> Answer:
        found = part(facts, today)
        return None if found is None else not found

    return ask


def _attribute(node: Attribute) -> Question:
    name = node.attr
    if node.op in (Operator.IS_KNOWN, Operator.IS_UNKNOWN):
        wanted = node.op is Operator.IS_KNOWN
        return lambda facts, _today: (facts.get(name) is not None) is wanted
    compare = _comparison(node.op, node.value)

    def ask(facts: Facts, today: date) -> Answer:
        found = facts.get(name)
        return None if found is None else compare(found, today)

    return ask


def _comparison(op: Operator, value: Any) -> Callable[[Any, date], bool]:
    """Return how a known value is compared; `parsing` has made sure that the value fits the operator."""
    if isinstance(value, Period):
        return lambda found, today: _lies_in(found, value.days(today))
    if isinstance(value, Moment):
        ordered = _ORDERED[op]
        return lambda found, today: ordered(_comparable(found), value.day(today).isoformat())
    holds = _range(*value) if op is Operator.BETWEEN else _listed(op, frozenset(value)) if isinstance(value, tuple) else None
    if holds is None:
        ordered = str.startswith if op is Operator.STARTS_WITH else _ORDERED[op]
        return lambda found, _today: ordered(_comparable(found), value)
    return lambda found, _today: holds(_comparable(found))


def _range(low: Any, high: Any) -> Callable[[Any], bool]:
    if isinstance(low, str) and ":" in low and low > high:  # 22:00 to 02:00 runs over midnight
        return lambda found: found >= low or found <= high
    return lambda found: low <= found <= high


def _listed(op: Operator, listed: frozenset[Any]) -> Callable[[Any], bool]:
    match op:
        case Operator.IN:
            return lambda found: found in listed
        case Operator.NOT_IN:
            return lambda found: found not in listed
        case Operator.HAS_ANY:
            return lambda found: not listed.isdisjoint(found)
        case Operator.HAS_NONE:
            return listed.isdisjoint
        case _:
            return listed.issubset


_ORDERED: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}


def _comparable(found: Any) -> Any:
    """Dates stand in trees as ISO text, which orders alike."""
    return found.isoformat() if isinstance(found, date) else found


def _lies_in(found: Any, days: tuple[date, date]) -> bool:
    day = date.fromisoformat(found) if isinstance(found, str) else found
    return days[0] <= day <= days[1]
