"""How a tier is reached, kept and lost: one step of the ladder's machine, run for a member at the close of a business day.

For the nightly grading and for replays, which run the very same step. Upwards at once; downwards only after the grace, and only
if the numbers of that day still say so, so that returns and late receipts make nobody flap (P21–P27).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from regulars.loyalty.program.rules.body import Ladder, Tier
from regulars.loyalty.program.rules.dates import period_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands: the tier, what the end of the last period has left for sure, and a fall that is announced."""

    tier: str
    secured: str
    period_from: date
    period_until: date  # half-open
    fall_on: date | None = None
    fall_to: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A step up or down, with the numbers behind it."""

    before: str
    tier: str
    cause: str  # reached, not_kept, returned, ladder
    value: int
    needed: int


def join(day: date, ladder: Ladder) -> Standing:
    """Return where somebody stands who joins on `day`."""
    base = ladder.tiers[0].code if ladder.tiers else ""
    since, until = period_of(day, joined_on=day, months=ladder.period_months, anchor=ladder.anchor)
    return Standing(base, base, since, until)


def tier_for(value: int, ladder: Ladder) -> int:
    """Return the highest step that `value` reaches; standing on the threshold is enough (P21).

    >>> ladder = Ladder(tiers=(Tier(code="base", from_value=0), Tier(code="gold", from_value=1000)))
    >>> tier_for(999, ladder), tier_for(1000, ladder)
    (0, 1)
    """
    return max((rank for rank, tier in enumerate(ladder.tiers) if tier.from_value <= value), default=0)


def next_tier(standing: Standing, value: int, ladder: Ladder) -> tuple[Tier, int] | None:
    """Return the tier above and how much is missing to it; None at the top."""
    above = ladder.tiers[ladder.rank(standing.tier) + 1 :]
    return (above[0], max(above[0].from_value - value, 0)) if above else None


def missing_to_keep(standing: Standing, value: int, ladder: Ladder) -> int:
    """Return how much is missing to keep the tier beyond this period."""
    return max(ladder.tiers[ladder.rank(standing.tier)].keep - value, 0) if ladder.tiers else 0


def close_day(
    standing: Standing, day: date, *, ladder: Ladder, joined_on: date, value: int, before: int = 0
) -> tuple[Standing, Move | None]:
    """Return where a member stands after `day`, and the step that this took.

    `value` is the measure within the standing's period up to this day, `before` that of the period before, both as they are
    known now: a late receipt may still lift or keep, a return may still take away.

    >>> ladder = Ladder(tiers=(Tier(code="base", from_value=0), Tier(code="gold", from_value=1000)), grace_days=30)
    >>> new = join(date(2024, 2, 29), ladder)
    >>> gold, move = close_day(new, date(2024, 5, 1), ladder=ladder, joined_on=date(2024, 2, 29), value=1000)
    >>> move.tier, gold.period_until.isoformat()
    ('gold', '2025-02-28')
    """
    if not ladder.tiers:
        return standing, None
    if ladder.tiers[ladder.rank(standing.tier)].code != standing.tier:  # the rules know this tier no longer (P25)
        base = ladder.tiers[max(tier_for(max(value, before), ladder), ladder.rank(standing.secured))].code
        lost = Move(standing.tier, base, "ladder", value, 0)
        return replace(standing, tier=base, secured=base, fall_on=None, fall_to=""), lost
    step = _Step(standing, ladder, value, before)
    step.rise()
    if day + _DAY >= standing.period_until:
        step.end_period(period_of(day + _DAY, joined_on=joined_on, months=ladder.period_months, anchor=ladder.anchor))
    step.fall(day)
    return step.standing, step.move


class _Step:
    """The step of one day."""

    def __init__(self, standing: Standing, ladder: Ladder, value: int, before: int) -> None:
        self.standing, self.ladder, self.value, self.before = standing, ladder, value, before
        self.move: Move | None = None

    def rise(self) -> None:
        best = max(self.value, self.before)
        reached = tier_for(best, self.ladder)
        if reached > self.ladder.rank(self.standing.tier):
            tier = self.ladder.tiers[reached]
            self.move = Move(self.standing.tier, tier.code, "reached", best, tier.from_value)
            self.standing = replace(self.standing, tier=tier.code, fall_on=None, fall_to="")

    def end_period(self, following: tuple[date, date]) -> None:
        """Secure what this period leaves for the next one."""
        rank = self.ladder.rank(self.standing.tier)
        if self.value < self.ladder.tiers[rank].keep:
            earned = tier_for(self.value, self.ladder)
            falls = {"one_step": rank - 1, "to_base": 0, "to_earned": earned}[self.ladder.falls]
            rank = max(falls, earned, 0)
        self.standing = replace(
            self.standing, secured=self.ladder.tiers[rank].code, period_from=following[0], period_until=following[1]
        )
        self.before, self.value = self.value, 0

    def fall(self, day: date) -> None:
        """Announce a fall, call it off, or carry it out."""
        standing, ladder = self.standing, self.ladder
        rank, needed = ladder.rank(standing.tier), ladder.tiers[ladder.rank(standing.tier)].keep
        if rank <= ladder.rank(standing.secured) or max(self.value, self.before) >= needed:
            self.standing = replace(standing, fall_on=None, fall_to="")
            return
        lower = max(ladder.rank(standing.secured), tier_for(max(self.value, self.before), ladder))
        on = standing.fall_on or day + _DAY + timedelta(days=ladder.grace_days)
        self.standing = replace(standing, fall_on=on, fall_to=ladder.tiers[lower].code)
        if on <= day + _DAY:
            of_period = on - timedelta(days=ladder.grace_days) == standing.period_from
            cause, value = ("not_kept", self.before) if of_period else ("returned", self.value)
            self.move = Move(standing.tier, self.standing.fall_to, cause, value, needed)
            self.standing = replace(self.standing, tier=self.standing.fall_to, fall_on=None, fall_to="")
