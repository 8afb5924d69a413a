"""What a partial return breaks: a threshold that is no longer reached, a set that is no longer whole (P8, P39).

For checkout's returns. By the offer's policy the customer keeps the discount on what stays, or pays it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from regulars.core.money import split_by_largest_remainder
from regulars.loyalty.basket import Basket
from regulars.loyalty.offers.rules.deals import Candidate, Live
from regulars.loyalty.offers.rules.solving import solve


def broken_by_return(offer: Live, kept: Basket, had: Mapping[int, int]) -> dict[int, int]:
    """Return what the lines that stay lose, by line: nothing, unless the offer's policy takes back what no longer holds.

    `kept` is the basket of the sale with what stays of it, at the moment of the sale and before this offer; `had` is what the
    offer took off those lines.
    """
    if offer.terms.after_return == "keep" or not sum(had.values()):
        return {}
    bare = replace(kept, lines=tuple(replace(line, discounts=()) for line in kept.lines))
    still = solve(bare, [Candidate(offer)]).saved
    lost = max(0, sum(had.values()) - still)
    shares = split_by_largest_remainder(lost, list(had.values()))
    return {line: share for line, share in zip(had, shares, strict=True) if share}
