"""Why an offer that is meant for this basket takes nothing off it: no such article, too few of them, too little spent.

For the solver's refusals, so that a cashier can say what to add.
"""

from __future__ import annotations

from regulars.loyalty.offers.rules.bodies import Bundle, NForM, ProductOff, Steps, Threshold
from regulars.loyalty.offers.rules.bounds import power_of
from regulars.loyalty.offers.rules.deals import Refusal
from regulars.loyalty.offers.rules.effects import Prepared
from regulars.loyalty.offers.rules.state import State


def what_is_missing(offer: Prepared, untouched: State) -> Refusal | None:
    """Return why `offer` does nothing on the untouched basket, or None if it does something."""
    if power_of(offer, untouched).saves > 0:
        return None
    return _shortfall(offer, untouched) if offer.lines else Refusal("no_article")


def _shortfall(offer: Prepared, untouched: State) -> Refusal:
    body = offer.candidate.offer.terms.body
    amount = sum(untouched.rest[line] for line in offer.parts[0])
    count = sum(untouched.units[line] for line in offer.parts[0])
    match body:
        case Threshold(from_amount=int(wanted)):
            return Refusal("below_amount", {"from_amount": wanted, "missing_amount": wanted - amount})
        case Threshold(from_quantity=int(wanted)):
            return Refusal("below_quantity", {"from_quantity": wanted, "missing_quantity": wanted - count})
        case Steps():
            wanted = body.steps[0].from_amount
            return Refusal("below_amount", {"from_amount": wanted, "missing_amount": wanted - amount})
        case NForM() if count < body.take:
            return Refusal("below_quantity", {"from_quantity": body.take, "missing_quantity": body.take - count})
        case ProductOff() | Bundle():
            return Refusal("incomplete")
        case _:
            return Refusal("no_gain", {"worse_amount": 0})
