"""One offer: what it says, what it has cost, its coupons, its versions; and the switches."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars import criteria
from regulars.criteria.tree import All
from regulars.loyalty import vocabulary
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers import wording
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.terms import Terms
from regulars.loyalty.offers.selectors import pages
from regulars.loyalty.offers.views.listing import state_of
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting


@require_GET
@requires("coupon.read")
def offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Show the offer."""
    viewer = viewer_of(request)
    found = pages.get_offer(offer_id, viewer=viewer)
    terms = pages.terms_of(found)
    writes = viewer.may("coupon.edit") and not found.is_historical
    days = pages.by_day(offer_id)
    state, tone = state_of(found, today=timezone.localdate())
    owed, owed_since = offers.owed_by(offer_id)
    context = {
        "owed": owed, "owed_since": owed_since, "offer": found, "terms": terms, "state": state, "tone": tone, "writes": writes,
        "what": wording.body(terms) if terms else "", "said": _said(terms) if terms else [],
        "draft": wording.body(offer_terms.read(found.draft)) if found.draft and found.terms else "",
        "days": days[-14:], "line": [day.amount for day in days], "left": _burn_down(found),
        "funded": pages.funded(offer_id), "versions": pages.versions(offer_id),
        "counts": pages.coupon_counts(offer_id) if found.is_coupon else {},
        "batches": pages.list_batches(offer_id)[:50] if writes and found.is_coupon else (),
        "public_codes": pages.public_codes(offer_id) if writes and found.is_coupon else (),
    }  # fmt: skip
    return render(request, "offers/offer.html", context)


@require_POST
@requires("coupon.edit")
def publish(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Make the draft hold."""
    version = offers.publish(offer_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("Version %d holds from now on.") % version.number)
    return redirect("offers:offer", offer_id)


@require_POST
@requires("coupon.edit")
def stop(request: HttpRequest, offer_id: int) -> HttpResponse:
    """The kill switch."""
    offers.stop(offer_id, viewer=viewer_of(request), now=timezone.now(), reason=request.POST.get("reason", ""))
    messages.success(request, _("Stopped. No sale uses it any more."))
    return redirect("offers:offer", offer_id)


@require_POST
@requires("coupon.edit")
def start(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Let it hold again."""
    offers.start(offer_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The offer holds again."))
    return redirect("offers:offer", offer_id)


@require_POST
@requires("coupon.edit")
def archive(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Put it away."""
    offers.archive(offer_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("Archived. Its uses stay."))
    return redirect("offers:offers")


@require_POST
@requires("coupon.edit")
def give_owed(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Give the coupons that were won while none was left, or give up on them."""
    viewer, now = viewer_of(request), timezone.now()
    pages.get_offer(offer_id, viewer=viewer)  # one that is not there owes nothing
    if request.POST.get("verdict") == "drop":
        dropped = offers.drop_owed(offer_id, viewer=viewer, now=now)
        messages.success(
            request, ngettext("%d coupon is not owed any more.", "%d coupons are not owed any more.", dropped) % dropped
        )
    elif given := offers.give_owed(offer_id, viewer=viewer, now=now):
        messages.success(request, ngettext("%d coupon was given.", "%d coupons were given.", given) % given)
    else:
        messages.error(
            request, _("Still no coupon can be given. Raise the stock to claim, or look at the offer’s days and state.")
        )
    return redirect("offers:offer", offer_id)


def _burn_down(found: Any) -> dict[str, Any] | None:
    """Return what is used of the limit that is nearer to its end."""
    shares = [
        (used / limit, used, limit, is_money)
        for used, limit, is_money in (
            (found.budget_used, found.budget, True),
            (found.uses_counted, found.uses_max, False),
        )
        if limit
    ]
    if not shares:
        return None
    share, used, limit, is_money = max(shares)
    return {"share": round(share * 100), "used": used, "limit": limit, "is_money": is_money, "left": limit - used}


def _said(terms: Terms) -> list[tuple[str, str]]:
    """Return the terms in words, those that say something."""
    everyone = isinstance(terms.when, All) and not terms.when.parts
    rows = [
        (pgettext("offer", "Days"), _span(terms)),
        (_("Hours"), wording.windows(terms)),
        (_("Stores"), formatting.listed((*terms.stores, *terms.regions))),
        (_("Channels"), _choices(terms.channels)),
        (_("For whom"), _whom(terms)),
        (_("Condition"), "" if everyone else _aloud(terms)),
        (_("Uses per person"), formatting.number(terms.uses_per_person) if terms.uses_per_person else ""),
        (_("Comes off"), wording.phase(terms.phase)),
        (_("Group"), terms.group),
        (_("Not together with"), _excluded(terms)),
        (_("After a return"), _("the discount is taken back") if terms.after_return == "take_back" else ""),
    ]
    return [(name, text) for name, text in rows if text]


def _aloud(terms: Terms) -> str:
    language = get_language() or "en"
    return criteria.read_aloud(
        terms.when, language, vocabulary=vocabulary.SALE, today=timezone.localdate(), currency=terms.currency
    )


def _span(terms: Terms) -> str:
    first, last = (formatting.date(day) if day else "" for day in (terms.starts_on, terms.ends_on))
    if first and last:
        return f"{first} – {last}"
    if last:
        return _("until %(day)s") % {"day": last}
    return _("from %(day)s") % {"day": first} if first else ""


def _choices(channels: tuple[str, ...]) -> str:
    labels = vocabulary.SALE.terms["place.channel"].choices
    return formatting.listed(str(labels.get(channel, channel)) for channel in channels)


def _whom(terms: Terms) -> str:
    if terms.tiers:
        return _("Members of %s") % formatting.listed(terms.tiers)
    return _("Members") if terms.needs_member else ""


def _excluded(terms: Terms) -> str:
    names = {"nothing": "", "phase": _("Others of the same step"), "all": _("Any other offer")}
    return formatting.listed(filter(None, (names[terms.exclusive], *terms.not_with)))
