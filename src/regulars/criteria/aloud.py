"""Says a condition in words, in English and Chinese, with the dates that relative ones mean now.

For forms, lists and refusals, so that nobody has to read JSON.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regulars.core import money
from regulars.criteria.periods import Moment, Period, Unit
from regulars.criteria.tree import All, AnyOf, Attribute, Node, Not, Operator
from regulars.criteria.vocabulary import Kind, Term, Vocabulary


def read_aloud(tree: Node, language: str, *, vocabulary: Vocabulary, today: date | None = None, currency: str = "") -> str:
    """Return `tree` as one sentence without a full stop; `today` adds which dates the relative ones mean."""
    with translation.override(language):
        return _say(tree, _Reader(vocabulary, today, currency), outermost=True)


class _Reader:
    """What is needed to say a value."""

    def __init__(self, vocabulary: Vocabulary, today: date | None, currency: str) -> None:
        self.vocabulary, self.today, self.currency = vocabulary, today, currency

    def scalar(self, value: Any, term: Term) -> str:
        if term.kind is Kind.AMOUNT and self.currency:
            return f"{money.to_decimal(value, self.currency)} {self.currency}"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(term.choices.get(value, value)) if isinstance(value, str) else str(value)

    def period(self, value: Period) -> str:
        count = value.last or value.next or 0
        unit = counted(value.unit, count) % count
        text = _("the last %s") % unit if value.last else _("the next %s") % unit
        if self.today is None:
            return text
        first, last = value.days(self.today)
        return _("%(period)s (%(first)s to %(last)s)") % {"period": text, "first": first, "last": last}

    def moment(self, value: Moment) -> str:
        text = _("%s ago") % (counted(value.unit, value.ago) % value.ago)
        return text if self.today is None else _("%(text)s (%(day)s)") % {"text": text, "day": value.day(self.today)}


def _say(node: Node, reader: _Reader, *, outermost: bool = False) -> str:
    match node:
        case Attribute():
            return _attribute(node, reader)
        case Not():
            return _("not the case: %s") % _grouped(_say(node.part, reader, outermost=True))
        case All() if not node.parts:
            return pgettext("condition", "always")
        case AnyOf() if not node.parts:
            return pgettext("condition", "never")
        case All() | AnyOf():
            joint = pgettext("joins conditions", " and ") if isinstance(node, All) else pgettext("joins conditions", " or ")
            said = joint.join(_say(part, reader) for part in node.parts)
            return said if outermost or len(node.parts) == 1 else _grouped(said)


def _grouped(text: str) -> str:
    return pgettext("brackets", "(%s)") % text


def _attribute(node: Attribute, reader: _Reader) -> str:
    term = reader.vocabulary.find(node.attr) or Term(node.attr, Kind.TEXT, node.attr)
    name, value = str(term.label), node.value
    match node.op:
        case Operator.EQ if term.kind is Kind.FLAG:
            return _("%s: yes") % name if value else _("%s: no") % name
        case Operator.DURING if isinstance(value, Period):
            return sentence(node.op, term.kind) % {"name": name, "period": reader.period(value)}
        case Operator.BETWEEN if isinstance(value, tuple):
            low, high = (reader.scalar(each, term) for each in value)
            return sentence(node.op, term.kind) % {"name": name, "low": low, "high": high}
        case _:
            return sentence(node.op, term.kind) % {"name": name, "value": _value(value, term, reader)}


def _value(value: Any, term: Term, reader: _Reader) -> str:
    if value is None:
        return ""
    if isinstance(value, Moment):
        return reader.moment(value)
    if isinstance(value, tuple):
        listed = [reader.scalar(each, term) for each in value[:10]]
        more = [_("%d more") % (len(value) - 10)] if len(value) > 10 else []
        return pgettext("joins a list", ", ").join(listed + more)
    return reader.scalar(value, term)


def sentence(op: Operator, kind: Kind) -> str:
    """Return the pattern of what `op` says; its places are called name and value, or period, or low and high."""
    if kind in (Kind.DATE, Kind.TIME) and op in (Operator.GT, Operator.GE, Operator.LT, Operator.LE):
        return _before_or_after(op)
    return {
        Operator.IS_KNOWN: _("%(name)s is known"),
        Operator.IS_UNKNOWN: _("%(name)s is not known"),
        Operator.DURING: _("%(name)s lies in %(period)s"),
        Operator.BETWEEN: _("%(name)s is from %(low)s to %(high)s"),
        Operator.EQ: _("%(name)s is %(value)s"),
        Operator.NE: _("%(name)s is not %(value)s"),
        Operator.IN: _("%(name)s is one of %(value)s"),
        Operator.NOT_IN: _("%(name)s is none of %(value)s"),
        Operator.GT: _("%(name)s is more than %(value)s"),
        Operator.GE: _("%(name)s is at least %(value)s"),
        Operator.LT: _("%(name)s is less than %(value)s"),
        Operator.LE: _("%(name)s is at most %(value)s"),
        Operator.STARTS_WITH: _("%(name)s begins with %(value)s"),
        Operator.HAS_ANY: _("%(name)s has one of %(value)s"),
        Operator.HAS_ALL: _("%(name)s has all of %(value)s"),
        Operator.HAS_NONE: _("%(name)s has none of %(value)s"),
    }[op]


def _before_or_after(op: Operator) -> str:
    """Say it of days and times, of which nobody says that they are more or less: «less than 2 months ago» is another thing."""
    return {
        Operator.GT: _("%(name)s is after %(value)s"),
        Operator.GE: _("%(name)s is not before %(value)s"),
        Operator.LT: _("%(name)s is before %(value)s"),
        Operator.LE: _("%(name)s is not after %(value)s"),
    }[op]


def counted(unit: Unit, count: int) -> str:
    """Return the pattern of so many units; its place is a whole number."""
    return {
        Unit.DAY: ngettext("%d day", "%d days", count),
        Unit.WEEK: ngettext("%d week", "%d weeks", count),
        Unit.MONTH: ngettext("%d month", "%d months", count),
        Unit.YEAR: ngettext("%d year", "%d years", count),
        Unit.CALENDAR_WEEK: ngettext("%d whole week", "%d whole weeks", count),
        Unit.CALENDAR_MONTH: ngettext("%d whole month", "%d whole months", count),
        Unit.CALENDAR_YEAR: ngettext("%d whole year", "%d whole years", count),
    }[unit]
