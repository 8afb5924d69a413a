"""Reads a tree in from JSON, or says where it is wrong and how to mend it.

For forms, the API and imports. Nothing of the tree is trusted: its size and depth are counted before it is read (T-27), then
each node is checked against the vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from regulars.core.errors import InvalidInputError
from regulars.criteria.periods import Moment, Period
from regulars.criteria.tree import All, AnyOf, Attribute, Node, Not, Operator
from regulars.criteria.vocabulary import Kind, Term, Vocabulary

DEPTH_MAX = 12
NODES_MAX = 200
LISTED_MAX = 2_000
_TEXT_MAX = 200
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LISTS = (Operator.IN, Operator.NOT_IN, Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE)
_adapter: TypeAdapter[Node] = TypeAdapter(Node)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `place` leads there from the root, as in `all.2.value`."""

    place: str
    code: str
    message: str


class CriteriaError(InvalidInputError):
    """A condition cannot be read; `place` lists each fault with where it is and how to mend it."""

    code = "criteria.invalid"

    def __init__(self, faults: list[Fault]) -> None:
        first = faults[0]
        message = f"{first.place}: {first.message}" if first.place else first.message
        super().__init__(message, faults=[{"place": f.place, "code": f.code, "message": f.message} for f in faults])
        self.faults = faults


def parse(raw: Any, *, vocabulary: Vocabulary) -> Node:
    """Return the tree that `raw` (decoded JSON) is, checked against `vocabulary`."""
    _refuse_oversized(raw)
    try:
        tree = _adapter.validate_python(raw)
    except ValidationError as problem:
        raise CriteriaError([_shape_fault(error) for error in problem.errors(include_url=False)[:20]]) from None
    if faults := list(_faults(tree, vocabulary, "")):
        raise CriteriaError(faults)
    return tree


def dump(tree: Node) -> dict[str, Any]:
    """Return the JSON of `tree`; `parse` makes the same tree of it."""
    return tree.model_dump(mode="json", by_alias=True, exclude_none=True)


def _refuse_oversized(raw: Any) -> None:
    """Refuse what is too deep or too large, without recursion: a hostile tree must not exhaust the stack."""
    waiting, nodes = [(raw, 1)], 0
    while waiting:
        value, depth = waiting.pop()
        nodes += isinstance(value, dict)
        if nodes > NODES_MAX:
            raise CriteriaError([Fault("", "size", _("The condition has more than %d parts; make it simpler.") % NODES_MAX)])
        if depth > 2 * DEPTH_MAX:  # a level of the tree is an object and its list
            raise CriteriaError(
                [Fault("", "depth", _("The condition is nested deeper than %d levels; make it flatter.") % DEPTH_MAX)]
            )
        children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
        if len(children) > LISTED_MAX:
            raise CriteriaError([Fault("", "size", _("A list has more than %d entries; shorten it.") % LISTED_MAX)])
        waiting.extend((child, depth + 1) for child in children)


def _shape_fault(error: Any) -> Fault:
    place = ".".join(str(part) for part in error["loc"] if part not in ("all[", "any["))
    return Fault(place, "shape", _("A part is «all», «any», «not» or «attr» with «op» and «value»; this is none of them."))


def _faults(node: Node, vocabulary: Vocabulary, place: str) -> Iterator[Fault]:
    match node:
        case All() | AnyOf():
            word = "all" if isinstance(node, All) else "any"
            for number, part in enumerate(node.parts):
                yield from _faults(part, vocabulary, _below(place, f"{word}.{number}"))
        case Not():
            yield from _faults(node.part, vocabulary, _below(place, "not"))
        case Attribute():
            yield from _attribute_faults(node, vocabulary, place)


def _below(place: str, step: str) -> str:
    return f"{place}.{step}" if place else step


def _attribute_faults(node: Attribute, vocabulary: Vocabulary, place: str) -> Iterator[Fault]:
    term = vocabulary.find(node.attr)
    if term is None:
        names = ", ".join(sorted(vocabulary.terms))
        message = _("«%(name)s» cannot be asked here; use one of %(names)s.") % {"name": node.attr, "names": names}
        yield Fault(_below(place, "attr"), "attribute", message)
    elif node.op not in term.operators:
        known = ", ".join(term.operators)
        message = _("«%(name)s» cannot be compared with «%(op)s»; use one of %(known)s.") % {
            "name": node.attr, "op": node.op.value, "known": known,
        }  # fmt: skip
        yield Fault(_below(place, "op"), "operator", message)
    elif wanted := _misfit(node.op, node.value, term):
        yield Fault(_below(place, "value"), "value", wanted)


def _misfit(op: Operator, value: Any, term: Term) -> str:
    """Return what the value should be, or nothing if it is that."""
    if op in (Operator.IS_KNOWN, Operator.IS_UNKNOWN):
        return "" if value is None else _("This comparison takes no value; leave it out.")
    if value is None:
        return _("The value is missing.")
    if op is Operator.DURING:
        return "" if isinstance(value, Period) else _('Write a period such as {"last": 30, "unit": "day"}.')
    if op is Operator.BETWEEN:
        return _range_misfit(value, term)
    if op in _LISTS:
        return _list_misfit(value, term)
    fits = term.kind is Kind.DATE if isinstance(value, Moment) else _fits(value, term)
    return "" if fits else _wanted(term)


def _range_misfit(value: Any, term: Term) -> str:
    if not (isinstance(value, tuple) and len(value) == 2 and all(_fits(each, term) for each in value)):
        return _("Write two values: the lowest and the highest.")
    return _("The first value must not be larger than the second.") if _is_reversed(value, term) else ""


def _list_misfit(value: Any, term: Term) -> str:
    if not isinstance(value, tuple) or not value:
        return _("Write a list with at least one value.")
    return "" if all(_fits(each, term) for each in value) else _wanted(term)


def _is_reversed(value: tuple[Any, ...], term: Term) -> bool:
    return term.kind is not Kind.TIME and value[0] > value[1]


def _fits(value: Any, term: Term) -> bool:
    match term.kind:
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.NUMBER | Kind.AMOUNT:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
        case Kind.DATE:
            return isinstance(value, str) and _is_date(value)
        case Kind.TIME:
            return isinstance(value, str) and _TIME.fullmatch(value) is not None
        case Kind.TEXT | Kind.SET | Kind.CHOICE:
            return isinstance(value, str) and len(value) <= _TEXT_MAX and (not term.choices or value in term.choices)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wanted(term: Term) -> str:
    if term.choices:
        return _("Use one of %s.") % ", ".join(term.choices)
    wanted = {
        Kind.FLAG: _("Write true or false."),
        Kind.NUMBER: _("Write a whole number."),
        Kind.AMOUNT: _("Write a whole number of minor units, such as 500 for 5.00."),
        Kind.DATE: _("Write a date such as 2026-11-22."),
        Kind.TIME: _("Write a time such as 17:30."),
    }
    return wanted.get(term.kind, _("Write a text of at most 200 characters."))
