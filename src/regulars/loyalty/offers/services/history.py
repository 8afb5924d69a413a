"""Bring offers and their uses over from older records, many at once: shown and counted, never applied.

For the demo and for migrations from another system. Uses are facts with the amounts that the older records know; they do not
count against any limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Literal

from django.db import transaction

from regulars.loyalty.offers.models import Offer, OfferVersion, Redemption
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.bodies import WHOLE
from regulars.loyalty.offers.rules.terms import Funding, Phase, Terms
from regulars.organization import audit
from regulars.organization.access import Viewer

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOffer:
    """An offer as older records know it. `code` is its name there, within this installation."""

    code: str
    title: str
    currency: str
    starts_on: date
    ends_on: date
    articles: int = 0  # how many articles it was for
    description: str = ""
    is_coupon: bool = True
    funded_by: Literal["retailer", "supplier", "partner"] = "supplier"
    funder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastUse:
    """One use. `key` is its id in the older records; `lines` is what came off which line of the receipt, if that is known."""

    offer_code: str
    key: str
    customer_id: int | None
    store_id: int | None
    business_date: date
    at: datetime
    lines: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def import_past_offers(
    offers: Iterable[PastOffer], uses: Iterable[PastUse], *, source: str, viewer: Viewer, now: datetime
) -> tuple[int, int]:
    """Bring these over and return how many offers and uses are new; what is there already stays as it is.

    Uses of an offer that is not among them are a `KeyError`: the records do not belong together.
    """
    viewer.require("import.run")
    before = Offer.objects.count(), Redemption.objects.count()
    wanted = {offer.code: offer for offer in offers}
    known = _offers(wanted.values(), source=source, viewer=viewer, now=now)
    versions = dict(OfferVersion.objects.filter(offer__in=known.values(), number=1).values_list("offer_id", "pk"))
    rows = (_redemption(use, known[use.offer_code], versions, wanted[use.offer_code], source=source) for use in uses)
    while batch := list(islice(rows, _AT_ONCE)):
        Redemption.objects.bulk_create(batch, ignore_conflicts=True)
    made = Offer.objects.count() - before[0], Redemption.objects.count() - before[1]
    audit.record(viewer, "offer.imported", "offer", source, now=now, after={"offers": made[0], "uses": made[1]})
    return made


def _offers(past: Iterable[PastOffer], *, source: str, viewer: Viewer, now: datetime) -> dict[str, int]:
    """Write the offers that are missing, each with its one version; return all of them by code."""
    wanted = {offer.code: offer for offer in past}
    there = set(Offer.objects.filter(code__in=wanted).values_list("code", flat=True))
    made = Offer.objects.bulk_create(
        [_offer(each, source=source, now=now) for code, each in wanted.items() if code not in there], batch_size=_AT_ONCE
    )
    OfferVersion.objects.bulk_create(
        [_version(offer, wanted[offer.code], viewer=viewer, now=now) for offer in made], batch_size=_AT_ONCE
    )
    return dict(Offer.objects.filter(code__in=wanted).values_list("code", "pk"))


def _offer(past: PastOffer, *, source: str, now: datetime) -> Offer:
    return Offer(
        code=past.code,
        title=past.title,
        description=past.description,
        is_coupon=past.is_coupon,
        state=Offer.State.ARCHIVED,
        is_historical=True,
        source=source,
        created_at=now,
        updated_at=now,
    )


def _version(offer: Offer, past: PastOffer, *, viewer: Viewer, now: datetime) -> OfferVersion:
    terms = Terms.model_validate(
        {
            "body": {"kind": "recorded", "articles": past.articles},
            "currency": past.currency,
            "phase": Phase.COUPON if past.is_coupon else Phase.BASKET,
            "starts_on": past.starts_on,
            "ends_on": past.ends_on,
            "funding": [Funding(party=past.funded_by, name=past.funder, share_bp=WHOLE)],
        }
    )
    return OfferVersion(
        offer=offer,
        number=1,
        title=past.title,
        terms=offer_terms.dump(terms),
        published_at=now,
        published_by=viewer.label[:160],
    )


def _redemption(use: PastUse, offer_id: int, versions: Mapping[int, int], past: PastOffer, *, source: str) -> Redemption:
    return Redemption(
        source=source,
        key=use.key,
        kind=Redemption.Kind.USE,
        offer_id=offer_id,
        version_id=versions[offer_id],
        customer_id=use.customer_id,
        store_id=use.store_id,
        business_date=use.business_date,
        at=use.at,
        uses=1,
        amount=sum(use.lines.values()),
        lines=[_line(number, amount, past) for number, amount in use.lines.items()],
        is_historical=True,
    )


def _line(number: int, amount: int, past: PastOffer) -> dict[str, object]:
    funded: Sequence[object] = [past.funded_by, past.funder, amount]
    return {"line": number, "amount": amount, "funded": [funded]}
