"""Claim a coupon, bind one to a customer, pass it on to a friend, void it; customers who become one keep theirs (F49).

Each is one conditional update: of two who want the same coupon, one gets it.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import NotFoundError
from regulars.customers.models import Customer
from regulars.loyalty.offers.errors import CouponGoneError, CouponNotYoursError, OfferUsedUpError, OfferUsedUpPersonError
from regulars.loyalty.offers.models import Allowance, Coupon, CouponEvent, Offer, OfferVersion, OwedCoupon
from regulars.loyalty.offers.rules import codes
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.services import counting
from regulars.loyalty.offers.services.making import new_coupon
from regulars.organization import audit
from regulars.organization.access import Viewer

READY = Coupon.State.READY


@transaction.atomic
def claim(offer_id: int, *, customer_id: int, key: str, business_date: date, viewer: Viewer, now: datetime) -> Coupon:
    """Give the customer a coupon of this offer from its stock; asked again under the same `key`, it is the same coupon."""
    viewer.require("wallet.check_out", "coupon.edit")
    bulk.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 21))", {"key": f"{offer_id}/{customer_id}"})
    known = Coupon.objects.filter(offer=offer_id, customer=customer_id, origin=key).first()
    if known is not None:
        return known
    offer = Offer.objects.filter(pk=offer_id, state=Offer.State.LIVE, is_coupon=True, is_historical=False).first()
    version = OfferVersion.objects.filter(offer=offer_id).order_by("-number").first()
    if offer is None or version is None:
        raise NotFoundError
    terms = offer_terms.read(version.terms)
    if terms.claims_max is None or not _is_claimable(terms, business_date):
        raise CouponGoneError(_("This coupon cannot be claimed today."))
    _count_claim(offer, terms, customer_id=customer_id, key=key)
    coupon = new_coupon(offer, now=now, customer_id=customer_id, origin=key, valid_until=_last_day(terms, business_date))
    coupon.save(force_insert=True)
    _tell(coupon, CouponEvent.Kind.CLAIMED, customer_id=customer_id, viewer=viewer, now=now)
    return coupon


def _is_claimable(terms: offer_terms.Terms, day: date) -> bool:
    return (terms.starts_on is None or terms.starts_on <= day) and (terms.ends_on is None or day <= terms.ends_on)


def _last_day(terms: offer_terms.Terms, day: date) -> date | None:
    ends = [terms.ends_on] if terms.ends_on else []
    if terms.valid_days:
        ends.append(day + timedelta(days=terms.valid_days - 1))
    return min(ends, default=None)


def _count_claim(offer: Offer, terms: offer_terms.Terms, *, customer_id: int, key: str) -> None:
    parts = Allowance.objects.filter(offer=offer, purpose=Allowance.Purpose.CLAIM).count()
    shard = counting.part_of(f"{customer_id}/{key}", parts)
    wanted = counting.Wanted(offer.pk, 0, terms.claims_per_person, shard)
    try:
        counting.take([wanted], customer_id=customer_id, purpose="claim")
    except (OfferUsedUpError, OfferUsedUpPersonError):
        raise CouponGoneError(_("No coupon of this offer is left, or this customer has had theirs.")) from None


@transaction.atomic
def bind(code: str, *, customer_id: int, viewer: Viewer, now: datetime) -> Coupon:
    """Make a coupon whose code the customer has theirs alone."""
    viewer.require("wallet.check_out", "coupon.edit")
    digest = codes.digest(codes.normalize(code))
    taken = Coupon.objects.filter(digest=digest, customer=None, is_shared=False, state=READY).update(customer=customer_id)
    coupon = Coupon.objects.filter(digest=digest, customer=customer_id).first()
    if coupon is None:
        raise CouponNotYoursError(_("This code cannot be used."))
    if taken:
        _tell(coupon, CouponEvent.Kind.BOUND, customer_id=customer_id, viewer=viewer, now=now)
    return coupon


@transaction.atomic
def give_to_friend(coupon_id: int, *, from_customer: int, to_customer: int, viewer: Viewer, now: datetime) -> Coupon:
    """Pass a coupon on; it gets a new code, so that pictures of the old one are worth nothing."""
    viewer.require("wallet.check_out", "coupon.edit")
    version = OfferVersion.objects.filter(offer__coupons=coupon_id).order_by("-number").first()
    gifts_max = offer_terms.read(version.terms).gifts_max if version else 0
    seed = secrets.token_bytes(16)
    code = codes.of_seed(seed)
    given = (
        Coupon.objects.filter(pk=coupon_id, customer=from_customer, state=READY, uses=0, gifts__lt=gifts_max)
        .exclude(customer=to_customer)
        .update(customer=to_customer, gifts=F("gifts") + 1, seed=seed, digest=codes.digest(code), hint=code[-4:])
    )
    if not given:
        raise CouponNotYoursError(_("This coupon cannot be passed on."))
    coupon = Coupon.objects.get(pk=coupon_id)
    _tell(coupon, CouponEvent.Kind.GIVEN, customer_id=to_customer, viewer=viewer, now=now, note=f"from {from_customer}")
    return coupon


@transaction.atomic
def void_coupon(coupon_id: int, *, viewer: Viewer, now: datetime, reason: str = "") -> None:
    """Make a coupon worthless; one that a sale has reserved just now is left to that sale."""
    viewer.require("coupon.edit")
    if not Coupon.objects.filter(pk=coupon_id).exists():
        raise NotFoundError
    if not Coupon.objects.filter(pk=coupon_id, state=READY).update(state=Coupon.State.VOID):
        raise CouponNotYoursError(_("Only a coupon that is not used or reserved can be voided."))
    coupon = Coupon.objects.get(pk=coupon_id)
    _tell(coupon, CouponEvent.Kind.VOIDED, customer_id=coupon.customer_id, viewer=viewer, now=now, note=reason)
    audit.record(viewer, "coupon.voided", "coupon", coupon_id, now=now, note=reason)


_MOVE_USES = """
WITH gone AS (DELETE FROM offers_personaluse WHERE customer_id = %(from)s RETURNING *)
INSERT INTO offers_personaluse AS p (offer_id, customer_id, uses, claims)
SELECT offer_id, %(to)s, uses, claims FROM gone ORDER BY offer_id
ON CONFLICT (offer_id, customer_id) DO UPDATE SET uses = p.uses + excluded.uses, claims = p.claims + excluded.claims
"""


@transaction.atomic
def move_customer(from_customer: Customer, to_customer: Customer, *, viewer: Viewer, now: datetime) -> int:
    """Give a merged customer's coupons and counts to whom they became; what they used together may exceed a limit (P28)."""
    moved = list(Coupon.objects.filter(customer=from_customer).select_for_update().order_by("id"))
    # Both may have claimed under the same key: the moved one's key names where it came from.
    marked = Case(When(origin="", then=Value("")), default=Concat(F("origin"), Value(f" of {from_customer.pk}")))
    Coupon.objects.filter(pk__in=[coupon.pk for coupon in moved]).update(customer=to_customer, origin=marked)
    CouponEvent.objects.bulk_create(
        CouponEvent(
            coupon=coupon, kind=CouponEvent.Kind.MOVED, at=now, actor=viewer.label[:160], customer=to_customer,
            note=f"from {from_customer.pk}",
        )
        for coupon in moved
    )  # fmt: skip
    OwedCoupon.objects.filter(customer=from_customer).update(customer=to_customer)
    bulk.execute(_MOVE_USES, {"from": from_customer.pk, "to": to_customer.pk})
    return len(moved)


def _tell(
    coupon: Coupon, kind: CouponEvent.Kind, *, customer_id: int | None, viewer: Viewer, now: datetime, note: str = ""
) -> None:
    CouponEvent.objects.create(
        coupon=coupon, kind=kind, at=now, actor=viewer.label[:160], customer_id=customer_id, note=note[:200]
    )
