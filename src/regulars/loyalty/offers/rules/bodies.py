"""What an offer takes off, by kind: typed, so that a body in the database can only be one that the solver understands.

For `terms`, which adds when and for whom. Amounts are minor units, percentages hundredths of a percent (`bp`, 1000 = 10 %).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, model_validator

from regulars import criteria
from regulars.criteria.tree import EVERYTHING, All, AnyOf, Attribute, Node, Not
from regulars.loyalty.vocabulary import LINE

Amount = Annotated[StrictInt, Field(ge=0, lt=2**53)]
PositiveAmount = Annotated[StrictInt, Field(gt=0, lt=2**53)]
Pieces = Annotated[StrictInt, Field(ge=1, le=1_000)]
Share = Annotated[StrictInt, Field(ge=1, le=10_000)]  # of 10,000
Sku = Annotated[str, Field(min_length=1, max_length=64)]
WHOLE = 10_000


def _read_items(raw: Any) -> Any:
    return raw if isinstance(raw, All | AnyOf | Not | Attribute) else criteria.parse(raw, vocabulary=LINE)


Items = Annotated[Node, BeforeValidator(_read_items)]  # which lines: a condition on each of them


class Body(BaseModel):
    """What all kinds have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AmountOff(Body):
    """So much off: once for all lines together, or for each piece."""

    kind: Literal["amount"]
    off_amount: PositiveAmount
    each: StrictBool = False
    items: Items = EVERYTHING


class PercentOff(Body):
    """A share of the lines' amount off, at most `off_max_amount`."""

    kind: Literal["percent", "time"]  # «time» is one that needs hours in its terms, such as a happy hour
    off_bp: Share
    off_max_amount: PositiveAmount | None = None
    items: Items = EVERYTHING


class ProductOff(Body):
    """`quantity` pieces free or cheaper; with `buy`, only for every `buy_quantity` pieces of it that are bought."""

    kind: Literal["product"]
    items: Items
    quantity: Pieces = 1
    off_bp: Share = WHOLE
    buy: Items | None = None
    buy_quantity: Pieces = 1
    times_max: Pieces = 1


class Part(Body):
    """One part of a bundle."""

    items: Items
    quantity: Pieces = 1


class Bundle(Body):
    """Some of each part together at one price."""

    kind: Literal["bundle"]
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=6)]
    price_amount: Amount
    times_max: Pieces = 100


class NForM(Body):
    """Take so many, pay for fewer: of each `take` pieces, dearest first, the cheapest ones are free or cheaper."""

    kind: Literal["n_for_m"]
    items: Items
    take: Annotated[StrictInt, Field(ge=2, le=100)]
    pay: Annotated[StrictInt, Field(ge=1, le=99)]
    off_bp: Share = WHOLE
    times_max: Pieces = 100

    @model_validator(mode="after")
    def _pays_less(self) -> NForM:
        if self.pay >= self.take:
            raise ValueError("«pay» must be smaller than «take»")
        return self


class Reward(Body):
    """Either an amount or a share."""

    off_amount: PositiveAmount | None = None
    off_bp: Share | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Reward:
        if (self.off_amount is None) == (self.off_bp is None):
            raise ValueError("write either «off_amount» or «off_bp»")
        return self


class Threshold(Reward):
    """A reward from an amount or a number of pieces on; with `every`, the amount again for each further such amount."""

    kind: Literal["threshold"]
    from_amount: PositiveAmount | None = None
    from_quantity: Pieces | None = None
    every: StrictBool = False
    items: Items = EVERYTHING

    @model_validator(mode="after")
    def _one_measure(self) -> Threshold:
        if (self.from_amount is None) == (self.from_quantity is None):
            raise ValueError("write either «from_amount» or «from_quantity»")
        if self.every and self.off_amount is None:
            raise ValueError("only an amount can be given again for every further one")
        return self


class Step(Reward):
    """One step: from this amount on, this reward."""

    from_amount: PositiveAmount


def _rising(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if any(low.from_amount >= high.from_amount for low, high in pairwise(steps)):
        raise ValueError("each step begins at a higher amount than the one before")
    return steps


class Steps(Body):
    """The reward of the highest step that is reached."""

    kind: Literal["step"]
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=10), AfterValidator(_rising)]
    items: Items = EVERYTHING


class Price(Body):
    """What one piece of an article costs."""

    sku: Sku
    price_amount: Amount


class MemberPrice(Body):
    """Articles at their own price for recognized customers."""

    kind: Literal["member_price"]
    prices: Annotated[tuple[Price, ...], Field(min_length=1, max_length=2_000)]


_SHIPPING = Attribute(attr="product.categories", op="has_any", value=("Shipping",))  # type: ignore[arg-type]  # pydantic reads it


class Shipping(Body):
    """The line that charges the delivery, free or cheaper."""

    kind: Literal["shipping"]
    off_bp: Share = WHOLE
    items: Items = _SHIPPING


class Recorded(Body):
    """An offer of older records that do not say what it took off; it is shown and counted, and takes nothing off."""

    kind: Literal["recorded"]
    articles: Annotated[StrictInt, Field(ge=0)] = 0  # how many articles it was for


AnyBody = Annotated[
    AmountOff | PercentOff | ProductOff | Bundle | NForM | Threshold | Steps | MemberPrice | Shipping | Recorded,
    Field(discriminator="kind"),
]
