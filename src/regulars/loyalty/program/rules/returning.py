"""What a return takes back: exactly what its lines earned, under the rules of the sale (P8, F24).

Works on what was kept with the sale, never on today's rules or catalog. A line gives back in proportion to the amount (or,
where nothing was paid, to the pieces) that came back; all of it once the last piece is back. A threshold that what the
customer keeps no longer reaches takes its bonus along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from regulars.loyalty.program.rules.earning import BonusEarned

_Key = TypeVar("_Key", int, str)  # a line's number or a bonus


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of the sale with what it earned."""

    line_no: int
    quantity_milli: int
    paid_amount: int
    points: int
    growth: int


@dataclass(frozen=True, slots=True)
class Back:
    """How much of a line is back, all its returns together; both numbers positive."""

    quantity_milli: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What the returns so far take back: of each line, and of each bonus by rule."""

    points_by_line: Mapping[int, int] = field(default_factory=dict)
    growth_by_line: Mapping[int, int] = field(default_factory=dict)
    by_bonus: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(self.points_by_line.values()) + sum(self.by_bonus.values())

    @property
    def growth(self) -> int:
        return sum(self.growth_by_line.values())


_NOTHING = Back()


def take_back(lines: Sequence[SoldLine], bonuses: Sequence[BonusEarned], back: Mapping[int, Back]) -> TakenBack:
    """Return what is to be taken back once `back` (by line number) is returned, earlier returns included.

    >>> sold = [SoldLine(1, 2000, 15000, 150, 150), SoldLine(2, 1000, 6000, 60, 60)]
    >>> hundred = BonusEarned("200-get-100", 100, from_amount=20000, each=0, amounts={1: 15000, 2: 6000})
    >>> taken = take_back(sold, [hundred], {1: Back(1000, 7500)})
    >>> dict(taken.points_by_line), dict(taken.by_bonus)
    ({1: 75}, {'200-get-100': 100})
    """
    by_number = {line.line_no: line for line in lines}
    known = {number: given for number, given in back.items() if number in by_number}
    return TakenBack(
        points_by_line=_taken({number: by_number[number].points for number in known}, by_number, known),
        growth_by_line=_taken({number: by_number[number].growth for number in known}, by_number, known),
        by_bonus={bonus.rule: lost for bonus in bonuses if (lost := bonus.points - _still_earned(bonus, by_number, known)) > 0},
    )


def difference(after: TakenBack, before: TakenBack) -> TakenBack:
    """Return what one more return takes back beyond those before."""
    return TakenBack(
        _less(after.points_by_line, before.points_by_line),
        _less(after.growth_by_line, before.growth_by_line),
        _less(after.by_bonus, before.by_bonus),
    )


def _taken(earned: Mapping[int, int], lines: Mapping[int, SoldLine], back: Mapping[int, Back]) -> dict[int, int]:
    shares = {number: points * _part(lines[number], back[number])[0] // _part(lines[number], back[number])[1]
              for number, points in earned.items()}  # fmt: skip
    return {number: points for number, points in shares.items() if points}


def _part(line: SoldLine, back: Back) -> tuple[int, int]:
    """Return which part of a line is back, as numerator and denominator."""
    if line.quantity_milli <= 0 or back.quantity_milli >= line.quantity_milli:
        return 1, 1
    if line.paid_amount > 0:
        return min(max(back.amount, 0), line.paid_amount), line.paid_amount
    return max(back.quantity_milli, 0), line.quantity_milli


def _still_earned(bonus: BonusEarned, lines: Mapping[int, SoldLine], back: Mapping[int, Back]) -> int:
    kept = 0
    for number, amount in bonus.amounts.items():
        part, whole = _part(lines[number], back.get(number, _NOTHING)) if number in lines else (0, 1)
        kept += amount * (whole - part) // whole
    times = kept // bonus.from_amount
    return min(bonus.points, bonus.each * times if bonus.each else bonus.points * min(times, 1))


def _less(after: Mapping[_Key, int], before: Mapping[_Key, int]) -> dict[_Key, int]:
    left = {key: points - before.get(key, 0) for key, points in after.items()}
    return {key: points for key, points in left.items() if points > 0}
