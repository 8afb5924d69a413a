"""What a version of the rules says, as typed JSON: earning, rounding, waiting, expiry, redemption, growth, tiers, returns.

For marketers, who write it in the designer, and for `book`, which makes it ready to be asked. Amounts are minor units of the
program's currency, factors are thousandths, shares are percent.
"""

from __future__ import annotations

from datetime import date, time
from math import lcm
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from regulars.criteria.tree import EVERYTHING
from regulars.loyalty.vocabulary import SaleCondition

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
Points = Annotated[int, Field(gt=0, le=1_000_000)]
Weekday = Annotated[int, Field(ge=0, le=6)]  # Monday is 0
_STEP_MAX = 1_000_000  # keeps every intermediate product of the columnar way within 64 bits


class Part(BaseModel):
    """A piece of the document: nothing unknown in it, and nothing that changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Goods(Part):
    """Which articles; an empty list asks nothing, and all that is given must hold. A category holds for all below it."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()


class When(Goods):
    """When a rule holds: for which articles, where, when, for whom and in what basket."""

    stores: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    from_date: date | None = None  # business dates, both ends included (P41)
    until_date: date | None = None
    weekdays: tuple[Weekday, ...] = ()
    from_time: time | None = None  # the store's wall clock, half-open; may run over midnight
    until_time: time | None = None
    tiers: tuple[Code, ...] = ()
    plans: tuple[Code, ...] = ()
    tenders: tuple[str, ...] = ()  # at least one of them pays a part
    basket_from_amount: NonNegativeInt = 0  # of what is paid for the whole basket
    full_price_only: bool = False  # only lines without any discount
    condition: SaleCondition = EVERYTHING  # whatever else the rule language can ask; unknown is not enough


class Caps(Part):
    """How many points a rule gives at most. None: without end."""

    per_receipt: PositiveInt | None = None
    per_day: PositiveInt | None = None  # one member, one business date
    per_member: PositiveInt | None = None  # one member, as long as the rule lives


class Rule(Part):
    """What every earning rule has: the code that entries and reasons name, words for people, its conditions and caps."""

    code: Code
    name: str = Field(default="", max_length=80)
    when: When = When()
    caps: Caps = Caps()


class PerAmount(Rule):
    """Points for every `amount` paid. Of several that hold for a line, the most generous one counts."""

    kind: Literal["per_amount"] = "per_amount"
    points: Points = 1
    amount: Annotated[int, Field(gt=0, le=_STEP_MAX)] = 100


class PerItem(Rule):
    """Points for every piece."""

    kind: Literal["per_item"] = "per_item"
    points: Points


class Multiply(Rule):
    """Times `factor_milli` what the line earns for its amount."""

    kind: Literal["multiply"] = "multiply"
    factor_milli: Annotated[int, Field(gt=1000, le=100_000)]


class Bonus(Rule):
    """Points once the articles that the rule names reach `from_amount` together; with `each`, for every time they do."""

    kind: Literal["bonus"] = "bonus"
    from_amount: PositiveInt
    points: Points
    each: bool = False


Earning = Annotated[PerAmount | PerItem | Multiply | Bonus, Field(discriminator="kind")]


class Exclusions(Part):
    """What earns nothing (P14): the part paid with these tenders, and these articles."""

    tenders: tuple[str, ...] = ("points",)
    goods: Goods = Goods()


class Limits(Part):
    """What one member earns at most in one day (P16, P17)."""

    points_per_day: PositiveInt | None = None
    receipts_per_day: PositiveInt | None = None


class LotExpiry(Part):
    """Each lot lives on its own: so many months, to the end of that business day, month or year."""

    kind: Literal["lot"] = "lot"
    months: PositiveInt = 12
    end: Literal["day", "month", "year"] = "day"


class YearEnd(Part):
    """Everything earned in a calendar year goes at the end of the year `years` later."""

    kind: Literal["year_end"] = "year_end"
    years: NonNegativeInt = 1


class Inactivity(Part):
    """Everything goes when nothing was bought for so many months."""

    kind: Literal["inactivity"] = "inactivity"
    months: PositiveInt = 12


class Never(Part):
    """Points stay."""

    kind: Literal["never"] = "never"


Expiry = Annotated[LotExpiry | YearEnd | Inactivity | Never, Field(discriminator="kind")]


class Redemption(Part):
    """What points are worth at the till: `points` of them are `amount`; in steps, from a minimum, up to a share of the bill."""

    points: PositiveInt = 100
    amount: PositiveInt = 100
    min_points: NonNegativeInt = 0
    step_points: PositiveInt = 1
    max_share_percent: Annotated[int, Field(gt=0, le=100)] = 100


class Growth(Part):
    """Growth value beside points: so much for every `amount` paid; it buys nothing and only lifts the tier (F30)."""

    growth: Points = 1
    amount: Annotated[int, Field(gt=0, le=_STEP_MAX)] = 100


class Tier(Part):
    """A step of the ladder: reached from `from_value`, kept with `keep_value` (None: the same)."""

    code: Code
    name: str = Field(default="", max_length=80)
    from_value: NonNegativeInt
    keep_value: NonNegativeInt | None = None
    factor_milli: Annotated[int, Field(ge=1000, le=100_000)] = 1000

    @property
    def keep(self) -> int:
        return self.from_value if self.keep_value is None else self.keep_value


class Ladder(Part):
    """The tiers, lowest first, and how one rises and falls. The measure counts within a period."""

    measure: Literal["spend", "visits", "points", "growth"] = "spend"
    tiers: tuple[Tier, ...] = ()
    period_months: Annotated[int, Field(ge=1, le=36)] = 12
    anchor: Literal["member", "calendar"] = "member"  # periods run from joining, or from 1 January
    grace_days: NonNegativeInt = 30  # from the end of a period, or a return, to the fall
    falls: Literal["one_step", "to_base", "to_earned"] = "one_step"

    @model_validator(mode="after")
    def _rises(self) -> Self:
        values = [tier.from_value for tier in self.tiers]
        if values != sorted(set(values)):
            raise ValueError("Each tier has to begin above the one before.")
        if self.tiers and values[0] != 0:
            raise ValueError("The first tier begins at 0: it is where everybody stands.")
        if any(tier.keep > tier.from_value for tier in self.tiers):
            raise ValueError("A tier cannot be harder to keep than to reach.")
        if 12 % self.period_months and self.period_months % 12:
            raise ValueError("Periods have to fit into a year, or be whole years.")
        return self

    def rank(self, code: str) -> int:
        """Return the step of a tier, 0 for the lowest; a code that is gone counts as the lowest."""
        return next((rank for rank, tier in enumerate(self.tiers) if tier.code == code), 0)


class Returns(Part):
    """What happens when points that were earned are spent already and the goods come back (P15, F25)."""

    missing: Literal["debt", "refund", "forgive"] = "debt"  # owed, taken off the refund, or let go
    restore_days: NonNegativeInt = 30  # points paid with live at least so long once they come back (P7)


class SignInReward(Part):
    """Points for showing up: every day some, and more after each full row of days (F35)."""

    points: Points = 1
    row_days: Annotated[int, Field(ge=2, le=366)] = 7
    row_points: NonNegativeInt = 0


class ReferralReward(Part):
    """Points for bringing somebody whose first purchase is kept: from so much, after so many days, so many a month (F36)."""

    referrer_points: NonNegativeInt = 100
    referred_points: NonNegativeInt = 50
    from_amount: NonNegativeInt = 0
    keep_days: NonNegativeInt = 14
    per_month: PositiveInt = 5


class Body(Part):
    """A whole version of the rules."""

    earning: tuple[Earning, ...] = ()
    multipliers: Literal["highest", "add"] = "highest"
    rounding: Literal["line", "receipt"] = "receipt"
    tax_per_mille: Annotated[int, Field(ge=0, lt=1000)] = 0  # contained in prices and earning nothing
    exclusions: Exclusions = Exclusions()
    limits: Limits = Limits()
    pending_days: Annotated[int, Field(ge=0, le=366)] = 0
    expiry: Expiry = LotExpiry()
    redemption: Redemption | None = Redemption()
    growth: Growth | None = None
    ladder: Ladder = Ladder()
    returns: Returns = Returns()
    sign_in: SignInReward | None = None
    referral: ReferralReward | None = None
    enrolls: Literal["first_purchase", "asked"] = "first_purchase"
    attach_days: Annotated[int, Field(ge=0, le=90)] = 7  # how long a forgotten card can be shown afterwards (P17)

    @model_validator(mode="after")
    def _names_are_one(self) -> Self:
        codes = [rule.code for rule in self.earning] + [f"tier.{tier.code}" for tier in self.ladder.tiers]
        if len(codes) != len(set(codes)):
            raise ValueError("Two rules have the same code.")
        if self.step > _STEP_MAX:
            raise ValueError("The amounts of the rules have no small common multiple; use rounder ones, such as 100 or 1000.")
        return self

    @property
    def step(self) -> int:
        """Return the amount that every rate divides: with it all rates are whole numbers."""
        return lcm(*(rule.amount for rule in self.earning if isinstance(rule, PerAmount)), 1)
