"""How little a basket can cost at least, whatever the offers that are still to be decided do.

For the search, which gives up a branch that cannot beat what it has. A bound may be too low, never too high: shares are
multiplied, amounts are taken off whole, each piece has the best of the offers that compete for it, of offers that exclude
each other the strongest counts, and what rounding can shift is allowed for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from regulars.loyalty.offers.rules.bodies import WHOLE, AmountOff, MemberPrice, PercentOff, Reward, Shipping, Steps, Threshold
from regulars.loyalty.offers.rules.effects import Prepared, effect, on_pieces
from regulars.loyalty.offers.rules.sets import share_of
from regulars.loyalty.offers.rules.state import State


class Way(Enum):
    """How an offer works, as far as a bound is concerned."""

    PIECE = 0  # competes for pieces
    SHARE = 1  # of what is left
    LINE = 2  # an amount off each line
    AMOUNT = 3  # an amount off everything


@dataclass(frozen=True, slots=True)
class Power:
    """The most that one offer can do: what it saves on the untouched basket, by line, and as a share if it is one."""

    way: Way
    saves: int
    on_line: Mapping[int, int]
    share: float = 0.0


def power_of(offer: Prepared, untouched: State) -> Power:
    """Return what `offer` can do at most; a later, smaller basket only makes it less."""
    if offer.competes:
        on_line = dict(on_pieces(untouched, offer))
        return Power(Way.PIECE, sum(on_line.values()), on_line)
    on_line = dict(effect(untouched.copy(), offer))
    saves, body = sum(on_line.values()), offer.candidate.offer.terms.body
    if isinstance(body, MemberPrice) or (isinstance(body, AmountOff) and body.each):
        return Power(Way.LINE, saves, on_line)
    whole = sum(untouched.rest[line] for line in offer.parts[0])
    rewards = _rewards(offer, whole)
    if saves and rewards and all(reward.off_bp is not None for reward in rewards):
        return Power(Way.SHARE, saves, on_line, max(reward.off_bp or 0 for reward in rewards) / WHOLE)
    if isinstance(body, Steps):
        saves = max((_worth(reward, whole) for reward in rewards), default=0)
    return Power(Way.AMOUNT, saves, on_line)


def _rewards(offer: Prepared, whole: int) -> list[Reward]:
    """Return the rewards that an offer may give at its strongest."""
    body = offer.candidate.offer.terms.body
    match body:
        case PercentOff() if body.off_max_amount is None:
            return [Reward(off_bp=body.off_bp)]
        case Shipping():
            return [Reward(off_bp=body.off_bp)]
        case Threshold():
            return [body]
        case Steps():
            return [step for step in body.steps if step.from_amount <= whole]
        case _:
            return []


def _worth(reward: Reward, whole: int) -> int:
    return share_of(whole, reward.off_bp) if reward.off_bp is not None else min(reward.off_amount or 0, whole)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The most that all offers from one on can do together."""

    piece: Sequence[int]  # by line: the best that competes for its pieces
    keeps: Sequence[float]  # by line: the share of it that is left
    line: Sequence[int]  # by line: amounts off it
    amount: int  # off everything
    slack: float  # what rounding can shift
    strongest: Mapping[tuple[object, int], float]  # by clique and line (-1: amount): what is counted for it


class Outlooks:
    """The outlooks of one basket, made when they are asked for: by the first offer to decide and those still allowed."""

    def __init__(self, offers: Sequence[Prepared], powers: Sequence[Power], cliques: Sequence[object], lines: int) -> None:
        self._offers, self._powers, self._cliques = offers, powers, cliques
        nothing = Outlook([0] * lines, [1.0] * lines, [0] * lines, 0, 0.0, {})
        self._known: dict[tuple[int, int], Outlook] = {(len(offers), 0): nothing}

    def at(self, index: int, allowed: int) -> Outlook:
        """Return the outlook of the offers from `index` on that are in the bit set `allowed`."""
        allowed = allowed >> index << index
        found = self._known.get((index, allowed))
        if found is None:
            after = self.at(index + 1, allowed)
            found = self._with(index, after) if allowed >> index & 1 else after
            self._known[index, allowed] = found
        return found

    def _with(self, index: int, after: Outlook) -> Outlook:
        power, clique = self._powers[index], self._cliques[index]
        piece, keeps, line, amount = list(after.piece), list(after.keeps), list(after.line), after.amount
        strongest = dict(after.strongest) if clique is not None else {}
        slack = after.slack + self._rounding(index, after)
        match power.way:
            case Way.PIECE:
                for each, saved in power.on_line.items():
                    piece[each] = max(piece[each], saved)
            case Way.SHARE:
                for each in power.on_line:
                    before = strongest.get((clique, each), 0.0) if clique is not None else 0.0
                    if power.share > before:
                        keeps[each] *= (1 - power.share) / (1 - before) if before < 1 else 0.0
                        strongest[clique, each] = power.share
            case Way.LINE:
                for each, saved in power.on_line.items():
                    line[each] += saved  # several lines of one clique: too much, but never too little
            case Way.AMOUNT:
                before = strongest.get((clique, -1), 0.0) if clique is not None else 0.0
                amount += max(0, power.saves - int(before))
                strongest[clique, -1] = max(before, power.saves)
        return Outlook(piece, keeps, line, amount, slack, strongest if clique is not None else after.strongest)

    def _rounding(self, index: int, after: Outlook) -> float:
        """Return what rounding this offer's amounts to whole cents can shift in the end."""
        offer, power = self._offers[index], self._powers[index]
        if power.way in (Way.PIECE, Way.LINE):
            return 0.5 * len(power.on_line) if power.way is Way.PIECE else 0.0
        # A cent that lands on another line matters as far as later shares take different parts of the lines, and wholly
        # where a later offer may take a line down to nothing.
        shifted = sum(1.0 if after.line[line] else 1 - after.keeps[line] for line in power.on_line)
        return 0.5 + shifted + (len(offer.lines) if offer.candidate.offer.terms.is_set else 0)


def lowest(state: State, outlook: Outlook) -> float:
    """Return the amount below which the basket cannot come, minor units."""
    total = 0.0
    rows = zip(state.rest, state.best, outlook.piece, outlook.keeps, outlook.line, strict=True)
    for rest, best, piece, keeps, line in rows:
        left = (rest - max(piece, best)) * keeps - line
        if left > 0:
            total += left
    return total - outlook.amount - outlook.slack
