"""Write offers, publish their versions, stop and start them.

For the offer pages, the API and the demo. A published version never changes; what holds is the newest one of a live offer.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.offers.errors import OfferExistsError, OfferLimitsError, OfferStateError, OfferUncappedError
from regulars.loyalty.offers.models import LiveStamp, Offer, OfferVersion
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.terms import Phase, Terms
from regulars.loyalty.offers.services.limits import set_limits
from regulars.organization import audit
from regulars.organization.access import Viewer

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
State = Offer.State


@transaction.atomic
def create_offer(
    *, code: str, title: str, is_coupon: bool, raw_terms: Any, viewer: Viewer, now: datetime, description: str = ""
) -> Offer:
    """Make a draft under a code of its own."""
    viewer.require("coupon.edit")
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise InvalidInputError(_("Use letters, digits and hyphens for the code."), field="code")
    if Offer.objects.filter(code=code).exists():
        raise OfferExistsError(_("Another offer has the code %s.") % code, field="code")
    offer = Offer(code=code, is_coupon=is_coupon, created_at=now, created_by=viewer.label[:160], updated_at=now)
    _write(offer, title=title, description=description, raw_terms=raw_terms)
    offer.save(force_insert=True)
    audit.record(viewer, "offer.created", "offer", offer.pk, now=now, after={"code": code, "title": offer.title})
    return offer


@transaction.atomic
def save_draft(offer_id: int, *, title: str, raw_terms: Any, viewer: Viewer, now: datetime, description: str = "") -> Offer:
    """Change what is being written; what is live stays as it is until it is published."""
    viewer.require("coupon.edit")
    offer = _locked(offer_id)
    if offer.state == State.ARCHIVED or offer.is_historical:
        raise OfferStateError(_("An archived offer can only be read."))
    _write(offer, title=title, description=description, raw_terms=raw_terms)
    offer.updated_at = now
    offer.save()
    return offer


@transaction.atomic
def publish(offer_id: int, *, viewer: Viewer, now: datetime) -> OfferVersion:
    """Make the draft the version that holds; the offer is live from its first day on."""
    viewer.require("coupon.edit")
    offer = _locked(offer_id)
    if offer.draft is None or offer.state == State.ARCHIVED:
        raise OfferStateError(_("There is nothing to publish: change the terms first."))
    terms = offer_terms.read(offer.draft)
    _refuse_uncapped(terms, is_coupon=offer.is_coupon)
    last = OfferVersion.objects.filter(offer=offer).order_by("-number").first()
    _refuse_other_counting(offer_terms.read(last.terms) if last else None, terms)
    version = OfferVersion.objects.create(
        offer=offer,
        number=last.number + 1 if last else 1,
        title=offer.title,
        terms=offer_terms.dump(terms),
        published_at=now,
        published_by=viewer.label[:160],
    )
    set_limits(offer, terms)
    offer.draft, offer.updated_at = None, now
    if offer.state == State.DRAFT:
        offer.state = State.LIVE
    offer.save()
    renew_stamp()
    before = {"version": last.number, "terms": last.terms} if last else None
    after = {"version": version.number, "terms": version.terms}
    audit.record(viewer, "offer.published", "offer", offer.pk, now=now, before=before, after=after)
    return version


def stop(offer_id: int, *, viewer: Viewer, now: datetime, reason: str = "") -> None:
    """The kill switch: from this commit on no sale uses the offer any more (T-4)."""
    _move(offer_id, (State.LIVE,), State.STOPPED, "offer.stopped", viewer=viewer, now=now, note=reason)


def start(offer_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Let a stopped offer hold again."""
    _move(offer_id, (State.STOPPED,), State.LIVE, "offer.started", viewer=viewer, now=now)


def archive(offer_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Put an offer away for good; its uses stay."""
    _move(offer_id, (State.DRAFT, State.LIVE, State.STOPPED), State.ARCHIVED, "offer.archived", viewer=viewer, now=now)


def renew_stamp() -> None:
    """Tell every process that the live offers have changed."""
    LiveStamp.objects.update_or_create(pk=1, defaults={"number": secrets.randbits(62) | 1})


@transaction.atomic
def _move(
    offer_id: int, before: tuple[State, ...], after: State, deed: str, *, viewer: Viewer, now: datetime, note: str = ""
) -> None:
    viewer.require("coupon.edit")
    offer = _locked(offer_id)
    if offer.state not in before:
        raise OfferStateError(_("The offer is %s; this cannot be done with it.") % offer.get_state_display())
    audit.record(
        viewer, deed, "offer", offer.pk, now=now, before={"state": offer.state}, after={"state": after.value}, note=note
    )
    offer.state, offer.updated_at = after, now
    offer.stopped_at = now if after is State.STOPPED else None
    offer.save()
    renew_stamp()


def _locked(offer_id: int) -> Offer:
    offer = Offer.objects.select_for_update().filter(pk=offer_id).first()
    if offer is None:
        raise NotFoundError
    return offer


def _write(offer: Offer, *, title: str, description: str, raw_terms: Any) -> None:
    if not title.strip():
        raise InvalidInputError(_("Write a title that customers and cashiers understand."), field="title")
    terms = offer_terms.read(raw_terms)
    if (terms.phase is Phase.COUPON) != offer.is_coupon and not (offer.is_coupon and terms.phase is Phase.ITEM):
        raise InvalidInputError(_("Coupons are taken off after promotions: choose the phase for coupons."), field="phase")
    offer.title, offer.description, offer.draft = title.strip()[:120], description.strip()[:500], offer_terms.dump(terms)


def _refuse_uncapped(terms: Terms, *, is_coupon: bool) -> None:
    if terms.ends_on is None:
        raise OfferUncappedError(_("Say on which day the offer ends."), field="ends_on")
    if terms.budget_amount is None and terms.uses_max is None:
        raise OfferUncappedError(_("Give the offer a budget or a number of uses that it cannot exceed."), field="budget_amount")
    if is_coupon and terms.claims_max is None and terms.uses_max is None:
        raise OfferUncappedError(_("Say how many coupons there are, or how often they can be used."), field="claims_max")


def _refuse_other_counting(before: Terms | None, after: Terms) -> None:
    """Refuse to begin or end counting while the offer is in use: what was not counted cannot be known."""
    if before is None:
        return
    for field in ("uses_per_person", "uses_max", "budget_amount", "claims_max"):
        if (getattr(before, field) is None) != (getattr(after, field) is None):
            raise OfferLimitsError(
                _("A limit can be changed, but not added or taken away once the offer is used; make a new offer."), field=field
            )
    if before.currency != after.currency:
        raise OfferLimitsError(_("The currency cannot be changed; make a new offer."), field="currency")
