"""The decisions about one customer: usual pause, lifecycle stage, RFM class, place in the pyramid.

Written twice on purpose: here for a reader, the explanation and the tests, and as Ibis expressions for all customers at once.
A test holds the two together on real customers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# How many pauses of one's own weigh as much as what other customers usually do.
PRIOR_WEIGHT = 3
# What a shop without any returning customer assumes.
PRIOR_USUAL_DAYS = 30.0
PRIOR_LONG_DAYS = 60.0

NEW_DAYS = 60  # a customer is new for two months after the first purchase
LATE_DAYS_MIN, DORMANT_DAYS_MIN, LOST_DAYS_MIN = 14, 30, 90  # even a daily customer may go on holiday
SLOWING_WINDOW_DAYS = 90
SLOWING_DAYS_MIN = 4  # fewer purchase days in the earlier window say nothing about a trend

SCORES = 5
# Share of customers, from the top, in each place (the customer pyramid of Curry and Curry, 2000).
PYRAMID_TOP, PYRAMID_LARGE, PYRAMID_MEDIUM = 0.01, 0.05, 0.20
_Z95 = 1.959963984540054


class Stage(StrEnum):
    """Where a customer stands in the relationship; every customer is in exactly one stage."""

    NEW = "new"
    ACTIVE = "active"
    DECLINING = "declining"
    DORMANT = "dormant"
    LOST = "lost"


class Place(StrEnum):
    """The customer's place in the value pyramid."""

    TOP = "top"
    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


class RfmClass(StrEnum):
    """The eight classes of high or low recency, frequency and monetary value: disjoint and complete."""

    KEY_VALUE = "key_value"  # bought lately, often, for much
    KEY_DEVELOP = "key_develop"  # lately, seldom, for much
    KEY_KEEP = "key_keep"  # not lately, often, for much
    KEY_WIN_BACK = "key_win_back"  # not lately, seldom, for much
    VALUE = "value"
    DEVELOP = "develop"
    KEEP = "keep"
    WIN_BACK = "win_back"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a customer buys, in days; `usual` and `long` are already drawn towards the other customers'."""

    recency_days: int
    known_days: int  # since the first purchase
    usual_days: float
    long_days: float  # nine in ten pauses are no longer
    recent_days: int = 0  # purchase days in the last 90 days
    earlier_days: int = 0  # … and in the 90 days before


def drawn_to_prior(own: float | None, *, pauses: int, prior: float) -> float:
    """Return a customer's own figure, drawn towards the other customers' the fewer pauses it rests on.

    >>> drawn_to_prior(None, pauses=0, prior=30), drawn_to_prior(7, pauses=3, prior=30), drawn_to_prior(7, pauses=60, prior=30)
    (30.0, 18.5, 8.095238095238095)
    """
    if own is None or pauses == 0:
        return float(prior)
    return (own * pauses + prior * PRIOR_WEIGHT) / (pauses + PRIOR_WEIGHT)


def stage_of(rhythm: Rhythm) -> Stage:
    """Decide the lifecycle stage by the customer's own rhythm (F59).

    A weekly customer who has not come for three weeks declines; one who comes every other month is simply not due yet:

    >>> stage_of(Rhythm(recency_days=21, known_days=300, usual_days=7, long_days=12))
    <Stage.DECLINING: 'declining'>
    >>> stage_of(Rhythm(recency_days=21, known_days=300, usual_days=60, long_days=80))
    <Stage.ACTIVE: 'active'>
    >>> stage_of(Rhythm(recency_days=100, known_days=300, usual_days=7, long_days=12))
    <Stage.LOST: 'lost'>
    """
    silence = rhythm.recency_days
    if silence > max(4 * rhythm.long_days, LOST_DAYS_MIN):
        return Stage.LOST
    if silence > max(2 * rhythm.long_days, DORMANT_DAYS_MIN):
        return Stage.DORMANT
    if rhythm.known_days <= NEW_DAYS:
        return Stage.NEW
    if is_late(rhythm) or is_slowing(rhythm):
        return Stage.DECLINING
    return Stage.ACTIVE


def is_late(rhythm: Rhythm) -> bool:
    """Return whether the silence is longer than nine in ten of the customer's pauses."""
    return rhythm.recency_days > max(rhythm.long_days, LATE_DAYS_MIN)


def is_slowing(rhythm: Rhythm) -> bool:
    """Return whether the customer, known through both windows, now comes at most half as often."""
    return (
        rhythm.known_days >= 2 * SLOWING_WINDOW_DAYS
        and rhythm.earlier_days >= SLOWING_DAYS_MIN
        and 2 * rhythm.recent_days <= rhythm.earlier_days
    )


def score(value: float, cuts: Sequence[float], *, less_is_better: bool = False) -> int:
    """Return the score 1 to 5 of a value between four rising cut points.

    >>> [score(days, (7, 14, 30, 90), less_is_better=True) for days in (3, 7, 8, 91)]
    [5, 5, 4, 1]
    """
    above = sum(value > cut for cut in cuts)
    return SCORES - above if less_is_better else 1 + above


def rfm_class_of(*, recency: int, frequency: int, monetary: int) -> RfmClass:
    """Return the class of three scores; 4 and 5 are high.

    >>> rfm_class_of(recency=5, frequency=1, monetary=4).value
    'key_develop'
    """
    names = [RfmClass.WIN_BACK, RfmClass.KEEP, RfmClass.DEVELOP, RfmClass.VALUE]
    if monetary >= 4:
        names = [RfmClass.KEY_WIN_BACK, RfmClass.KEY_KEEP, RfmClass.KEY_DEVELOP, RfmClass.KEY_VALUE]
    return names[2 * (recency >= 4) + (frequency >= 4)]


def place_of(percentile: float) -> Place:
    """Return the place in the pyramid of a share of customers who brought less (0 to 1).

    >>> [place_of(percentile).value for percentile in (0.5, 0.80, 0.951, 1.0)]
    ['small', 'medium', 'large', 'top']
    """
    if percentile >= 1 - PYRAMID_TOP:
        return Place.TOP
    if percentile >= 1 - PYRAMID_LARGE:
        return Place.LARGE
    return Place.MEDIUM if percentile >= 1 - PYRAMID_MEDIUM else Place.SMALL


def wilson_interval(share: float, sample: float) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in `sample` independent cases (Wilson, 1927).

    >>> [round(bound, 3) for bound in wilson_interval(0.5, 10)]
    [0.237, 0.763]
    """
    z2 = _Z95**2
    middle = (share + z2 / (2 * sample)) / (1 + z2 / sample)
    half = _Z95 * math.sqrt(share * (1 - share) / sample + z2 / (4 * sample**2)) / (1 + z2 / sample)
    return max(0.0, middle - half), min(1.0, middle + half)
