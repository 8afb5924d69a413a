"""What the pages of this room show: offers with what they have cost, their uses, coupons and batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from regulars.core import bulk
from regulars.core.errors import NotFoundError
from regulars.loyalty.offers.models import Allowance, Coupon, CouponBatch, Offer, OfferVersion, Redemption
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.terms import Terms
from regulars.organization.access import Viewer


def list_offers(viewer: Viewer) -> QuerySet[Any]:
    """Return all offers with their newest terms, and what they were used for in all stores."""
    viewer.require("coupon.read")
    newest = OfferVersion.objects.filter(offer=OuterRef("pk")).order_by("-number")
    used = Redemption.objects.filter(offer=OuterRef("pk")).order_by().values("offer")
    limits = Allowance.objects.filter(offer=OuterRef("pk"), purpose=Allowance.Purpose.USE).order_by().values("offer")
    return Offer.objects.annotate(
        terms=Subquery(newest.values("terms")[:1]),
        version_number=Subquery(newest.values("number")[:1]),
        starts_on=Subquery(newest.values("terms__starts_on")[:1]),
        ends_on=Subquery(newest.values("terms__ends_on")[:1]),
        times_used=Coalesce(Subquery(used.annotate(total=Sum("uses")).values("total"), output_field=IntegerField()), Value(0)),
        amount_used=Coalesce(
            Subquery(used.annotate(total=Sum("amount")).values("total"), output_field=IntegerField()), Value(0)
        ),
        budget=Subquery(limits.annotate(total=Sum("amount_max")).values("total")),
        budget_used=Subquery(limits.annotate(total=Sum("amount")).values("total")),
        uses_max=Subquery(limits.annotate(total=Sum("uses_max")).values("total")),
        uses_counted=Subquery(limits.annotate(total=Sum("uses")).values("total")),
    )


def get_offer(offer_id: int, *, viewer: Viewer) -> Any:
    """Return one offer as `list_offers` does."""
    offer = list_offers(viewer).filter(pk=offer_id).first()
    if offer is None:
        raise NotFoundError
    return offer


def terms_of(offer: Any) -> Terms | None:
    """Return the terms that hold, or those of the draft if there are none yet."""
    raw = offer.terms or offer.draft
    return offer_terms.read(raw) if raw else None


def list_redemptions(offer_id: int, *, viewer: Viewer) -> QuerySet[Redemption]:
    """Return the uses of an offer in the stores that the viewer sees, newest first."""
    rows = Redemption.objects.filter(offer=offer_id).select_related("store", "customer", "coupon", "version")
    scope = viewer.scope("coupon.read")
    return rows if scope.is_everything else rows.filter(store__in=scope.stores or ())


def list_coupons(offer_id: int, *, viewer: Viewer) -> QuerySet[Coupon]:
    """Return the coupons of an offer; they belong to no store, so they are head office's alone."""
    viewer.require("coupon.edit")
    return Coupon.objects.filter(offer=offer_id).select_related("customer", "batch")


def list_batches(offer_id: int) -> QuerySet[Any]:
    """Return the batches of an offer, newest first, with how many of their coupons were used."""
    return (
        CouponBatch.objects.filter(offer=offer_id)
        .annotate(used=Count("coupons", filter=Q(coupons__uses__gt=0)))
        .order_by("-pk")
    )


def public_codes(offer_id: int) -> QuerySet[Coupon]:
    """Return the public codes of an offer; of a code only its end is known."""
    return Coupon.objects.filter(offer=offer_id, is_shared=True).exclude(state=Coupon.State.VOID).order_by("pk")


def coupon_counts(offer_id: int) -> dict[str, int]:
    """Return how many coupons of an offer are in each state."""
    rows = Coupon.objects.filter(offer=offer_id, is_shared=False).order_by().values_list("state").annotate(count=Count("pk"))
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Day:
    """What an offer took off on one business day, and how often."""

    date: date
    uses: int
    amount: int


def by_day(offer_id: int) -> Sequence[Day]:
    """Return the days on which the offer was used or given back, oldest first."""
    rows = (
        Redemption.objects.filter(offer=offer_id)
        .order_by()
        .values("business_date")
        .annotate(times=Sum("uses"), total=Sum("amount"))
        .order_by("business_date")
    )
    return [Day(row["business_date"], row["times"], row["total"]) for row in rows]


_FUNDED = """
SELECT share ->> 0, share ->> 1, sum((share ->> 2)::bigint)
FROM offers_redemption r, jsonb_array_elements(r.lines) line, jsonb_array_elements(line -> 'funded') share
WHERE r.offer_id = %(offer)s GROUP BY 1, 2 HAVING sum((share ->> 2)::bigint) <> 0 ORDER BY 3 DESC
"""


def funded(offer_id: int) -> list[tuple[str, str, int]]:
    """Return who bore how much of an offer, net of what came back: party, name, amount."""
    return [(party, name, amount) for party, name, amount in bulk.fetch(_FUNDED, {"offer": offer_id})]


def versions(offer_id: int) -> QuerySet[Any]:
    """Return the versions of an offer, newest first, with how often each was used."""
    return (
        OfferVersion.objects.filter(offer=offer_id)
        .annotate(times_used=Coalesce(Sum("redemption__uses"), 0))
        .order_by(F("number").desc())
    )
