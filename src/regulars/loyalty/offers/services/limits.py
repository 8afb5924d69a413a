"""Cut the limits of an offer into allowances: one for small limits, several for large ones, so that tills do not queue.

For `writing.publish`. New limits are set under the locks of the old ones and never lie below what is used.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.loyalty.offers.errors import OfferLimitsError
from regulars.loyalty.offers.models import Allowance, Offer
from regulars.loyalty.offers.rules.terms import Terms

PARTS = 8
_USES_LARGE = 2_000  # a limit from which on a part of it is not used up at once
_AMOUNT_LARGE = 1_000_00


def set_limits(offer: Offer, terms: Terms) -> None:
    """Make the offer's allowances what `terms` say."""
    _set(offer, Allowance.Purpose.USE, uses_max=terms.uses_max, amount_max=terms.budget_amount)
    _set(offer, Allowance.Purpose.CLAIM, uses_max=terms.claims_max if offer.is_coupon else None, amount_max=None)


def _set(offer: Offer, purpose: Allowance.Purpose, *, uses_max: int | None, amount_max: int | None) -> None:
    if uses_max is None and amount_max is None:
        return
    parts = list(Allowance.objects.select_for_update().filter(offer=offer, purpose=purpose).order_by("shard"))
    if not parts:
        is_large = (uses_max is None or uses_max >= _USES_LARGE) and (amount_max is None or amount_max >= _AMOUNT_LARGE)
        parts = [Allowance(offer=offer, purpose=purpose, shard=shard) for shard in range(PARTS if is_large else 1)]
    for part, uses, amount in zip(
        parts,
        _spread(uses_max, [part.uses for part in parts]),
        _spread(amount_max, [part.amount for part in parts]),
        strict=True,
    ):
        part.uses_max, part.amount_max = uses, amount
        part.save()


def _spread(limit: int | None, used: list[int]) -> list[int | None]:
    """Return the limit of each part: what it has used, and an equal share of what is left."""
    if limit is None:
        return [None] * len(used)
    left = limit - sum(used)
    if left < 0:
        raise OfferLimitsError(_("The limit lies below what has been used already."), field="limits")
    share, rest = divmod(left, len(used))
    return [each + share + (number < rest) for number, each in enumerate(used)]
