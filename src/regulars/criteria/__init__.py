"""The rule language (D8): what offers, earning rules, segments and journeys ask, as one JSON tree of typed nodes.

For every room that lets people write conditions. The rooms above say what can be asked (`vocabulary`); this room reads a
tree in (`parsing`), answers it for known facts (`answers`), says it in words (`aloud`), and lets people write it in rows
(`fields`, over the `grammar` of a vocabulary). Unknown is not false.
"""

from __future__ import annotations

from regulars.criteria.aloud import read_aloud
from regulars.criteria.answers import answer, compiled
from regulars.criteria.parsing import CriteriaError, Fault, dump, parse
from regulars.criteria.tree import names

__all__ = ["CriteriaError", "Fault", "answer", "compiled", "dump", "names", "parse", "read_aloud"]
