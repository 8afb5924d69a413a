"""Whether an offer may be used on a basket at all, before anything is counted; the first thing that speaks against it.

The order is the one in which a cashier would explain it: the offer itself, the place, the time, the person, the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from regulars.loyalty.basket import Basket
from regulars.loyalty.offers.rules.deals import Live, Refusal
from regulars.loyalty.offers.rules.terms import Terms, Window
from regulars.loyalty.vocabulary import WEEKDAYS

Facts = Mapping[str, object]


def refusal_of(offer: Live, basket: Basket, facts: Facts) -> Refusal | None:
    """Return why `offer` is not for this basket, or None if it is."""
    return first_objection(offer.terms, basket) or _condition(offer, basket, facts)


def first_objection(terms: Terms, basket: Basket) -> Refusal | None:
    """Return what speaks against the terms besides their condition, or None."""
    return next(_objections(terms, basket), None)


def _objections(terms: Terms, basket: Basket) -> Iterator[Refusal]:
    if terms.currency != basket.currency:
        yield Refusal("currency", {"currency": terms.currency})
    if terms.starts_on and basket.business_date < terms.starts_on:
        yield Refusal("not_started", {"from": terms.starts_on})
    if terms.ends_on and basket.business_date > terms.ends_on:
        yield Refusal("ended", {"until": terms.ends_on})
    if not _is_here(terms, basket):
        yield Refusal("not_here", {"stores": terms.stores, "regions": terms.regions})
    if terms.channels and basket.place.channel not in terms.channels:
        yield Refusal("not_this_channel", {"channels": terms.channels})
    if terms.windows and not any(_is_open(window, basket) for window in terms.windows):
        yield Refusal("not_now", {"windows": [window.model_dump() for window in terms.windows]})
    if terms.needs_member and basket.member is None:
        yield Refusal("members_only")
    if terms.tiers and basket.member and basket.member.tier not in terms.tiers:
        yield Refusal("not_this_tier", {"tiers": terms.tiers, "tier": basket.member.tier})


def _is_here(terms: Terms, basket: Basket) -> bool:
    if not terms.stores and not terms.regions:
        return True
    return basket.place.store in terms.stores or any(region in terms.regions for region in basket.place.regions)


def _is_open(window: Window, basket: Basket) -> bool:
    at, day = basket.local.strftime("%H:%M"), basket.local
    if window.from_time <= window.to_time:
        if not window.from_time <= at <= window.to_time:
            return False
    elif at <= window.to_time:
        day -= timedelta(days=1)  # the small hours belong to the evening before
    elif at < window.from_time:
        return False
    return not window.weekdays or WEEKDAYS[day.weekday()] in window.weekdays


def _condition(offer: Live, basket: Basket, facts: Facts) -> Refusal | None:
    if offer.when is None:
        return None
    answer = offer.when(facts, basket.business_date)
    if answer is True:
        return None
    return Refusal("unknown" if answer is None else "condition")
