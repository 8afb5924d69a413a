"""In which order principal and bonus are used, and what one use of a count card earns (F44, S237)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.core.money import split_by_largest_remainder


def split(amount: int, *, principal: int, bonus: int, order: str) -> tuple[int, int]:
    """Return how much of `amount` the principal and the bonus pay; together less than asked only if both are used up.

    >>> split(70, principal=100, bonus=50, order="bonus_first"), split(70, principal=100, bonus=50, order="principal_first")
    ((20, 50), (70, 0))
    >>> split(70, principal=100, bonus=50, order="in_proportion"), split(200, principal=100, bonus=50, order="bonus_first")
    ((47, 23), (100, 50))
    """
    payable = min(amount, principal + bonus)
    if payable <= 0:
        return 0, 0
    match order:
        case "bonus_first":
            from_bonus = min(payable, bonus)
        case "principal_first":
            from_bonus = max(0, payable - principal)
        case "in_proportion":
            from_bonus = split_by_largest_remainder(payable, [principal, bonus])[1]
        case _:
            raise LookupError(f"{order!r} is no order of use.")
    return payable - from_bonus, from_bonus


@dataclass(frozen=True, slots=True)
class Bought:
    """Uses that were bought together for one price."""

    uses: int
    price_amount: int


def revenue(bought: Sequence[Bought], *, used_before: int, uses: int) -> int:
    """Return what the next `uses` of these purchases, oldest first, earn; over all uses it is exactly the price.

    >>> card = [Bought(uses=3, price_amount=100)]
    >>> [revenue(card, used_before=used, uses=1) for used in range(3)]
    [33, 33, 34]
    >>> revenue([*card, Bought(2, 60)], used_before=2, uses=2)
    64
    """
    return _earned(bought, used_before + uses) - _earned(bought, used_before)


def _earned(bought: Sequence[Bought], used: int) -> int:
    total = 0
    for each in bought:
        taken = min(used, each.uses)
        total += each.price_amount * taken // each.uses
        used -= taken
    return total
