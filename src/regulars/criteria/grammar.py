"""What the rows in the browser are made of: the terms of a vocabulary, how each can be compared, and the words for all of it.

For `fields`. The words are those of `aloud`, so that a row, the sentence below it and the lists elsewhere say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regulars.criteria import aloud
from regulars.criteria.parsing import DEPTH_MAX
from regulars.criteria.periods import Unit
from regulars.criteria.vocabulary import OPERATORS, Term, Vocabulary

Known = Mapping[str, Sequence[tuple[str, str]]]  # by attribute, the values in use and how people call them
_PLACE = re.compile(r"%(?:\(\w+\))?[sd]")
_LEVELS = (2 * DEPTH_MAX - 2) // 3  # of the JSON «none of» takes three: an object, its object, its list; a row takes two


def _nothing_known() -> Known:
    return {}


@dataclass(frozen=True, slots=True)
class Island:
    """The grammar and the parts of a row, which stand once in a page however many fields it has: an asset of its form."""

    name: str
    vocabulary: Vocabulary = field(compare=False)
    known: Callable[[], Known] = field(compare=False, default=_nothing_known)

    def __html__(self) -> SafeString:
        grammar = {"terms": terms(self.vocabulary, self.known()), "words": words(), "levels": _LEVELS}
        subjects = self.vocabulary.by_subject().items()
        return render_to_string("criteria/island.html", {"name": self.name, "grammar": grammar, "subjects": subjects})


def terms(vocabulary: Vocabulary, known: Known) -> dict[str, Any]:
    """Return what can be asked, by attribute."""
    return {term.name: _term(term, known.get(term.name, ())) for term in vocabulary}


def _term(term: Term, known: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "name": term.name, "kind": term.kind, "label": str(term.label), "known": known,
        "choices": [(key, str(label)) for key, label in term.choices.items()],
    }  # fmt: skip


def words() -> dict[str, Any]:
    """Return the patterns that sentences are made of, and the short words of the rows."""
    return {
        "sentences": {kind: {op: aloud.sentence(op, kind) for op in ops} for kind, ops in OPERATORS.items()},
        "operators": {kind: {op: short(aloud.sentence(op, kind)) for op in ops} for kind, ops in OPERATORS.items()},
        "units": {unit: [aloud.counted(unit, 1), aloud.counted(unit, 2)] for unit in Unit},
        "yes": _("yes"), "no": _("no"), "is_yes": _("%s: yes"), "is_no": _("%s: no"), "not": _("not the case: %s"),
        "and": pgettext("joins conditions", " and "), "or": pgettext("joins conditions", " or "),
        "brackets": pgettext("brackets", "(%s)"), "comma": pgettext("joins a list", ", "), "more": _("%d more"),
        "last": _("the last %s"), "next": _("the next %s"), "ago": _("%s ago"),
        "always": pgettext("condition", "always"), "never": pgettext("condition", "never"),
        "value": _("Value to compare with"), "lowest": _("Lowest value"), "highest": _("Highest value"),
        "way": _("Back or ahead"), "unit": _("Counted in"), "on": _("on the day"), "add": _("Add a value"),
        "remove": _("Remove %s"), "row": _("Condition %d"), "group": _("Group of conditions"),
        "broken": _("This text is no JSON yet: rows appear when it is."),
        "foreign": _("Rows cannot show this condition, so it stands here as text. What it says holds all the same."),
    }  # fmt: skip


def short(pattern: str) -> str:
    """Return the comparison alone: what stands between the name and the value.

    >>> short("%(name)s is more than %(value)s"), short("%(name)s is from %(low)s to %(high)s")
    ('is more than', 'is from … to …')
    """
    left = _PLACE.sub("…", pattern.replace("%(name)s", "")).strip(" :：")
    return left.removesuffix("…").strip(" :：") if left.count("…") == 1 else left
