"""Coupons of an offer: made in batches, with codes that are downloaded once, and what became of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from regulars.core import spreadsheets
from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Coupon, CouponEvent, Redemption
from regulars.loyalty.offers.rules import codes
from regulars.loyalty.offers.selectors import pages
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting, lists
from regulars.ui.lists import Column, Filter, Listing

_TONES = {"ready": "good", "reserved": "info", "used": "neutral", "void": "bad"}


@require_GET
@requires("coupon.edit")
def coupons(request: HttpRequest, offer_id: int) -> HttpResponseBase:
    """Show the coupons of an offer."""
    viewer = viewer_of(request)
    offer = pages.get_offer(offer_id, viewer=viewer)
    rows = pages.list_coupons(offer_id, viewer=viewer)
    if (kind := request.GET.get("export", "")) in {"csv", "xlsx"}:
        return _COUPONS.export(request, rows, kind=kind, name=f"coupons-{offer.code}")
    return _COUPONS.render(request, rows, template="offers/coupons.html", context={"offer": offer})


@require_GET
@requires("coupon.edit")
def coupon(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """Show what became of one coupon: claimed, passed on, used, given back."""
    found = Coupon.objects.filter(pk=coupon_id).select_related("offer", "customer", "batch").first()
    if found is None:
        raise NotFoundError
    context = {"coupon": found, "tone": _TONES[found.state], "history": _history(found)}
    return render(request, "offers/coupon.html", context)


@require_POST
@requires("coupon.edit")
def void(request: HttpRequest, coupon_id: int) -> HttpResponse:
    """Make one coupon worthless."""
    offers.void_coupon(coupon_id, viewer=viewer_of(request), now=timezone.now(), reason=request.POST.get("reason", ""))
    messages.success(request, _now("The coupon is void."))
    return redirect("offers:coupon", coupon_id)


@require_POST
@requires("coupon.edit")
def make_batch(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Make coupons for whoever has the code."""
    size, uses_each = (_number(request.POST.get(name, "")) for name in ("size", "uses_each"))
    batch = offers.make_batch(
        offer_id, size=size, uses_each=uses_each or 1, note=request.POST.get("note", ""), viewer=viewer_of(request),
        now=timezone.now(),
    )  # fmt: skip
    done = ngettext("%s coupon made. Download its code now.", "%s coupons made. Download their codes now.", batch.size)
    messages.success(request, done % formatting.number(batch.size))
    return redirect("offers:offer", offer_id)


@require_POST
@requires("coupon.edit")
def make_public_code(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Let everybody use the offer with one code."""
    offers.make_public_code(offer_id, request.POST.get("code", ""), viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _now("The code can be used from now on."))
    return redirect("offers:offer", offer_id)


@never_cache
@require_POST
@requires("coupon.edit")
def take_codes(request: HttpRequest, coupon_batch_id: int) -> HttpResponseBase:
    """Hand out the codes of a batch as a file, once."""
    made = offers.take_codes(coupon_batch_id, viewer=viewer_of(request), now=timezone.now())
    body = spreadsheets.write_csv(([code] for code in made), head=["code"])
    headers = {"Content-Disposition": f'attachment; filename="coupons-{coupon_batch_id}.csv"'}
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _number(text: str) -> int:
    if text and not text.isdigit():
        raise InvalidInputError(_now("Write a whole number."), field="size")
    return int(text or 0)


def _history(found: Coupon) -> list[dict[str, object]]:
    """Return the coupon's life, newest first."""
    events = [
        {"at": each.at, "title": CouponEvent.Kind(each.kind).label, "meta": " · ".join(filter(None, (each.actor, each.note)))}
        for each in found.events.order_by("pk")
    ]
    uses = [
        {
            "at": each.at,
            "title": _now("Used") if each.kind == Redemption.Kind.USE else _now("Given back"),
            "meta": " · ".join(filter(None, (
                each.store.name if each.store else "", each.key, formatting.money(each.amount, each.version.terms["currency"]),
            ))),
        }
        for each in found.redemptions.select_related("store", "version").order_by("pk")
    ]  # fmt: skip
    made = {"at": found.made_at, "title": _now("Made"), "meta": found.batch.made_by if found.batch else ""}
    return sorted([made, *events, *uses], key=lambda each: str(each["at"]), reverse=True)


_COUPONS = Listing(
    id="coupons",
    sort="-pk",
    search=lambda rows, words: rows.filter(digest=codes.digest(codes.normalize(words))),
    search_label=_("Find a coupon by its whole code"),
    columns=[
        Column(key="hint", label=pgettext_lazy("offer", "Code"), value=lambda row: f"…{row.hint}", lead=True,
               href=lambda row: f"/offers/coupons/{row.pk}/"),
        Column(key="state", label=_("State"), value=lambda row: row.get_state_display(),
               show=lambda row: lists.status(row.get_state_display(), tone=_TONES[row.state])),
        Column(key="customer", label=_("Customer"),
               value=lambda row: (row.customer.name or _now("No name yet")) if row.customer else "",
               href=lambda row: f"/customers/{row.customer_id}/" if row.customer_id else ""),
        Column(key="batch", label=pgettext_lazy("offer", "Batch"), value=lambda row: row.batch_id),
        Column(key="uses", label=pgettext_lazy("offer", "Uses"), value=lambda row: row.uses, numeric=True,
               show=lambda row: f"{row.uses} / {row.uses_max}"),
        Column(key="valid_until", label=_("Valid until"), value=lambda row: row.valid_until,
               show=lambda row: formatting.date(row.valid_until) if row.valid_until else ""),
        Column(key="made_at", label=_("Made"), value=lambda row: row.made_at, show=lambda row: formatting.moment(row.made_at)),
    ],
    filters=[
        Filter(key="state", label=_("State"), options=Coupon.State.choices, apply=lambda rows, value: rows.filter(state=value)),
    ],
)  # fmt: skip
