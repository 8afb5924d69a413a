"""What the customers room tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Records turned out to be one customer: what the rooms above keep for `gone` belongs to `holder` from now on."""

    name: ClassVar[str] = "customers.merged"
    gone: list[int]
    holder: int
