"""Coupons that were won while none could be given: kept, shown on the offer's page, given as soon as there are some.

For the subscriber of won challenges, for the worker and for the page. Nobody is told of a coupon before it is theirs.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min

from regulars.core.business_time import TradingDay
from regulars.core.errors import NotFoundError
from regulars.loyalty.offers.errors import CouponGoneError
from regulars.loyalty.offers.models import Coupon, Offer, OwedCoupon
from regulars.loyalty.offers.services.claiming import claim
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

_AT_ONCE = 1_000


@transaction.atomic
def give_won(offer: Offer, *, customer_id: int, key: str, viewer: Viewer, now: datetime) -> Coupon | None:
    """Give a coupon that was won, once under its key; where none can be given, keep that it is owed and return nothing."""
    coupon = _given(offer.pk, customer_id, key, viewer=viewer, now=now)
    if coupon is None:
        OwedCoupon.objects.get_or_create(offer=offer, key=key, defaults={"customer_id": customer_id, "since": now})
    return coupon


@transaction.atomic
def give_owed(offer_id: int, *, viewer: Viewer, now: datetime) -> int:
    """Give what can be given by now to those who wait longest; return how many coupons."""
    viewer.require("coupon.edit")
    waiting = OwedCoupon.objects.select_for_update(skip_locked=True, of=("self",)).filter(offer=offer_id).order_by("pk")
    given = [
        owed.pk
        for owed in waiting[:_AT_ONCE]
        if _given(offer_id, owed.customer_id, owed.key, viewer=viewer, now=now) is not None
    ]
    OwedCoupon.objects.filter(pk__in=given).delete()
    return len(given)


def give_all_owed(*, viewer: Viewer, now: datetime) -> int:
    """Try every offer that owes coupons; return how many were given."""
    offers = OwedCoupon.objects.order_by("offer").values_list("offer", flat=True).distinct()
    return sum(give_owed(offer_id, viewer=viewer, now=now) for offer_id in offers)


@transaction.atomic
def drop_owed(offer_id: int, *, viewer: Viewer, now: datetime) -> int:
    """Give up on the coupons that an offer owes; return how many."""
    viewer.require("coupon.edit")
    dropped, _by_model = OwedCoupon.objects.filter(offer=offer_id).delete()
    if dropped:
        audit.record(viewer, "coupon.owed_dropped", "offer", offer_id, now=now, after={"coupons": dropped})
    return dropped


def owed_by(offer_id: int) -> tuple[int, datetime | None]:
    """Return how many coupons an offer owes, and since when the oldest."""
    found = OwedCoupon.objects.filter(offer=offer_id).aggregate(count=Count("pk"), since=Min("since"))
    return int(found["count"]), found["since"]


def _given(offer_id: int, customer_id: int, key: str, *, viewer: Viewer, now: datetime) -> Coupon | None:
    today = TradingDay(get_company().timezone).date_of(now)
    try:
        with transaction.atomic():
            return claim(offer_id, customer_id=customer_id, key=key, business_date=today, viewer=viewer, now=now)
    except (CouponGoneError, NotFoundError):  # none left, the person's limit, or an offer that is stopped, over, not begun
        return None
