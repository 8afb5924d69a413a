"""How long the best deal takes, beside trying every set of offers, and beside taking each offer off once without a search.

`python -m bench.solver 10000` proves the solver on so many random baskets of up to eight offers against brute force.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import combinations

from bench import solver_baskets
from bench.rows import Row
from regulars.loyalty.basket import Basket
from regulars.loyalty.offers.rules import Candidate, solve, solving
from regulars.loyalty.offers.rules.search import Problem

_BASKETS = 60


def run(*, scale: int = 1) -> list[Row]:
    """Measure small baskets against brute force and large ones against a single pass."""
    small = [draw(seed) for seed in range(_BASKETS * scale)]
    large = [draw(seed, lines=40, offers=30) for seed in range(_BASKETS * scale)]
    return [
        Row("solver.8_offers", _ms(solve, small), _ms(cheapest, small), "ms"),
        Row("solver.30_offers_40_lines", _ms(solve, large), _ms(single_pass, large), "ms"),
        Row("solver.30_offers_40_lines_slowest", _ms(solve, large, of=max), 50.0, "ms"),
    ]


def draw(seed: int, *, lines: int | None = None, offers: int | None = None) -> tuple[Basket, list[Candidate]]:
    """Return the random basket number `seed` with its candidates."""
    chance = random.Random(seed)  # noqa: S311 - the same baskets in every run, nothing secret
    basket = solver_baskets.basket(chance, lines=lines or chance.randint(1, 8))
    return basket, solver_baskets.offers(chance, count=offers or chance.randint(1, 8))


def cheapest(basket: Basket, candidates: Sequence[Candidate]) -> int:
    """Return what the basket costs at least, by trying every set of offers that go together."""
    problem = _problem(basket, candidates)
    numbers = range(len(problem.offers))
    sets = (chosen for size in range(len(numbers) + 1) for chosen in combinations(numbers, size))
    return min(problem.total(chosen) for chosen in sets if _go_together(problem, chosen))


def single_pass(basket: Basket, candidates: Sequence[Candidate]) -> int:
    """Return what the basket would cost with all offers at once, lawful or not."""
    problem = _problem(basket, candidates)
    return problem.total(range(len(problem.offers)))


def _problem(basket: Basket, candidates: Sequence[Candidate]) -> Problem:
    return solving.problem_of(basket, candidates)[0]


def _go_together(problem: Problem, chosen: Sequence[int]) -> bool:
    return not any(problem.conflict(one, other) for one, other in combinations(chosen, 2))


def _ms(
    work: Callable[[Basket, Sequence[Candidate]], object],
    baskets: Sequence[tuple[Basket, list[Candidate]]],
    *,
    of: Callable[[list[float]], float] = statistics.fmean,
) -> float:
    seconds = []
    for basket, candidates in baskets:
        started = time.process_time()  # nothing is waited for: what else the machine does must not count
        work(basket, candidates)
        seconds.append(time.process_time() - started)
    return of(seconds) * 1_000


def prove(count: int, *, start: int = 0) -> list[int]:
    """Return the numbers of the random baskets on which the solver and brute force do not agree."""
    return [seed for seed in range(start, start + count) if not _agrees(*draw(seed))]


def _agrees(basket: Basket, candidates: Sequence[Candidate]) -> bool:
    deal = solve(basket, candidates)
    paid = sum(line.paid_amount for line in deal.lines if line.paid_amount > 0)
    turned = solve(basket, list(reversed(candidates)))
    return (
        deal.is_best
        and deal == turned
        and min(line.paid_amount for line in deal.lines) >= 0
        and basket.paid_amount - deal.saved == paid == cheapest(basket, candidates)
    )


if __name__ == "__main__":
    wrong = prove(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    print(f"{len(wrong)} disagree {wrong[:10]}")  # noqa: T201 - a command says its result
    sys.exit(bool(wrong))
