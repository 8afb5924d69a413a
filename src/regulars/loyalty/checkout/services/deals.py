"""The best lawful deal for a basket: found with the solver of `offers`, used in the sale's own transaction, given back with it.

For quoting, selling and taking back. A code that was never given out counts as a guess, whether the sale goes through or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import translation

from regulars.core.errors import InvalidInputError
from regulars.loyalty.basket import Basket
from regulars.loyalty.checkout.messages import Number
from regulars.loyalty.checkout.rules.refunds import RefundedLine
from regulars.loyalty.checkout.services import journal
from regulars.loyalty.checkout.services.journal import Opened
from regulars.loyalty.offers import selectors as offers
from regulars.loyalty.offers import services as offer_verbs
from regulars.loyalty.offers import wording
from regulars.loyalty.offers.rules import Candidate, Deal, Refusal, solve
from regulars.loyalty.offers.services import Occasion, Returned
from regulars.organization.access import Viewer


class CouponUnusableError(InvalidInputError):
    """A code of the sale cannot be used; `place` holds how many of them were never given out."""

    code = "coupon.unusable"


@dataclass(frozen=True, slots=True)
class Dealt:
    """A basket with its discounts, and what became of every offer."""

    basket: Basket
    deal: Deal
    unusable: tuple[str, ...]
    wrong_codes: int


def best(opened: Opened, basket: Basket, coupons: tuple[str, ...], *, hold: str = "") -> Dealt:
    """Return the deal; `hold` is the key under which the sale has reserved its coupons."""
    found = offers.candidates(basket, coupons, now=opened.now, actor=actor_of(opened.viewer), hold=hold)
    deal = solve(basket, found.candidates)
    return Dealt(replace(basket, lines=deal.lines), deal, found.unusable, found.wrong_codes)


def refuse_unusable(dealt: Dealt) -> None:
    """Refuse a sale that names a code with which nothing can be done."""
    if dealt.unusable:
        raise CouponUnusableError("A coupon of this sale cannot be used.", field="coupons", wrong_codes=dealt.wrong_codes)


def actor_of(viewer: Viewer) -> str:
    """Return under whose name wrong codes are counted."""
    return f"key {viewer.key_id}" if viewer.key_id is not None else f"person {viewer.person_id}"


def count_guesses(viewer: Viewer, wrong_codes: int, *, now: datetime) -> None:
    """Remember codes that were never given out; outside the sale's transaction, which may be refused."""
    if wrong_codes:
        offer_verbs.count_wrong_codes(actor_of(viewer), wrong_codes, now=now)


def hold_key(source: str, id: Number) -> str:
    """Return the key under which coupons are reserved for a sale."""
    return f"till/{journal.lock_key(source, id)}"


def redeem(opened: Opened, dealt: Dealt, id: Number, *, hold: str = "") -> None:
    """Use the offers of the deal: each limit is counted under its own lock, or the whole sale is refused."""
    basket = dealt.basket
    occasion = Occasion(
        source=opened.viewer.source,
        key=id.text,
        at=basket.sold_at,
        business_date=basket.business_date,
        store_id=basket.place.store_id,
        customer_id=basket.member.customer_id if basket.member else None,
    )
    offer_verbs.redeem(dealt.deal.used, occasion=occasion, now=opened.now, hold=hold)


@dataclass(frozen=True, slots=True)
class Undoing:
    """The void or return in which offers are given back."""

    id: str
    at: datetime
    business_date: date
    store_id: int


def give_back(
    opened: Opened,
    sale_id: str,
    lines: Iterable[RefundedLine],
    undoing: Undoing,
    *,
    is_void: bool,
    broken: Mapping[int, Mapping[int, int]],
) -> list[dict[str, Any]]:
    """Give uses, budget and coupons back to their offers; return the coupons that live again."""
    returned = {
        line.sold.line_no: Returned(line.sold.quantity_milli, line.sold.returned_milli, line.quantity_milli) for line in lines
    }
    occasion = Occasion(
        source=opened.viewer.source,
        key=undoing.id,
        at=undoing.at,
        business_date=undoing.business_date,
        store_id=undoing.store_id,
        customer_id=None,
    )
    given = offer_verbs.give_back(
        source=opened.viewer.source, key=sale_id, occasion=occasion, returned=None if is_void else returned, broken=broken
    )
    return [{"offer": it.offer_id, "coupon": it.coupon_id} for it in given if it.coupon_lives]


def shown(dealt: Dealt, *, language: str) -> dict[str, Any]:
    """Return what became of the offers, for the receipt and, in the cashier's language, for the cashier."""
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        return {
            "offers": {
                "used": [
                    _named(it.candidate) | {"amount": it.amount, "after_return": it.candidate.offer.terms.after_return}
                    for it in dealt.deal.used
                ],
                "refused": [
                    _named(it.candidate) | _why(it.refusal, currency=dealt.basket.currency) for it in dealt.deal.refused
                ],
                "unusable": list(dealt.unusable),
                **({"gap_amount": dealt.deal.gap_amount} if dealt.deal.gap_amount else {}),
            }
        }


def _why(refusal: Refusal, *, currency: str) -> dict[str, Any]:
    return {"code": refusal.code, "reason": wording.refusal(refusal, currency=currency)}


def _named(candidate: Candidate) -> dict[str, Any]:
    return {"offer": candidate.offer.code, "title": candidate.offer.title, "is_coupon": candidate.coupon_id is not None}
