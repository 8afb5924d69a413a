"""What is given back of a paid membership, and what of it counts beside an earned tier (F33, P26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


def refund(price_amount: int, *, starts_on: date, ends_on: date, on: date, used_amount: int) -> int:
    """Return what a member gets back who leaves on `on`: the unused days' share, less the benefits used, never below nothing.

    The day of leaving is used; rounding is in the member's favor.

    >>> year = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}
    >>> refund(36500, **year, on=date(2026, 4, 10), used_amount=5000)
    21500
    >>> refund(36500, **year, on=date(2026, 4, 10), used_amount=90000)
    0
    """
    days, used = (ends_on - starts_on).days, min(max((on - starts_on).days + 1, 0), (ends_on - starts_on).days)
    if on < starts_on:
        used = 0
    unused_amount = -(-price_amount * (days - used) // days)
    return max(unused_amount - min(used_amount, price_amount), 0)


class Entitled(NamedTuple):
    """A benefit that somebody has, with how strong it is."""

    code: str
    kind: str
    strength: int


def best_of(benefits: Iterable[Entitled]) -> list[Entitled]:
    """Return what of tier and paid plan counts: of each kind the stronger one, not the sum; all of what has no strength.

    >>> best_of([Entitled("gold", "discount", 50), Entitled("plus", "discount", 80), Entitled("cake", "birthday", 0)])
    [Entitled(code='plus', kind='discount', strength=80), Entitled(code='cake', kind='birthday', strength=0)]
    """
    found: dict[str, Entitled] = {}
    for benefit in benefits:
        key = benefit.kind if benefit.strength else f"{benefit.kind}/{benefit.code}"
        if key not in found or found[key].strength < benefit.strength:
            found[key] = benefit
    return list(found.values())
