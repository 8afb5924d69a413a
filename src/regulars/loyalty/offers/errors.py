"""Expected refusals of this room, for all its services."""

from __future__ import annotations

from regulars.core.errors import DomainError, InvalidInputError


class OfferExistsError(DomainError):
    """Another offer has this code."""

    code = "offer.exists"


class OfferUncappedError(InvalidInputError):
    """An offer without an end or without a budget cannot go live (T-4)."""

    code = "offer.uncapped"


class OfferLimitsError(InvalidInputError):
    """Limits cannot be changed like this while the offer is being used."""

    code = "offer.limits"


class OfferStateError(DomainError):
    """The offer is not in a state in which this can be done."""

    code = "offer.state"


class OfferUsedUpError(DomainError):
    """The offer's uses or budget have run out between the quote and the sale; quote again."""

    code = "offer.used_up"


class OfferUsedUpPersonError(DomainError):
    """The customer has used this offer as often as one person may; quote again without it."""

    code = "offer.used_up_person"


class CouponTakenError(DomainError):
    """The coupon was used, reserved or voided a moment ago; quote again."""

    code = "coupon.taken"


class CouponGoneError(DomainError):
    """No coupon of this offer is left to claim, or this customer has claimed as many as one person may."""

    code = "coupon.gone"


class CouponNotYoursError(DomainError):
    """The coupon cannot be passed on or bound: it is not this customer's, is used, or may not be passed on any more."""

    code = "coupon.not_yours"


class CouponCodesTakenError(DomainError):
    """The codes of this batch were downloaded before; they can be read one time only."""

    code = "coupon.codes_taken"


class GuessingLockedError(DomainError):
    """Too many wrong coupon codes came from here; none is looked at for a while."""

    code = "coupon.locked"
    status_code = 429


class ClaimEmptyError(InvalidInputError):
    """Nothing is open that a claim could ask for."""

    code = "claim.empty"


class ClaimTooEarlyError(InvalidInputError):
    """A claim ends with a business day that is over: what is still sold today would fall between two claims."""

    code = "claim.too_early"
