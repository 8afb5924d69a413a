"""What a line costs: the catalog's price where it has one, the till's word where it has none (T-6).

Pure: no database, no clock.
"""

from __future__ import annotations

from regulars.core.errors import InvalidInputError
from regulars.loyalty.basket import Article
from regulars.loyalty.checkout.messages import BasketLine

AMOUNT_MAX = 2**53  # what a browser still reads exactly; sums of many lines stay far from overflow


class PriceDiffersError(InvalidInputError):
    """The till's price is not the catalog's."""

    code = "price.differs"


class PriceMissingError(InvalidInputError):
    """Neither the catalog nor the till says what the article costs."""

    code = "price.missing"


class AmountRangeError(InvalidInputError):
    """The amounts add up to more than can be kept."""

    code = "amount.range"


class DiscountNotYoursError(InvalidInputError):
    """Discounts are given here, not at the till."""

    code = "discount.client_set"


def gross_of(line: BasketLine, article: Article, *, has_list_prices: bool, offline: bool, place: str) -> int:
    """Return the gross amount of a line; `place` names it in a refusal.

    A sale made offline is a fact: what the till took stands, whatever the catalog says by now.
    """
    listed = article.list_price_amount if has_list_prices else None
    if line.discount_amount and not offline:
        raise DiscountNotYoursError("Discounts are computed here; send the line without one.", field=f"{place}.discount")
    if offline and line.gross_amount is not None:
        return line.gross_amount
    if listed is None:
        if line.gross_amount is None:
            raise PriceMissingError(f"The catalog has no price for {article.sku}; send the amount.", field=f"{place}.amount")
        return line.gross_amount
    gross = half_up(listed * line.quantity_milli, 1000)
    if line.gross_amount is not None and line.gross_amount != gross:
        raise PriceDiffersError(f"{article.sku} costs {gross} here.", field=f"{place}.amount")
    return gross


def half_up(amount: int, divisor: int) -> int:
    """Divide an amount of zero or more and round half up.

    >>> half_up(1000 * 735, 1000), half_up(5, 10), half_up(4, 10)
    (735, 1, 0)
    """
    return (2 * amount + divisor) // (2 * divisor)


def refuse_overflow(amounts: list[int]) -> None:
    """Refuse a basket whose sum no receipt can hold."""
    if sum(amounts) > AMOUNT_MAX:
        raise AmountRangeError("The lines add up to more than can be kept.", field="lines")
