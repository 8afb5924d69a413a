"""What one offer takes off a basket in the state in which it finds it, by kind.

For pricing and for the search. An effect never takes more off a line than is left to pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from regulars.core.money import split_by_largest_remainder
from regulars.loyalty.offers.rules import sets
from regulars.loyalty.offers.rules.bodies import (
    AmountOff,
    Bundle,
    MemberPrice,
    NForM,
    PercentOff,
    ProductOff,
    Recorded,
    Reward,
    Shipping,
    Steps,
    Threshold,
)
from regulars.loyalty.offers.rules.deals import Candidate
from regulars.loyalty.offers.rules.sets import share_of
from regulars.loyalty.offers.rules.state import Offs, State
from regulars.loyalty.offers.rules.terms import Phase

PHASES = tuple(Phase)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A candidate and the lines of this basket that it is about: by part of the offer, and all of them together."""

    candidate: Candidate
    parts: tuple[tuple[int, ...], ...]
    prices: tuple[int, ...]  # of a member price, by line of `lines`

    @property
    def lines(self) -> tuple[int, ...]:
        return self.parts[0] if len(self.parts) == 1 else tuple(sorted(set().union(*self.parts)))

    @property
    def order(self) -> tuple[int, int, int, int, tuple[str, int]]:
        """Return where it stands: by phase, sets before the rest, then by rank, shares before amounts, then by code."""
        terms = self.candidate.offer.terms
        is_amount = isinstance(terms.body, AmountOff | Threshold | Steps)
        return PHASES.index(terms.phase), not terms.is_set, terms.rank, is_amount, self.candidate.key

    @property
    def competes(self) -> bool:
        """Whether it is one of those of which each piece gets only the best."""
        terms = self.candidate.offer.terms
        return terms.phase is Phase.ITEM and not terms.is_set


def apply(state: State, offer: Prepared, index: int) -> bool:
    """Take off what `offer` takes off; return whether that is anything. `index` marks lines whose best offer it is."""
    if offer.competes:
        return _compete(state, offer, index)
    offs = effect(state, offer)
    state.take_off(offs)
    return any(amount for _line, amount in offs)


def _compete(state: State, offer: Prepared, index: int) -> bool:
    is_better = False
    for line, amount in on_pieces(state, offer):
        if amount > state.best[line]:
            state.best[line], state.by[line], is_better = amount, index, True
    return is_better


def effect(state: State, offer: Prepared) -> Offs:  # noqa: PLR0911 - one return a kind
    """Return what an offer takes off each line; a set also uses up its pieces."""
    body, lines = offer.candidate.offer.terms.body, offer.parts[0]
    match body:
        case NForM():
            return sets.n_for_m(state, body, lines)
        case ProductOff():
            return sets.product(state, body, lines, offer.parts[-1])
        case Bundle():
            return sets.bundle(state, body, offer.parts)
        case Threshold():
            return _threshold(state, body, lines)
        case Steps():
            reached = [step for step in body.steps if step.from_amount <= _amount(state.start, lines)]
            return _reward(state, reached[-1], lines) if reached else []
        case Recorded():
            return []
        case PercentOff() | AmountOff() | MemberPrice() | Shipping():
            return _plain(state, offer, body)
        case _:
            assert_never(body)


def _plain(state: State, offer: Prepared, body: PercentOff | AmountOff | MemberPrice | Shipping) -> Offs:
    lines = offer.parts[0]
    match body:
        case PercentOff():
            off = share_of(_amount(state.rest, lines), body.off_bp)
            return _split(state, lines, min(off, body.off_max_amount or off))
        case Shipping():
            return _split(state, lines, share_of(_amount(state.rest, lines), body.off_bp))
        case AmountOff() if not body.each:
            return _split(state, lines, body.off_amount)
        case _:
            return on_pieces(state, offer)


def on_pieces(state: State, offer: Prepared) -> Offs:
    """Return what comes off the free pieces of each line, line by line."""
    body, lines = offer.candidate.offer.terms.body, offer.parts[0]
    match body:
        case PercentOff() | Shipping():
            return [(line, share_of(state.value(line, state.free(line)), body.off_bp)) for line in lines]
        case AmountOff():
            return [(line, min(body.off_amount * state.free(line), _left(state, line))) for line in lines]
        case _:
            prices = zip(lines, offer.prices, strict=True)
            return [(line, max(0, _left(state, line) - price * state.free(line))) for line, price in prices]


def _left(state: State, line: int) -> int:
    """Return what the free pieces of a line still cost."""
    return min(state.value(line, state.free(line)), state.rest[line])


def _threshold(state: State, body: Threshold, lines: Sequence[int]) -> Offs:
    if body.from_quantity is not None:
        times = sum(state.units[line] for line in lines) // body.from_quantity
    else:
        times = _amount(state.start, lines) // (body.from_amount or 1)
    if not times:
        return []
    if body.every and body.off_amount is not None:
        return _split(state, lines, body.off_amount * times)
    return _reward(state, body, lines)


def _reward(state: State, reward: Reward, lines: Sequence[int]) -> Offs:
    if reward.off_bp is not None:
        return _split(state, lines, share_of(_amount(state.rest, lines), reward.off_bp))
    return _split(state, lines, reward.off_amount or 0)


def _amount(amounts: Sequence[int], lines: Sequence[int]) -> int:
    return sum([amounts[line] for line in lines])


def _split(state: State, lines: Sequence[int], amount: int) -> Offs:
    """Split an amount over the lines by what is left to pay on each; never more than that."""
    weights = [state.rest[line] for line in lines]
    off = min(amount, sum(weights))
    return list(zip(lines, split_by_largest_remainder(off, weights), strict=True)) if off else []
