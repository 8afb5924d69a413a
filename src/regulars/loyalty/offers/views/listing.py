"""Lists of offers and of their uses."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from regulars.loyalty.offers import wording
from regulars.loyalty.offers.models import Offer, Redemption
from regulars.loyalty.offers.selectors import pages
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting, lists
from regulars.ui.lists import Column, Filter, Listing, Rows


@require_GET
@requires("coupon.read")
def offers(request: HttpRequest) -> HttpResponseBase:
    """Show all offers with their state and what they have cost."""
    viewer = viewer_of(request)
    rows = pages.list_offers(viewer)
    if "state" not in request.GET and "q" not in request.GET:
        rows = rows.filter(is_historical=False)
    if kind := _export(request):
        return _OFFERS.export(request, rows, kind=kind, name="offers")
    has_past = Offer.objects.filter(is_historical=True).exists()
    context = {"writes": viewer.may("coupon.edit"), "has_past": has_past}
    return _OFFERS.render(request, rows, template="offers/offers.html", context=context)


@require_GET
@requires("coupon.read")
def uses(request: HttpRequest, offer_id: int) -> HttpResponseBase:
    """Show each use of an offer, and what came back."""
    viewer = viewer_of(request)
    offer = pages.get_offer(offer_id, viewer=viewer)
    rows = pages.list_redemptions(offer_id, viewer=viewer)
    if kind := _export(request):
        return _USES.export(request, rows, kind=kind, name=f"uses-{offer.code}")
    return _USES.render(request, rows, template="offers/uses.html", context={"offer": offer})


def _export(request: HttpRequest) -> str:
    asked = request.GET.get("export", "")
    return asked if asked in {"csv", "xlsx"} else ""


def state_of(offer: Any, *, today: date) -> tuple[str, str]:
    """Return how an offer stands today, and the tone of it."""
    if offer.is_historical:
        return _now("Past record"), "neutral"
    if offer.state == Offer.State.LIVE:
        if offer.ends_on and offer.ends_on < today.isoformat():
            return pgettext("an offer", "Ended"), "neutral"
        if offer.starts_on and offer.starts_on > today.isoformat():
            return pgettext("an offer", "Coming"), "info"
        return pgettext("an offer", "Live"), "good"
    return offer.get_state_display(), "bad" if offer.state == Offer.State.STOPPED else "neutral"


def _state(row: Any) -> tuple[str, str]:
    return state_of(row, today=timezone.localdate())


def _money(row: Any, amount: int | None) -> object:
    terms = row.terms or row.draft
    return None if amount is None or not terms else formatting.money(amount, terms["currency"])


def _left(row: Any) -> object:
    """Return how much of the tighter limit is left, in words."""
    if row.budget is not None:
        return _now("%(left)s of %(all)s") % {
            "left": _money(row, row.budget - row.budget_used), "all": _money(row, row.budget),
        }  # fmt: skip
    if row.uses_max is not None:
        left = formatting.number(row.uses_max - row.uses_counted)
        return _now("%(left)s of %(all)s uses") % {"left": left, "all": formatting.number(row.uses_max)}
    return ""


def _what(row: Any) -> str:
    terms = pages.terms_of(row)
    return wording.body(terms) if terms else ""


def _days(row: Any) -> str:
    first, last = (formatting.date(date.fromisoformat(each)) if each else "" for each in (row.starts_on, row.ends_on))
    if first and last:
        return f"{first} – {last}"
    if last:
        return _now("until %(day)s") % {"day": last}
    return _now("from %(day)s") % {"day": first} if first else ""


_STATES = [
    *[(state, label) for state, label in Offer.State.choices if state != Offer.State.ARCHIVED],
    ("archived", _("Archived")), ("past", _("From older records")),
]  # fmt: skip


def _in_state(rows: Rows, value: str) -> Rows:
    return rows.filter(is_historical=True) if value == "past" else rows.filter(state=value, is_historical=False)


_OFFERS = Listing(
    id="offers",
    sort="-updated_at",
    search=lambda rows, words: rows.filter(Q(code__icontains=words) | Q(title__icontains=words)),
    search_label=_("Find an offer by title or code"),
    columns=[
        Column(key="title", label=pgettext_lazy("offer", "Offer"), value=lambda row: row.title, lead=True, sort="title",
               href=lambda row: f"/offers/{row.pk}/"),
        Column(key="code", label=pgettext_lazy("offer", "Code"), value=lambda row: row.code, sort="code", shown=False),
        Column(key="state", label=_("State"), value=lambda row: _state(row)[0],
               show=lambda row: lists.status(_state(row)[0], tone=_state(row)[1])),
        Column(key="what", label=_("What it takes off"), value=_what, wraps=True),
        Column(key="group", label=_("Kind"), shown=False,
               value=lambda row: str(_("Coupon") if row.is_coupon else _("Promotion"))),
        Column(key="days", label=pgettext_lazy("offer", "Days"), value=_days),
        Column(key="times", label=pgettext_lazy("offer", "Uses"), value=lambda row: row.times_used, numeric=True,
               sort="times_used", show=lambda row: formatting.number(row.times_used)),
        Column(key="amount", label=_("Taken off"), value=lambda row: row.amount_used, numeric=True, sort="amount_used",
               show=lambda row: _money(row, row.amount_used)),
        Column(key="left", label=_("Left"), value=_left, numeric=True),
        Column(key="updated_at", label=_("Changed"), value=lambda row: row.updated_at, sort="updated_at", shown=False,
               show=lambda row: formatting.moment(row.updated_at)),
    ],
    filters=[
        Filter(key="state", label=_("State"), options=_STATES, apply=_in_state),
        Filter(key="group", label=_("Kind"), options=[("coupon", _("Coupons")), ("promotion", _("Promotions"))],
               apply=lambda rows, value: rows.filter(is_coupon=value == "coupon")),
    ],
)  # fmt: skip


def _person(row: Redemption) -> str:
    return "" if row.customer is None else row.customer.name or _now("No name yet")


def _since(rows: Rows, value: str) -> Rows:
    try:
        return rows.filter(business_date__gte=date.fromisoformat(value))
    except ValueError:
        return rows


_USES = Listing(
    id="offer-uses",
    sort="-id",
    columns=[
        Column(key="day", label=_("Business date"), value=lambda row: row.business_date, lead=True,
               show=lambda row: formatting.date(row.business_date)),
        Column(key="what", label=pgettext_lazy("offer", "Use"),
               value=lambda row: str(_("Used") if row.kind == Redemption.Kind.USE else _("Given back"))),
        Column(key="customer", label=_("Customer"), value=_person,
               href=lambda row: f"/customers/{row.customer_id}/" if row.customer_id else ""),
        Column(key="store", label=_("Store"), value=lambda row: row.store.name if row.store else ""),
        Column(key="receipt", label=_("Receipt"), value=lambda row: row.key),
        Column(key="coupon", label=pgettext_lazy("offer", "Coupon"),
               value=lambda row: f"…{row.coupon.hint}" if row.coupon else "",
               href=lambda row: f"/offers/coupons/{row.coupon_id}/" if row.coupon_id else ""),
        Column(key="version", label=_("Version"), value=lambda row: row.version.number, numeric=True),
        Column(key="amount", label=_("Taken off"), value=lambda row: row.amount, numeric=True,
               show=lambda row: formatting.money(row.amount, row.version.terms["currency"])),
    ],
    filters=[
        Filter(key="kind", label=pgettext_lazy("offer", "Use"), options=[("use", _("Used")), ("give_back", _("Given back"))],
               apply=lambda rows, value: rows.filter(kind=value)),
        Filter(key="from", label=_("First day"), kind="date", apply=_since),
    ],
)  # fmt: skip
