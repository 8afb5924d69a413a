"""The tables of offers: what is offered, what limits it, who holds which coupon, and what was used."""

from regulars.loyalty.offers.models.claims import Claim, ClaimedUse
from regulars.loyalty.offers.models.coupons import Coupon, CouponBatch, CouponEvent, Guesses, OwedCoupon
from regulars.loyalty.offers.models.limits import Allowance, PersonalUse
from regulars.loyalty.offers.models.offers import LiveStamp, Offer, OfferVersion
from regulars.loyalty.offers.models.uses import Redemption, Reservation

__all__ = [
    "Allowance",
    "Claim",
    "ClaimedUse",
    "Coupon",
    "CouponBatch",
    "CouponEvent",
    "Guesses",
    "LiveStamp",
    "Offer",
    "OfferVersion",
    "OwedCoupon",
    "PersonalUse",
    "Redemption",
    "Reservation",
]
