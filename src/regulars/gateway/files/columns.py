"""The mapped columns of one file, and what is known of its money: what the parts of the child hand each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.gateway.files.fields import Field
from regulars.gateway.files.reading.rows import column_name


@dataclass(frozen=True, slots=True)
class Column:
    """One mapped column: our field, its position among the cells, and what the user calls it."""

    field: Field
    position: int
    label: str

    @property
    def cell(self) -> str:
        """Its text as it stands in the file."""
        return column_name(self.position)

    @property
    def text(self) -> str:
        """Its text without blanks around it, or null."""
        return f"t{self.position}"


@dataclass(frozen=True, slots=True)
class Currencies:
    """The decimals of amounts: by default, and of the stores whose currency counts otherwise."""

    default: str
    stores: Mapping[str, int]
