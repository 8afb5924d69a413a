"""Write an offer: choose its kind, fill in the form, see at once what it does to a basket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core.errors import DomainError
from regulars.loyalty.basket import Member
from regulars.loyalty.offers import drafting, preview, wording
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.forms import KINDS, OfferForm
from regulars.loyalty.offers.rules import Live
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.selectors import pages
from regulars.organization.company import get_company
from regulars.organization.models import Store
from regulars.organization.requests import requires, viewer_of

GROUPS = ("promotion", "coupon")


@require_GET
@requires("coupon.edit")
def choose(request: HttpRequest) -> HttpResponse:
    """Show the kinds of offers."""
    group = request.GET.get("group", "promotion")
    kinds = [(key, *words) for key, words in KINDS.items()]
    return render(request, "offers/choose.html", {"group": group if group in GROUPS else "promotion", "kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("coupon.edit")
def create(request: HttpRequest, group: str, kind: str) -> HttpResponse:
    """Write a new offer of one kind."""
    form = _form(request, group, kind)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = offers.create_offer(
                code=said["code"], title=said["title"], description=said["description"], is_coupon=form.is_coupon,
                raw_terms=form.raw_terms(), viewer=viewer_of(request), now=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            _show(form, error)
        else:
            return redirect("offers:offer", made.pk)
    sample = preview.sample(None, currency=get_company().currency)
    return render(request, "offers/editor.html", {**_about(form, group, kind), "sample": sample})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("coupon.edit")
def edit(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Change the terms of an offer; they hold when they are published."""
    found = pages.get_offer(offer_id, viewer=viewer_of(request))
    raw = found.draft or found.terms
    terms = offer_terms.read(raw)
    group, kind = GROUPS[found.is_coupon], terms.body.kind
    if kind not in KINDS:
        raise Http404
    initial = {**drafting.initial(terms), "title": found.title, "description": found.description}
    form = _form(request, group, kind, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            offers.save_draft(
                offer_id, title=said["title"], description=said["description"], raw_terms=form.raw_terms(raw),
                viewer=viewer_of(request), now=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            _show(form, error)
        else:
            return redirect("offers:offer", offer_id)
    sample = preview.sample(terms, currency=terms.currency)
    return render(request, "offers/editor.html", {**_about(form, group, kind), "offer": found, "sample": sample})


@require_POST
@requires("coupon.edit")
def try_on(request: HttpRequest, group: str, kind: str) -> HttpResponse:
    """Show what the form's offer does to the basket beside it."""
    form = _form(request, group, kind)
    form.fields.pop("code", None)
    form.fields["title"].required = False
    context: dict[str, Any] = {"errors": form.errors}
    if form.is_valid():
        try:
            context["tried"] = _tried(request, form, now=timezone.now())
        except DomainError as error:
            context["message"] = error.message
    return render(request, "offers/_preview.html", context)


def _tried(request: HttpRequest, form: OfferForm, *, now: datetime) -> dict[str, Any]:
    company = get_company()
    terms = offer_terms.read(form.raw_terms())
    code, title = request.POST.get("code", "").strip().upper() or "?", form.cleaned_data.get("title") or "…"
    live = Live(0, 0, 0, code, title, form.is_coupon, terms)
    today = timezone.localdate()
    day = max(today, terms.starts_on) if terms.starts_on else today
    member = Member(0, tier=terms.tiers[0] if terms.tiers else "") if request.POST.get("member") else None
    wanted = Store.objects.filter(code__in=terms.stores).order_by("code").first() or Store.objects.order_by("code").first()
    basket, names = preview.basket(
        request.POST.get("basket", ""), company=company, store=wanted, day=day, at=now, member=member
    )
    tried = preview.try_on(live, basket, names, now=now)
    return {
        "lines": [(names[line.line_no], line) for line in tried.deal.lines],
        "currency": company.currency, "saved": tried.saved, "what": wording.body(terms),
        "refusal": wording.refusal(tried.offer, currency=company.currency) if tried.offer else "",
        "used": [each for each in tried.deal.used if each.candidate.offer.code != code],
        "refused": [
            (each.candidate.offer.title, wording.refusal(each.refusal, currency=company.currency))
            for each in tried.deal.refused if each.candidate.offer.code != code
        ],
        "before": basket.paid_amount, "after": basket.paid_amount - tried.deal.saved,
    }  # fmt: skip


def _form(request: HttpRequest, group: str, kind: str, **fields: Any) -> OfferForm:
    if group not in GROUPS or kind not in KINDS:
        raise Http404
    return OfferForm(request.POST or None, kind=kind, is_coupon=group == "coupon", **fields)


def _about(form: OfferForm, group: str, kind: str) -> dict[str, Any]:
    label, words, _icon = KINDS[kind]
    return {"form": form, "group": group, "kind": kind, "kind_label": label, "kind_words": words}


def _show(form: OfferForm, error: DomainError) -> None:
    """Put a refusal beside its field, if the form shows that field."""
    field = {"budget_amount": "budget"}.get(str(error.place.get("field", "")), str(error.place.get("field", "")))
    form.add_error(field if field in form.fields else None, error.message)
