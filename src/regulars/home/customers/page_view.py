"""The 360 page of one customer, the parts that it loads later, and receipts that open in place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from regulars.core.errors import NotFoundError
from regulars.customers import forms, selectors
from regulars.customers.models import Tag
from regulars.home.business import names
from regulars.home.business import receipts as receipt_page
from regulars.home.customers import purchases, story, timeline, value, who
from regulars.home.customers.listing import figures_date
from regulars.insight.models import CustomerFigures
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of
from regulars.sales import selectors as sales

TABS = {
    "": _("All"),
    "receipts": _("Receipts"),
    "notes": _("Notes and files"),
    "tags": _("Tags"),
    "changes": _("Profile"),
}


@require_GET
@requires("customer.read")
def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show everything about one customer that this viewer may see; a merged one leads to whom it became."""
    viewer, now = viewer_of(request), timezone.now()
    living = selectors.heir(viewer, customer_id)
    if living is not None:
        return redirect("home:customer", living)
    person = who.read(viewer, selectors.get_customer(viewer, customer_id), now=now)
    sees_all = viewer.scope("customer.read").is_everything
    figures = CustomerFigures.objects.filter(pk=customer_id).first()
    as_of = figures.as_of if figures else figures_date()
    bought = purchases.read(viewer, person.ids, currency=get_company().currency, as_of=as_of)
    context: dict[str, Any] = {
        "who": person,
        "value": value.read(figures, bought, sees_all=sees_all),
        "edits": viewer.may("customer.edit"),
        "annotates": viewer.may("customer.annotate"),
        "audits": viewer.may("audit.read"),
        "sees_wallet": viewer.may("wallet.read"),
        **_timeline(request, person.ids),
    }
    if context["annotates"]:
        context |= {"tag_form": forms.TagForm(), "has_tags": Tag.objects.filter(kind=Tag.Kind.MANUAL).exists()}
    if context["edits"]:
        context |= {"identifier_form": forms.IdentifierForm(), "namespaces": selectors.known_namespaces("external")}
    return render(request, "home/customers/customer.html", context)


@require_GET
@requires("customer.read")
def events(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Answer with a part of the timeline: another kind of entries, or earlier ones."""
    customer = selectors.get_customer(viewer_of(request), customer_id)
    context = {"customer": customer, **_timeline(request, selectors.same_person(customer.pk))}
    part = "home/customers/_earlier.html" if request.GET.get("cursor") else "home/customers/_timeline.html"
    return render(request, part, context)


@require_GET
@requires("customer.read")
def receipt(request: HttpRequest, customer_id: int, receipt_id: int) -> HttpResponse:
    """Answer with what stands on a receipt, to be opened in place."""
    viewer = viewer_of(request)
    customer = selectors.get_customer(viewer, customer_id)
    found = sales.get_receipt(viewer, receipt_id)
    if found.customer_id not in selectors.same_person(customer.pk):
        raise NotFoundError
    parts = sales.parts_of(found)
    context = {
        "receipt": found,
        "parts": parts,
        "discounts": _discounts(parts),
        "tenders": [(receipt_page.TENDERS.get(each.kind, each.kind), each) for each in parts.tenders],
        "channel": names.CHANNELS.get(found.channel, found.channel),
    }
    return render(request, "home/customers/_receipt.html", context)


def _timeline(request: HttpRequest, ids: Any) -> dict[str, Any]:
    show = request.GET.get("show", "")
    show = show if show in timeline.SHOWS else ""
    part = timeline.read(viewer_of(request), ids, now=timezone.now(), show=show, cursor=request.GET.get("cursor", ""))
    return {"tabs": TABS, "show": show, "told": story.tell(part.entries), "earlier": part.earlier}


def _discounts(parts: sales.Parts) -> list[tuple[Any, int]]:
    """Return the receipt's discounts by kind, the largest first."""
    sums: dict[str, int] = {}
    for line in parts.lines:
        for each in line.discounts:
            sums[each.kind] = sums.get(each.kind, 0) + each.amount
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    return [(receipt_page.DISCOUNTS.get(kind, kind), -amount) for kind, amount in ordered]
