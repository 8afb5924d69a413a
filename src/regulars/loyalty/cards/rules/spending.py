"""In which order principal and bonus are used, and what one use of a count card earns (F44, S237)."""

from __future__ import annotations

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


def revenue(bought: Bought, *, used_before: int, uses: int) -> int:
    """Return what the next `uses` of a purchase earn; over all of them it is exactly the price.

    >>> [revenue(Bought(uses=3, price_amount=100), used_before=used, uses=1) for used in range(3)]
    [33, 33, 34]
    """
    earned = bought.price_amount * (used_before + uses) // bought.uses
    return earned - bought.price_amount * used_before // bought.uses
