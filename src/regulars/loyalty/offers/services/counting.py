"""Counts uses and claims against the limits of offers, all of a sale in one statement.

For `using` and `claiming`, in their callers' transactions: what is refused here rolls back with everything else.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from regulars.core import bulk, prepared
from regulars.loyalty.offers import statements
from regulars.loyalty.offers.errors import OfferUsedUpError, OfferUsedUpPersonError
from regulars.loyalty.offers.rules.deals import Live

_ATTEMPTS, _PAUSE_SECONDS = 100, 0.005


@dataclass(frozen=True, slots=True)
class Wanted:
    """One use or claim that is to be counted. `shard` is None if the offer is not limited, `per_person` if that is not."""

    offer_id: int
    amount: int
    per_person: int | None
    shard: int | None

    @property
    def is_counted(self) -> bool:
        return self.per_person is not None or self.shard is not None


def wanted(offer: Live, amount: int, *, key: str, customer_id: int | None) -> Wanted:
    """Return what a use of `offer` counts; tills are spread over the parts of a large limit by the sale's key."""
    per_person = offer.terms.uses_per_person if customer_id else None
    return Wanted(offer.offer_id, amount, per_person, part_of(key, offer.shards))


def part_of(key: str, parts: int) -> int | None:
    """Return which of an allowance's parts what happens under `key` counts against."""
    return crc32(key.encode()) % parts if parts else None


def take(uses: Sequence[Wanted], *, customer_id: int | None, purpose: str = "use") -> None:
    """Count all of `uses`, or refuse: what has run out is named."""
    limited = [use for use in uses if use.is_counted]
    if not limited:
        return
    facts = {
        "offers": [use.offer_id for use in limited], "amounts": [use.amount for use in limited],
        "persons": [use.per_person for use in limited], "shards": [use.shard for use in limited],
        "customer": customer_id, "purpose": purpose, "is_use": int(purpose == "use"),
    }  # fmt: skip
    personal, counted = prepared.fetch(statements.TAKE, facts)[0]
    _refuse_missing(
        [use for use in limited if use.per_person is not None], personal, OfferUsedUpPersonError, "by this customer"
    )
    short = [use for use in limited if use.shard is not None and use.offer_id not in (counted or ())]
    if short:
        _take_pooled(short, purpose=purpose)


def _take_pooled(short: Sequence[Wanted], *, purpose: str) -> None:
    """Gather what the other parts of these limits have left and try again, until it is there or has run out."""
    for _attempt in range(_ATTEMPTS):
        facts = {
            "offers": [use.offer_id for use in short], "amounts": [use.amount for use in short],
            "persons": [None] * len(short), "shards": [use.shard for use in short],
            "customer": None, "purpose": purpose, "is_use": 1,
        }  # fmt: skip
        bulk.execute(statements.POOL, facts)
        _personal, counted = prepared.fetch(statements.TAKE, facts)[0]
        short = [use for use in short if use.offer_id not in (counted or ())]
        if not short:
            return
        if bulk.fetch(statements.RUN_OUT, facts):
            break
        time.sleep(_PAUSE_SECONDS)  # others are using the parts that are left; they will be done in a moment
    _refuse_missing(short, (), OfferUsedUpError, "in all")


def _refuse_missing(
    uses: Sequence[Wanted],
    granted: Sequence[int] | None,
    refusal: type[OfferUsedUpError] | type[OfferUsedUpPersonError],
    whose: str,
) -> None:
    missing = [use.offer_id for use in uses if use.offer_id not in (granted or ())]
    if missing:
        raise refusal(
            f"An offer of this sale has been used as often as it may be {whose}. Ask for the price again.", offers=missing
        )
