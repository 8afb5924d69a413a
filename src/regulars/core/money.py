"""Money as integers: minor units plus a currency, read from text, shown by locale, split without losing a cent.

For every room that touches an amount. D3 of the design: no float and no Decimal is ever stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from regulars.core.errors import InvalidInputError

# ISO 4217 minor units that differ from 2; every other currency has two decimals.
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}


class AmountError(InvalidInputError):
    """The text is no amount of this currency."""

    code = "amount.format"


class AmountPrecisionError(AmountError):
    """The amount has more decimals than the currency."""

    code = "amount.precision"


def minor_digits(currency: str) -> int:
    """Return how many decimals `currency` has (ISO 4217)."""
    return _MINOR_DIGITS.get(currency, 2)


def to_minor(text: str, currency: str) -> int:
    """Read a plain decimal number (`1234.56`) as minor units; never rounds.

    >>> to_minor("10.50", "CNY"), to_minor("-3", "JPY")
    (1050, -3)
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise AmountError(f"{text!r} is not an amount; write it like 1234.56.") from None
    if not value.is_finite():
        raise AmountError(f"{text!r} is not an amount; write it like 1234.56.")
    scaled = value.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise AmountPrecisionError(f"{text!r} has more decimals than {currency} allows ({minor_digits(currency)}).")
    if abs(scaled) >= 2**62:
        raise AmountError(f"{text!r} is larger than any amount that can be kept.")
    return int(scaled)


def to_decimal(amount: int, currency: str) -> Decimal:
    """Return minor units as a decimal number for showing and exporting.

    >>> to_decimal(459603958, "USD")
    Decimal('4596039.58')
    """
    return Decimal(amount).scaleb(-minor_digits(currency))


def split_by_largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to `weights` (≥ 0, not all 0) so that the shares add up to it exactly.

    Ties go to the earlier share, so that the same basket is always split alike (Hare quota with largest remainders).

    >>> split_by_largest_remainder(100, [1, 1, 1])
    [34, 33, 33]
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be zero or more, and not all zero")
    sign, whole = (-1, -amount) if amount < 0 else (1, amount)
    shares = [whole * weight // total for weight in weights]
    remainders = [whole * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: whole - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]
