"""What can be asked: rooms above declare terms, each with its kind, its name in words, and its choices.

For `parsing`, which refuses what the vocabulary does not know, for `aloud`, and for the forms in which people pick terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise

from regulars.criteria.tree import Operator

Text = str | Promise


class Kind(StrEnum):
    """What an attribute's value is."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    AMOUNT = "amount"  # minor units of the basket's currency
    DATE = "date"
    TIME = "time"  # of the day, HH:MM
    FLAG = "flag"
    SET = "set"  # several texts at once, such as tags


_ALWAYS = (Operator.IS_KNOWN, Operator.IS_UNKNOWN)
_ORDERED = (Operator.GE, Operator.LE, Operator.GT, Operator.LT, Operator.BETWEEN)
_EQUAL = (Operator.EQ, Operator.NE)
_LISTED = (Operator.IN, Operator.NOT_IN)
OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (*_EQUAL, *_LISTED, Operator.STARTS_WITH, *_ALWAYS),
    Kind.CHOICE: (*_EQUAL, *_LISTED, *_ALWAYS),
    Kind.NUMBER: (*_EQUAL, *_ORDERED, *_ALWAYS),
    Kind.AMOUNT: (*_EQUAL, *_ORDERED, *_ALWAYS),
    Kind.DATE: (*_EQUAL, *_ORDERED, Operator.DURING, *_ALWAYS),
    Kind.TIME: (*_ORDERED, *_ALWAYS),
    Kind.FLAG: (Operator.EQ, *_ALWAYS),
    Kind.SET: (Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE, *_ALWAYS),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One attribute that can be asked, and how people call it."""

    name: str
    kind: Kind
    label: Text
    choices: Mapping[str, Text] = field(default_factory=dict)  # empty: any text

    @property
    def operators(self) -> tuple[Operator, ...]:
        return OPERATORS[self.kind]

    @property
    def subject(self) -> str:
        """What it is asked of: `basket` for `basket.amount`."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms that may stand in a tree; vocabularies of several rooms are joined with `|`."""

    terms: Mapping[str, Term]
    subjects: Mapping[str, Text] = field(default_factory=dict)  # how people call what the terms are asked of

    def __or__(self, other: Vocabulary) -> Vocabulary:
        return Vocabulary({**self.terms, **other.terms}, {**self.subjects, **other.subjects})

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms.values())

    def by_subject(self) -> dict[Text, list[Term]]:
        """Return the terms below the name of what they are asked of."""
        found: dict[Text, list[Term]] = {}
        for term in self:
            found.setdefault(self.subjects.get(term.subject, term.subject), []).append(term)
        return found

    def find(self, name: str) -> Term | None:
        """Return the term called `name`, or None."""
        return self.terms.get(name)


def of(terms: Iterable[Term], *, subjects: Mapping[str, Text] | None = None) -> Vocabulary:
    """Return the vocabulary of these terms."""
    return Vocabulary({term.name: term for term in terms}, subjects or {})
