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


@dataclass(frozen=True, slots=True)
class PaidPlanRenewalsDue:
    """Paid memberships will go on by themselves and take money: the members have to be told now. One event per program."""

    name: ClassVar[str] = "paid_plans.renewals_due"
    program: str
    business_date: str
    renewals: list[dict[str, Any]]  # customer_id, plan, price_amount, ends_on


@dataclass(frozen=True, slots=True)
class PaidPlanRenewed:
    """A paid membership went on, paid from stored value."""

    name: ClassVar[str] = "paid_plan.renewed"
    program: str
    plan: str
    customer_id: int
    starts_on: str
    ends_on: str
    price_amount: int


@dataclass(frozen=True, slots=True)
class PaidPlanEnded:
    """A paid membership is over: `cause` is not_renewed, not_paid (too little stored value), not_told or given_back."""

    name: ClassVar[str] = "paid_plan.ended"
    program: str
    plan: str
    customer_id: int
    ended_on: str
    cause: str


@dataclass(frozen=True, slots=True)
class ChallengeWon:
    """A member has met a challenge whose reward is a coupon of another room: `coupon` is its offer's code, `key` this round."""

    name: ClassVar[str] = "challenge.won"
    customer_id: int
    coupon: str
    key: str


@dataclass(frozen=True, slots=True)
class ChallengeLost:
    """Goods came back and the challenge is not met any more: the coupon of this round is to go, if it was not used."""

    name: ClassVar[str] = "challenge.lost"
    customer_id: int
    coupon: str
    key: str
