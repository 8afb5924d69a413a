"""The answer of the explorer as a table: every group with its figures, and how they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.home.business import asking, figures, names
from regulars.home.business.figures import Change
from regulars.home.business.questions import Question

ROWS_MAX = 500  # on the page; a file has them all


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as a person reads it, and its change."""

    label: str
    text: str
    change: Change | None


@dataclass(frozen=True, slots=True)
class Line:
    """One group: its name, its page, its figures; `plain` is what a file holds."""

    key: Any
    name: str
    href: str
    cells: Sequence[Cell]
    values: Sequence[figures.Value]
    plain: Sequence[object]
    is_suppressed: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The whole answer."""

    heads: Sequence[str]
    rows: Sequence[Line]
    compares: bool

    @property
    def shown(self) -> Sequence[Line]:
        return self.rows[:ROWS_MAX]

    @property
    def has_more(self) -> bool:
        return len(self.rows) > ROWS_MAX

    @property
    def has_suppressed(self) -> bool:
        return any(row.is_suppressed for row in self.rows)


def answer(question: Question) -> Table:
    """Compute the table; groups come by time, or the largest first metric first."""
    found = _found(question)
    if question.by and not question.is_over_time and question.by not in ("weekday", "hour"):
        first = question.metrics[0].key
        found = sorted(found, key=lambda row: (row[first] is None, -(row[first] or 0)))
    keys = [row[question.by] for row in found] if question.by else []
    name = names.of_keys(question.by, keys) if question.by else lambda _key: question.choice.words
    link = names.links(question.by, keys, choice=question.choice)
    head = str(names.KEYS[question.by]) if question.by else _("Dates")
    return Table(
        heads=[head, *(str(metric.name) for metric in question.metrics)],
        rows=[_line(row, question, name=name, link=link) for row in found],
        compares=_compares(question) and any(f"{question.keys[0]}_before" in row for row in found),
    )


def _compares(question: Question) -> bool:
    return not question.is_over_time


def _found(question: Question) -> list[asking.Row]:
    if _compares(question) and question.by:
        return asking.with_change(question.keys, choice=question.choice, chosen=question.slice, by=question.by)
    if question.by:
        return asking.rows(question.keys, choice=question.choice, chosen=question.slice, by=[question.by])
    compared = asking.compared(question.keys, choice=question.choice, chosen=question.slice)
    then = {f"{key}_before": asking.then(compared, question.choice, key) for key in question.keys}
    return [{**compared.now, **then}]


def _line(row: asking.Row, question: Question, *, name: Any, link: Any) -> Line:
    key = row[question.by] if question.by else None
    currency = question.choice.currency
    called = name(key)
    values = [row[metric.key] for metric in question.metrics]
    return Line(
        key=key,
        name=called,
        href=link(key),
        cells=[
            Cell(
                str(metric.name),
                figures.show(metric, row[metric.key], currency=currency),
                figures.change(metric, row[metric.key], row.get(f"{metric.key}_before")),
            )
            for metric in question.metrics
        ],
        values=values,
        plain=[called, *(figures.plain(metric, row[metric.key], currency=currency) for metric in question.metrics)],
        is_suppressed=bool(row.get("suppressed")),
    )
