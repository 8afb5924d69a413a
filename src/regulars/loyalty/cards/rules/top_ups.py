"""How much bonus a top-up brings, and what is paid back of one (P11): bonus money is never cash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """Pay so much, get so much; `repeats` for each whole `pay_amount`."""

    id: int
    pay_amount: int
    bonus_amount: int
    repeats: bool = False
    lasts_days: int | None = None

    def bonus_for(self, amount: int) -> int:
        times = amount // self.pay_amount
        return self.bonus_amount * (times if self.repeats else min(times, 1))


@dataclass(frozen=True, slots=True)
class Refund:
    """What happens to the rest of a top-up that is paid back."""

    paid_out: int  # to the customer
    bonus_taken: int  # unused bonus, back to the house
    bonus_charged: int  # used bonus, paid from the remaining principal at list price
    bonus_waived: int  # used bonus that the remaining principal does not cover

    @property
    def principal_taken(self) -> int:
        return self.paid_out + self.bonus_charged


def best(offers: Iterable[Offer], *, amount: int) -> Offer | None:
    """Return the offer that gives most bonus for this amount, the older one of equals; None if none gives any.

    >>> [best([Offer(1, 20000, 1500), Offer(2, 50000, 5000)], amount=paid).id for paid in (20000, 49999, 50000)]
    [1, 1, 2]
    """
    giving = [offer for offer in offers if offer.bonus_for(amount) > 0]
    return max(giving, key=lambda offer: (offer.bonus_for(amount), -offer.id), default=None)


def refund(*, principal_left: int, bonus_given: int, bonus_left: int) -> Refund:
    """Return what a refunded top-up pays out.

    Unused bonus goes first. What was bought with bonus has to be paid for after all, out of the principal that is left.

    500 + 50, of which 120 was spent, the bonus first:

    >>> refund(principal_left=430_00, bonus_given=50_00, bonus_left=0)
    Refund(paid_out=38000, bonus_taken=0, bonus_charged=5000, bonus_waived=0)
    >>> refund(principal_left=500_00, bonus_given=50_00, bonus_left=50_00).paid_out
    50000
    """
    used = bonus_given - bonus_left
    charged = min(used, principal_left)
    return Refund(paid_out=principal_left - charged, bonus_taken=bonus_left, bonus_charged=charged, bonus_waived=used - charged)
