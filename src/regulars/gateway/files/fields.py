"""The kinds of values a column can hold, and what one of our fields is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Type(StrEnum):
    """How a cell is read."""

    TEXT = "text"  # kept exactly as it is
    CODE = "code"  # an identifier: trimmed, never taken for a number
    INTEGER = "integer"
    DECIMAL = "decimal"  # a plain number such as a latitude
    QUANTITY = "quantity"  # thousandths
    AMOUNT = "amount"  # minor units of the currency
    DATE = "date"
    DATETIME = "datetime"
    CLOCK = "clock"  # a time of day, kept as minutes after midnight
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """One of our fields: `names` are the other words by which people call its column, in English and Chinese."""

    key: str
    type: Type = Type.TEXT
    required: bool = False
    names: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # our value → words for it
    negative: bool = True  # whether a number may be below zero
    length_max: int = 300
    example: str = ""
    target: str = ""  # the column of the rooms' services; empty: the key itself

    @property
    def column(self) -> str:
        return self.target or self.key


def words(text: str) -> tuple[str, ...]:
    """Split a list of names written with `|`, as the tables in `kinds.py` are."""
    return tuple(word.strip() for word in text.split("|"))
