"""What points are worth at the till, and how many of them a bill can take (F23, P13)."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.loyalty.program.rules.body import Redemption


@dataclass(frozen=True, slots=True)
class Redeemable:
    """How many points a customer may use on this bill and what they pay; `code` says why it is not more."""

    points: int
    amount: int
    code: str = ""


def value_of(points: int, redemption: Redemption) -> int:
    """Return what `points` pay, rounded down to a minor unit.

    >>> value_of(250, Redemption(points=100, amount=100))
    250
    """
    return points * redemption.amount // redemption.points


def points_for(amount: int, redemption: Redemption) -> int:
    """Return how many points pay `amount`: rounded up, so that points never pay more than they are worth (P13).

    >>> points_for(1999, Redemption(points=3, amount=200))
    30
    """
    return -(-amount * redemption.points // redemption.amount)


def redeemable(bill_amount: int, spendable: int, redemption: Redemption | None, *, wanted: int | None = None) -> Redeemable:
    """Return what a customer with `spendable` points can use on a bill; at most `wanted` points if that is given.

    Whole steps only, but for the last one: a bill that needs fewer takes just what it needs, rounded up.

    >>> policy = Redemption(points=10, amount=100, min_points=100, step_points=50, max_share_percent=50)
    >>> redeemable(10_000, 380, policy)
    Redeemable(points=350, amount=3500, code='redeem.step')
    >>> redeemable(3_000, 380, policy)
    Redeemable(points=150, amount=1500, code='redeem.max_share')
    >>> redeemable(10_000, 80, policy)
    Redeemable(points=0, amount=0, code='redeem.minimum')
    """
    if redemption is None:
        return Redeemable(0, 0, "redeem.off")
    if bill_amount <= 0 or spendable <= 0:
        return Redeemable(0, 0, "redeem.nothing")
    payable = bill_amount * redemption.max_share_percent // 100
    needed = points_for(payable, redemption)
    points = min(spendable, needed, spendable if wanted is None else max(wanted, 0))
    code = "" if wanted is not None and points == wanted else "redeem.max_share" if points == needed < spendable else ""
    if points < needed:
        stepped = points - points % redemption.step_points
        code = "redeem.step" if stepped < points else code
        points = stepped
    if points < max(redemption.min_points, 1):
        return Redeemable(0, 0, "redeem.minimum")
    return Redeemable(points, min(value_of(points, redemption), payable), code)
