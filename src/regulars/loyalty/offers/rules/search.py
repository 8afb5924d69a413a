"""Finds the set of offers with which a basket costs least, among all sets whose offers go together.

Branch and bound in the order in which offers are taken off: each is used or not, and a branch that cannot cost less than
the best one known is given up. What it finds is the best there is; if it gives up after `steps_max` steps, it says how much
less the best could cost at most (`gap`), by the bounds of what it has not looked at; no single offer more, in place of what
it excludes, makes the basket cheaper then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from regulars.loyalty.offers.rules.bounds import Outlooks, lowest, power_of
from regulars.loyalty.offers.rules.effects import PHASES, Prepared, apply, effect
from regulars.loyalty.offers.rules.state import Offs, State
from regulars.loyalty.offers.rules.terms import Exclusive

_WHOLE = 8  # so many offers are searched to the end, which takes 2⁹ steps at most
_STEPS_MAX = 200  # of more offers: what keeps a large basket below fifty milliseconds


@dataclass(frozen=True, slots=True)
class Found:
    """The best set: indexes of its offers, what the basket then costs, and by how much no other set can cost less than that."""

    chosen: tuple[int, ...]
    total: int
    gap: int  # 0: this is the best there is


class Problem:
    """One basket and the offers that could take something off it, in the order in which they would."""

    def __init__(self, offers: Sequence[Prepared], rest: Sequence[int], units: Sequence[int]) -> None:
        self.offers = sorted(offers, key=lambda offer: offer.order)
        self.phases = [PHASES.index(offer.candidate.offer.terms.phase) for offer in self.offers]
        self.rest, self.units = list(rest), units
        self.excludes = [
            sum(1 << other for other in range(len(self.offers)) if other != index and self.conflict(index, other))
            for index in range(len(self.offers))
        ]
        powers = [power_of(offer, self.untouched()) for offer in self.offers]
        self.outlooks = Outlooks(self.offers, powers, [_clique(offer) for offer in self.offers], len(self.rest))

    def untouched(self) -> State:
        return State(self.rest[:], self.units)

    def conflict(self, one: int, other: int) -> bool:
        """Return whether two offers do not go together."""
        return conflict(self.offers[one], self.offers[other])

    def swapped(self, chosen: Sequence[int], index: int) -> tuple[int, ...]:
        """Return the chosen offers with another one, in place of those that it excludes."""
        return tuple(sorted((index, *(each for each in chosen if not self.excludes[index] >> each & 1))))

    def total(self, chosen: Sequence[int]) -> int:
        """Return what the basket costs with exactly these offers."""
        return sum(self.end(chosen).rest)

    def end(self, chosen: Sequence[int]) -> State:
        """Return the basket after these offers."""
        state, phase = self.untouched(), 0
        for index in sorted(chosen):
            for _step in range(self.phases[index] - phase):
                state = state.next_phase()
            phase = self.phases[index]
            apply(state, self.offers[index], index)
        return state.next_phase()


def conflict(one: Prepared, other: Prepared) -> bool:
    """Return whether two offers do not go together."""
    left, right = one.candidate.offer, other.candidate.offer
    if left.offer_id == right.offer_id or (left.terms.group and left.terms.group == right.terms.group):
        return True
    if right.code in left.terms.not_with or left.code in right.terms.not_with:
        return True
    both = (left.terms.exclusive, right.terms.exclusive)
    return Exclusive.ALL in both or (Exclusive.PHASE in both and left.terms.phase is right.terms.phase)


def _clique(offer: Prepared) -> object:
    """Return what an offer shares with others of which only one can be used."""
    terms = offer.candidate.offer.terms
    if terms.group:
        return "group", terms.group
    if terms.exclusive is not Exclusive.NOTHING:
        return "alone", None if terms.exclusive is Exclusive.ALL else terms.phase
    return "offer", offer.candidate.offer.offer_id


class Search:
    """One run over a problem; with `forced`, over the sets that hold this offer."""

    def __init__(self, problem: Problem, *, steps_max: int | None = None, forced: int | None = None) -> None:
        self._problem, self._forced = problem, forced
        self._left = steps_max or (2 << _WHOLE if len(problem.offers) <= _WHOLE else _STEPS_MAX)
        self._best: tuple[int, ...] = () if forced is None else (forced,)
        self._total = problem.total(self._best)
        self._offers, self._outlooks = problem.offers, problem.outlooks
        self._floor = inf  # below this, nothing that was given up half-way can come

    def run(self) -> Found:
        everything = (1 << len(self._offers)) - 1
        if self._forced is not None:
            everything &= ~self._problem.excludes[self._forced]
        self._decide(0, 0, self._problem.untouched(), (), everything)
        if self._floor < self._total and self._forced is None:
            while self._improve():
                pass
        return Found(self._best, self._total, max(0, self._total - ceil(min(max(self._floor, 0), self._total))))

    def _improve(self) -> bool:
        """Try to add each offer that was left out, in place of what it excludes: the search was cut short."""
        before = self._total
        for index in range(len(self._offers)):
            if index not in self._best:
                other = self._problem.swapped(self._best, index)
                self._keep(other, self._problem.total(other))
        return self._total < before

    def _decide(self, index: int, phase: int, state: State, chosen: tuple[int, ...], allowed: int) -> None:
        """Try the offer at `index` and all that follow, first with it, then without."""
        while index < len(self._offers) and not allowed >> index & 1:
            index += 1
        self._left -= 1
        if index == len(self._offers):
            self._keep(chosen, sum(state.rest) - sum(state.best))
            return
        for _step in range(self._problem.phases[index] - phase):
            state = state.next_phase()
        phase = self._problem.phases[index]
        bound = lowest(state, self._outlooks.at(index, allowed))
        if self._left <= 0:
            self._floor = min(self._floor, bound)
        if self._left <= 0 or bound > self._total - 1:
            return
        used = state.copy()
        if apply(used, self._offers[index], index) or index == self._forced:
            self._decide(index + 1, phase, used, (*chosen, index), allowed & ~self._problem.excludes[index])
        if index != self._forced:
            self._decide(index + 1, phase, state, chosen, allowed & ~(1 << index))

    def _keep(self, chosen: tuple[int, ...], total: int) -> None:
        if total < self._total:
            self._best, self._total = chosen, total


def effects_of(problem: Problem, chosen: Sequence[int]) -> dict[int, Offs]:
    """Return what each of the chosen offers takes off each line."""
    state, phase = problem.untouched(), 0
    offs: dict[int, Offs] = {index: [] for index in chosen}

    def settle(state: State) -> State:
        for line, index in enumerate(state.by):
            if index >= 0:
                offs[index].append((line, state.best[line]))
        return state.next_phase()

    for index in sorted(chosen):
        for _step in range(problem.phases[index] - phase):
            state = settle(state)
        phase = problem.phases[index]
        offer = problem.offers[index]
        if offer.competes:
            apply(state, offer, index)
        else:
            offs[index] = effect(state, offer)
            state.take_off(offs[index])
    settle(state)
    return offs
