"""Receipts as columns: what `columns` rates and `conditions` asks.

Made by `services.loading` from the tables. Only lines that were sold are in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.loyalty.basket import Article, Place

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Receipts in the order in which they are rated, and their lines in order; only lines that were sold.

    `member` numbers the customers from 0; `article` and `place` point into the lists. `first[i]` is the first line of
    receipt i, `first[-1]` the number of lines. The tenders stand apart: which receipt, which kind, how much.
    """

    receipt_id: Integers
    member: Integers
    day: Integers  # date.toordinal()
    second: Integers  # of the store's day
    place: Integers
    plan: Integers
    paid: Integers  # of the whole receipt
    first: Integers
    line_no: Integers
    article: Integers
    quantity_milli: Integers
    line_paid: Integers
    discounted: Flags
    tender_receipt: Integers
    tender_kind: Integers
    tender_amount: Integers
    articles: Sequence[Article]
    places: Sequence[Place]
    plans: Sequence[str]
    tender_kinds: Sequence[str]
    weekday: Integers | None = None  # of the store's clock, Monday is 0; the business date's where it is not given
    known: Mapping[str, tuple[Integers, Sequence[object]]] = field(default_factory=dict)  # term → number a receipt, values

    def __len__(self) -> int:
        return len(self.receipt_id)

    @cached_property
    def receipt(self) -> Integers:
        """The receipt of each line."""
        return np.repeat(np.arange(len(self)), np.diff(self.first))

    def by_receipt(self, lines: Integers) -> Integers:
        """Return the sum over the lines of each receipt."""
        return sums(lines, self.first)


_PER_RECEIPT = ("receipt_id", "member", "day", "second", "place", "plan", "paid")
_PER_LINE = ("line_no", "article", "quantity_milli", "line_paid", "discounted")


def span_of(columns: Columns, receipts: Integers) -> Columns:
    """Return only the given receipts, in the given order."""
    starts, counts = columns.first[receipts], np.diff(columns.first)[receipts]
    first = np.concatenate([[0], np.cumsum(counts)])
    lines = np.repeat(starts - first[:-1], counts) + np.arange(first[-1])
    position = np.full(len(columns), -1)
    position[receipts] = np.arange(len(receipts))
    tenders = position[columns.tender_receipt] >= 0
    per_receipt: dict[str, Any] = {name: getattr(columns, name)[receipts] for name in _PER_RECEIPT}
    per_receipt["weekday"] = None if columns.weekday is None else columns.weekday[receipts]
    per_receipt["known"] = {name: (numbers[receipts], values) for name, (numbers, values) in columns.known.items()}
    per_line = {name: getattr(columns, name)[lines] for name in _PER_LINE}
    return replace(
        columns, first=first, **per_receipt, **per_line, tender_receipt=position[columns.tender_receipt[tenders]],
        tender_kind=columns.tender_kind[tenders], tender_amount=columns.tender_amount[tenders],
    )  # fmt: skip


def sums(lines: Integers, first: Integers) -> Integers:
    """Return the sum over the lines of each receipt, `first` being where each begins."""
    total: Integers = np.concatenate([np.zeros(1, np.int64), np.cumsum(lines)])
    return np.asarray(total[first[1:]] - total[first[:-1]])
