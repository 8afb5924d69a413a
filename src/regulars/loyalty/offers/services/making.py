"""Make coupons: batches with secret codes that can be downloaded once, and public codes that everybody may know.

For marketers. A code is made from a random seed with a key that is not in the database, so a stolen dump holds no code (T-34).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.offers.errors import CouponCodesTakenError, OfferExistsError, OfferStateError
from regulars.loyalty.offers.models import Coupon, CouponBatch, Offer
from regulars.loyalty.offers.rules import codes
from regulars.organization import audit
from regulars.organization.access import Viewer

BATCH_MAX = 200_000
_AT_ONCE = 5_000


@transaction.atomic
def make_batch(offer_id: int, *, size: int, viewer: Viewer, now: datetime, note: str = "", uses_each: int = 1) -> CouponBatch:
    """Make `size` coupons for whoever has the code, each good for `uses_each` uses."""
    viewer.require("coupon.edit")
    if not 1 <= size <= BATCH_MAX or not 1 <= uses_each <= 1_000:
        raise InvalidInputError(_("Make between 1 and %d coupons at once.") % BATCH_MAX, field="size")
    offer = _coupon_offer(offer_id)
    batch = CouponBatch.objects.create(offer=offer, size=size, note=note[:160], made_at=now, made_by=viewer.label[:160])
    Coupon.objects.bulk_create(
        (new_coupon(offer, now=now, batch=batch, uses_max=uses_each) for _number in range(size)), batch_size=_AT_ONCE
    )
    audit.record(viewer, "coupon.batch_made", "offer", offer.pk, now=now, after={"batch": batch.pk, "size": size})
    return batch


@transaction.atomic
def take_codes(batch_id: int, *, viewer: Viewer, now: datetime) -> Iterator[str]:
    """Return the codes of a batch as they are printed; this can be done one time only, and is on the trail."""
    viewer.require("coupon.edit")
    batch = CouponBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotFoundError
    taken = CouponBatch.objects.filter(pk=batch_id, downloaded_at=None).update(
        downloaded_at=now, downloaded_by=viewer.label[:160]
    )
    if not taken:
        raise CouponCodesTakenError(_("The codes of this batch were downloaded on %s.") % f"{batch.downloaded_at:%Y-%m-%d}")
    audit.record(viewer, "coupon.codes_taken", "offer", batch.offer_id, now=now, after={"batch": batch_id, "size": batch.size})
    seeds = list(Coupon.objects.filter(batch=batch_id).order_by("id").values_list("seed", flat=True))
    return (codes.spelled(codes.of_seed(bytes(seed))) for seed in seeds)


@transaction.atomic
def make_public_code(offer_id: int, text: str, *, viewer: Viewer, now: datetime) -> Coupon:
    """Let everybody use the offer with one code that may be known; only the offer's own limits hold."""
    viewer.require("coupon.edit")
    code, said = codes.normalize(text), "".join(filter(str.isalnum, text.upper()))
    if not 4 <= len(code) <= 16:
        raise InvalidInputError(_("A public code has 4 to 16 letters or digits."), field="code")
    offer = _coupon_offer(offer_id)
    digest = codes.digest(code)
    if Coupon.objects.filter(digest=digest).exists():
        raise OfferExistsError(_("This code is in use already."), field="code")
    coupon = Coupon.objects.create(
        offer=offer, seed=b"", digest=digest, hint=said[-4:], is_shared=True, uses_max=1, made_at=now
    )
    audit.record(viewer, "coupon.public_code_made", "offer", offer.pk, now=now, after={"code": text.strip().upper()})
    return coupon


def code_for_holder(coupon_id: int, *, customer_id: int) -> str:
    """Return the code of a coupon to the customer who holds it, as it is shown on their own page."""
    coupon = Coupon.objects.filter(pk=coupon_id, customer_id=customer_id).first()
    if coupon is None or not coupon.seed:
        raise NotFoundError
    return codes.spelled(codes.of_seed(bytes(coupon.seed)))


def new_coupon(offer: Offer, *, now: datetime, **fields: object) -> Coupon:
    """Return a coupon with a code of its own, not saved yet."""
    seed = secrets.token_bytes(16)
    code = codes.of_seed(seed)
    return Coupon(offer=offer, seed=seed, digest=codes.digest(code), hint=code[-4:], made_at=now, **fields)


def _coupon_offer(offer_id: int) -> Offer:
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise NotFoundError
    if not offer.is_coupon or offer.is_historical or offer.state == Offer.State.ARCHIVED:
        raise OfferStateError(_("Coupons can be made for coupon offers that are not archived."))
    return offer
