"""What the program tells the rooms above: journeys, messages and pages react to these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class TiersMoved:
    """Members rose or fell at the close of a business day. One event per program and day."""

    name: ClassVar[str] = "tiers.moved"
    program: str
    business_date: str
    moves: list[dict[str, Any]]  # customer_id, before, tier, cause


@dataclass(frozen=True, slots=True)
class TierFallsAnnounced:
    """Members will fall unless they buy: the numbers of a notice or a challenge (P23)."""

    name: ClassVar[str] = "tiers.fall_announced"
    program: str
    business_date: str
    falls: list[dict[str, Any]]  # customer_id, tier, fall_to, fall_on, missing: how much would keep the tier
