"""What points owe: part of a sale's price is deferred until the points are used or lapse (IFRS 15 B39–B43, ASC 606-10-55-41).

Points that a sale gives are a right that the customer has paid for. The price is split between goods and points by their
stand-alone prices; what falls to the points becomes revenue as they are redeemed, in proportion to what is expected to be
redeemed in all, and entirely when nothing is outstanding. Pure: amounts are minor units, shares are thousandths.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from regulars.core.money import split_by_largest_remainder


@dataclass(frozen=True, slots=True)
class Worth:
    """How a unit of points is valued: thousandths of a minor unit for one point, and how many of 1,000 will be redeemed."""

    point_value_milli: int = 1_000
    redeemed_permille: int = 1_000


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was given in one month and what became of it by some month's end; points as counts, `allocated` as money."""

    allocated: int
    given: int
    redeemed: int
    outstanding: int


def standalone_price(points: int, worth: Worth) -> int:
    """Return what the points would sell for: their value, less those that nobody will redeem.

    >>> standalone_price(2_000, Worth(point_value_milli=10_000, redeemed_permille=850))
    17000
    """
    return _half_up(points * worth.point_value_milli * worth.redeemed_permille, 1_000_000)


def allocate(price: int, points_price: int) -> tuple[int, int]:
    """Split a price between goods and points by their stand-alone prices; the parts add up to it.

    >>> allocate(200_000, 17_000)
    (184332, 15668)
    """
    if price <= 0:
        return price, 0
    goods, points = split_by_largest_remainder(price, [price, points_price])
    return goods, points


def recognized(allocated: int, *, redeemed: int, expected: int) -> int:
    """Return how much of what was deferred has become revenue when `redeemed` of `expected` points are used.

    >>> recognized(9_000, redeemed=4_500, expected=9_700)
    4175
    """
    if expected <= 0 or redeemed >= expected:
        return allocated
    return _half_up(allocated * redeemed, expected)


def deferred(cohort: Cohort, worth: Worth) -> int:
    """Return what a cohort still owes; nothing once nothing is outstanding, because expiry releases the rest."""
    if cohort.outstanding <= 0:
        return 0
    expected = max(_half_up(cohort.given * worth.redeemed_permille, 1_000), cohort.redeemed)
    expected = min(expected, cohort.redeemed + cohort.outstanding)  # what is gone can never be redeemed
    return cohort.allocated - recognized(cohort.allocated, redeemed=cohort.redeemed, expected=expected)


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened in one month to the points of one cohort month."""

    cohort: date
    month: date
    given: int = 0
    redeemed: int = 0
    gone: int = 0  # expired, taken back, adjusted away, moved


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one month allocates to the points of a cohort month; below zero where returns reverse it with these points."""

    cohort: date
    month: date
    amount: int
    taken_back: int = 0


def reversal(allocated: int, *, given: int, taken_back: int, before: int = 0) -> int:
    """Return how much of a sale's allocation goes when `taken_back` more of its points go with the goods (P9).

    The parts of several returns add up to the whole.

    >>> reversal(15_668, given=2_000, taken_back=500), reversal(15_668, given=2_000, taken_back=1_500, before=500)
    (3917, 11751)
    """

    def so_far(points: int) -> int:
        return _half_up(allocated * min(points, given), given)

    return so_far(before + taken_back) - so_far(before)


def deferred_by_month(
    movements: Iterable[Movement], allocations: Iterable[Allocation], months: Iterable[date], worth: Worth
) -> dict[date, int]:
    """Return what is owed at the end of each month, cohort by cohort added up."""
    moved, allocated = list(movements), list(allocations)
    cohorts = sorted({one.cohort for one in allocated})
    return {
        month: sum(deferred(_cohort(cohort, month, moved, allocated), worth) for cohort in cohorts if cohort <= month)
        for month in months
    }


def _cohort(cohort: date, month: date, movements: Iterable[Movement], allocations: Iterable[Allocation]) -> Cohort:
    past = [one for one in movements if one.cohort == cohort and one.month <= month]
    given, redeemed, gone = (sum(getattr(one, name) for one in past) for name in ("given", "redeemed", "gone"))
    own = [one for one in allocations if one.cohort == cohort and one.month <= month]
    kept = given - sum(one.taken_back for one in own)  # what went with its goods was never to be redeemed
    return Cohort(sum(one.amount for one in own), kept, redeemed, given - redeemed - gone)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
