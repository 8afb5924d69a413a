"""Which prize a number draws: the odds are the weights, and a prize that is gone or beyond the budget has none (F35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Chance(NamedTuple):
    """A prize as the draw sees it. `stock` None: without end."""

    prize_id: int
    weight: int
    cost_amount: int
    stock: int | None


def odds(chances: Sequence[Chance], left_amount: int) -> dict[int, int]:
    """Return the weight of every prize that can still be given; the weight of the others goes to no prize (0).

    >>> odds([Chance(1, 10, 500, 3), Chance(2, 90, 0, None), Chance(3, 5, 900, None)], left_amount=600)
    {0: 5, 1: 10, 2: 90}
    """
    free = {
        chance.prize_id: chance.weight
        for chance in chances
        if chance.cost_amount <= left_amount and (chance.stock is None or chance.stock > 0)
    }
    lost = sum(chance.weight for chance in chances) - sum(free.values())
    return {0: lost} | free


def pick(weights: Mapping[int, int], drawn: int) -> int:
    """Return the prize on which a number from 0 to below the sum of the weights falls.

    >>> [pick({0: 5, 1: 10}, drawn) for drawn in (4, 5, 14)]
    [0, 1, 1]
    """
    for prize_id, weight in weights.items():
        if drawn < weight:
            return prize_id
        drawn -= weight
    raise ValueError("the number lies beyond the weights")
