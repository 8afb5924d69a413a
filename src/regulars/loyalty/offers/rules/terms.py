"""Everything that one version of an offer says: what it takes off, when, where, for whom, with what, and who bears it.

Kept as JSON in the version, read by `read`. A version never changes, so that a use of it stays explainable.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from regulars.core.errors import InvalidInputError
from regulars.criteria.tree import EVERYTHING
from regulars.loyalty.offers.rules.bodies import (
    WHOLE,
    AmountOff,
    AnyBody,
    Bundle,
    MemberPrice,
    NForM,
    PercentOff,
    PositiveAmount,
    ProductOff,
    Share,
    Shipping,
)
from regulars.loyalty.vocabulary import SaleCondition

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9-]*$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Count = Annotated[StrictInt, Field(ge=1, le=10**9)]
Names = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(max_length=2_000)]
_SETS = (ProductOff, Bundle, NForM)


class TermsError(InvalidInputError):
    """An offer's terms cannot be used; `place` names the field."""

    code = "offer.terms"


class Phase(StrEnum):
    """In this order offers are taken off; points and tenders come after the last one (P37)."""

    ITEM = "item"  # each piece gets at most one of them: the best
    BASKET = "basket"
    COUPON = "coupon"


class Exclusive(StrEnum):
    """What an offer does not go together with, besides its group."""

    NOTHING = "nothing"
    PHASE = "phase"  # any other of its phase
    ALL = "all"  # any other at all


class Window(BaseModel):
    """Some hours of some weekdays on the store's clock; one that ends before it begins runs over midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    weekdays: tuple[Weekday, ...] = ()  # none: every day
    from_time: Clock = "00:00"
    to_time: Clock = "23:59"  # this minute belongs to it


class Funding(BaseModel):
    """Who bears what share of the discount."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    party: Literal["retailer", "supplier", "partner"]
    name: Annotated[str, Field(max_length=120)] = ""
    share_bp: Share


class Terms(BaseModel):
    """One version of an offer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    body: AnyBody
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    # Together with what
    phase: Phase = Phase.BASKET
    rank: Annotated[StrictInt, Field(ge=0, le=1_000)] = 100  # within the phase, the lower one is taken off first
    group: Annotated[str, Field(max_length=40)] = ""  # of one group, one offer
    exclusive: Exclusive = Exclusive.NOTHING
    not_with: Annotated[tuple[Code, ...], Field(max_length=100)] = ()
    on_reduced: bool = True  # also on lines that the till or the shop has reduced already
    # When, where, for whom
    starts_on: date | None = None
    ends_on: date | None = None  # this business day of the store belongs to it (P41)
    windows: Annotated[tuple[Window, ...], Field(max_length=20)] = ()
    stores: Names = ()
    regions: Names = ()
    channels: Names = ()
    members_only: bool = False
    tiers: Names = ()
    when: SaleCondition = EVERYTHING
    # How often, how much
    budget_amount: PositiveAmount | None = None
    uses_max: Count | None = None
    uses_per_person: Count | None = None
    claims_max: Count | None = None
    claims_per_person: Count = 1
    valid_days: Annotated[StrictInt, Field(ge=1, le=3_650)] | None = None  # a coupon's life after it is claimed
    gifts_max: Annotated[StrictInt, Field(ge=0, le=10)] = 0  # how often a coupon may be passed on
    # Who bears it, and what a return does
    funding: Annotated[tuple[Funding, ...], Field(min_length=1, max_length=5)] = (Funding(party="retailer", share_bp=WHOLE),)
    coupon_back: Literal["when_whole", "never"] = "when_whole"  # a coupon lives again when all it reduced has come back
    grace_days: Annotated[StrictInt, Field(ge=0, le=365)] = 0  # a coupon given back lives at least so long
    after_return: Literal["keep", "take_back"] = "keep"  # of a threshold that what is kept no longer reaches (P39)

    @model_validator(mode="after")
    def _fits_together(self) -> Terms:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on: the offer ends before it starts")
        if sum(share.share_bp for share in self.funding) != WHOLE:
            raise ValueError("funding: the shares must add up to 100 %")
        if len({(share.party, share.name) for share in self.funding}) < len(self.funding):
            raise ValueError("funding: write each party once")
        if self.body.kind == "time" and not self.windows:
            raise ValueError("windows: this kind needs the hours in which it holds")
        if self.phase is Phase.ITEM and not self._is_per_piece:
            raise ValueError("phase: an offer on single pieces takes off a share, an amount for each piece, a price or a set")
        return self

    @property
    def _is_per_piece(self) -> bool:
        body = self.body
        if isinstance(body, PercentOff):
            return body.off_max_amount is None
        return isinstance(body, (*_SETS, MemberPrice, Shipping)) or (isinstance(body, AmountOff) and body.each)

    @property
    def is_set(self) -> bool:
        """Whether the offer uses pieces up, so that another set of its phase cannot have them."""
        return isinstance(self.body, _SETS)

    @property
    def needs_member(self) -> bool:
        return self.members_only or bool(self.tiers) or self.body.kind == "member_price" or self.uses_per_person is not None


def read(raw: Any) -> Terms:
    """Return the terms that `raw` (decoded JSON) is, or refuse with the field and what is wrong with it."""
    try:
        return Terms.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        named, _, rest = message.partition(": ")
        if not field and rest:
            field, message = named, rest
        raise TermsError(f"{field}: {message}", field=field) from None


def from_json(text: str) -> Terms:
    """Return the terms that the JSON of a published version is."""
    return Terms.model_validate_json(text)


def dump(terms: Terms) -> dict[str, Any]:
    """Return the JSON of `terms`; `read` makes the same terms of it."""
    return terms.model_dump(mode="json", by_alias=True, exclude_none=True)
