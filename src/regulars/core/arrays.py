"""Columns of values as PostgreSQL's array literals.

For statements that take whole columns. The driver's own lists cost more than the insert itself when there are many of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date


def integers(values: Sequence[int | None]) -> str:
    """Return a column of whole numbers.

    >>> integers([1, None, -3])
    '{1, NULL, -3}'
    """
    return "{" + repr(list(values))[1:-1].replace("None", "NULL") + "}"


def texts(values: Iterable[str]) -> str:
    """Return a column of texts.

    >>> print(texts(["a", 'say "no"', "", "NULL"]))
    {"a","say \\"no\\"","","NULL"}
    """
    return "{" + ",".join([_quoted(value) for value in values]) + "}"


def moments(values: Iterable[date | None]) -> str:
    """Return a column of dates or of instants, which must be aware.

    >>> moments([date(2026, 2, 28), None])
    '{2026-02-28,NULL}'
    """
    column = list(values)
    told = {id(at): "NULL" if at is None else at.isoformat() for at in {id(at): at for at in column}.values()}
    return "{" + ",".join([told[id(at)] for at in column]) + "}"  # by identity: one instant is that of many rows


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
