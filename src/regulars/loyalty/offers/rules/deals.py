"""The values that go into the solver and come out of it.

For selectors, which make candidates; for checkout, which takes a deal; for `wording`, which says the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from regulars import criteria
from regulars.criteria.answers import Question
from regulars.criteria.tree import All, Node
from regulars.loyalty.basket import Line
from regulars.loyalty.offers.rules.bodies import Bundle, MemberPrice, ProductOff, Recorded
from regulars.loyalty.offers.rules.terms import Terms


@dataclass(frozen=True)
class Live:
    """One version of an offer as the solver uses it; shared by all tills of a process, so its questions are compiled once."""

    offer_id: int
    version_id: int
    number: int
    code: str
    title: str
    is_coupon: bool
    terms: Terms
    shards: int = 0  # parts of its limit; 0: not limited

    @cached_property
    def when(self) -> Question | None:
        return _question(self.terms.when)

    @cached_property
    def items(self) -> tuple[Question | None, ...]:
        """Return which lines each part of the offer is about; None stands for all lines."""
        body = self.terms.body
        if isinstance(body, MemberPrice | Recorded):
            return (None,)
        if isinstance(body, Bundle):
            return tuple(_question(part.items) for part in body.parts)
        if isinstance(body, ProductOff) and body.buy is not None:
            return (_question(body.items), _question(body.buy))
        return (_question(body.items),)

    @cached_property
    def prices(self) -> Mapping[str, int]:
        body = self.terms.body
        return {each.sku: each.price_amount for each in body.prices} if isinstance(body, MemberPrice) else {}


def _question(tree: Node) -> Question | None:
    return None if isinstance(tree, All) and not tree.parts else criteria.compiled(tree)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an offer is not used: a stable code and what a sentence about it needs; `wording` says it."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer that may be used on this basket; `refusal` if it cannot be, whatever the basket holds.

    `amount_max` is what is left of its budget.
    """

    offer: Live
    coupon_id: int | None = None
    refusal: Refusal | None = None
    amount_max: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.offer.code, self.coupon_id or 0


@dataclass(frozen=True, slots=True)
class Used:
    """An offer that was used: what it took off in all, off each line, and by whose money (party and name → line → amount)."""

    candidate: Candidate
    amount: int
    lines: Mapping[int, int]
    funded: Mapping[tuple[str, str], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Refused:
    """An offer that was not used, and why."""

    candidate: Candidate
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Deal:
    """What a basket gets. No lawful set of offers saves more than `gap_amount` beyond it: 0, unless very many offers stack
    freely and the search was cut short.
    """

    lines: tuple[Line, ...]
    used: tuple[Used, ...]
    refused: tuple[Refused, ...]
    saved: int
    gap_amount: int = 0

    @property
    def is_best(self) -> bool:
        return self.gap_amount == 0
