"""Partners: at which rate points go both ways, what they have paid for, and what went each way month by month."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core import spreadsheets
from regulars.core.errors import NotFoundError
from regulars.loyalty.program import selectors, services
from regulars.loyalty.program.forms import AmountField, Priced
from regulars.loyalty.program.models import Partner
from regulars.loyalty.program.rules.dates import add_months
from regulars.loyalty.program.services.rewards import partnering
from regulars.loyalty.program.views.rewards import the_program, told
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.ui.forms import Form

_MONTHS = 12


class PartnerForm(Form):
    """Who it is and how many of our points are how many of theirs."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=160)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    our_points = forms.IntegerField(label=gettext_lazy("So many of our points"), min_value=1, initial=1)
    their_points = forms.IntegerField(label=gettext_lazy("are so many of theirs"), min_value=1, initial=1)
    is_active = forms.BooleanField(label=gettext_lazy("Points can be exchanged"), required=False, initial=True)


class PaymentForm(Priced):
    """Points that the partner has paid for."""

    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=1, max_value=1_000_000_000)
    paid_amount = AmountField(label=gettext_lazy("Amount that was paid"))
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": secrets.token_hex(12)}, **kwargs)


@require_GET
@requires("program.read")
def partners(request: HttpRequest) -> HttpResponse:
    """Show the partners with their rates and the points they may still give."""
    program = the_program()
    rows = Partner.objects.filter(program=program).annotate(times=Count("exchanges")).order_by("name")
    context = {"partners": rows, "may_edit": viewer_of(request).may("program.edit")}
    return render(request, "program/partners.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def add_partner(request: HttpRequest) -> HttpResponse:
    """Write down a new partner."""
    form = PartnerForm(request.POST or None)
    program = the_program()
    if request.method == "POST" and form.is_valid():
        if Partner.objects.filter(program=program, code=form.cleaned_data["code"]).exists():
            form.add_error("code", _("Another one has this code."))
        else:
            made = services.save_partner(program, form.cleaned_data, viewer=viewer_of(request), now=timezone.now())
            messages.success(request, _("The partner is saved."))
            return redirect("program:partner", made.pk)
    return render(request, "program/add_partner.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.read")
def partner(request: HttpRequest, partner_id: int) -> HttpResponseBase:
    """Show one partner with what went each way; change the rate; hand out the settlement file."""
    shown, viewer = _partner(partner_id), viewer_of(request)
    names = ("name", "code", "our_points", "their_points", "is_active")
    form = PartnerForm(request.POST or None, initial={name: getattr(shown, name) for name in names})
    form.fields["code"].disabled = True
    if request.method == "POST":
        viewer.require("program.edit")
        if form.is_valid():
            services.save_partner(shown.program, form.cleaned_data, viewer=viewer, now=timezone.now())
            messages.success(request, _("The partner is saved."))
            return redirect("program:partner", shown.pk)
    months = _months(shown, viewer) if viewer.may(partnering.SETTLE) else []
    if request.GET.get("export") == "csv" and viewer.may(partnering.SETTLE):
        return _file(shown, months)
    settles = viewer.may(partnering.SETTLE)
    context = {
        "partner": shown, "form": form if viewer.may("program.edit") else None, "months": months, "settles": settles,
        "payment_form": PaymentForm(currency=shown.program.currency) if settles else None,
        "payments": shown.payments.order_by("-paid_at")[:10] if settles else [],
    }  # fmt: skip
    return render(request, "program/partner.html", context, status=422 if form.errors else 200)


@require_POST
@requires("program.publish")
def pay_partner(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Book points that a partner has paid for."""
    shown = _partner(partner_id)
    form = PaymentForm(request.POST, currency=shown.program.currency)
    if form.is_valid():
        said = form.cleaned_data
        told(request, lambda: services.book_payment(
            shown, said["points"], paid_amount=said["paid_amount"], key=said["key"], viewer=viewer_of(request),
            now=timezone.now(),
        ), _("The points are booked."))  # fmt: skip
    else:
        messages.error(request, _("Write how many points, and how much was paid for them."))
    return redirect("program:partner", shown.pk)


def _partner(partner_id: int) -> Partner:
    rows: QuerySet[Partner] = Partner.objects.select_related("program")
    found = rows.filter(pk=partner_id).first()
    if found is None:
        raise NotFoundError
    return found


def _months(shown: Partner, viewer: Viewer) -> list[dict[str, Any]]:
    today = selectors.program_zone().date_of(timezone.now())
    first = today.replace(day=1)
    found = []
    for back in range(_MONTHS):
        since = add_months(first, -back)
        lines = services.settlement(shown, since=since, until=add_months(since, 1), viewer=viewer)
        if lines:
            sums = {way: (ours, theirs) for way, ours, theirs in lines}
            found.append({"month": since, "came": sums.get("in", (0, 0)), "went": sums.get("out", (0, 0))})
    return found


def _file(shown: Partner, months: list[dict[str, Any]]) -> HttpResponseBase:
    head = ["month", "points_in", "their_points_in", "points_out", "their_points_out"]
    lines: list[list[object]] = [[_month(one["month"]), *one["came"], *one["went"]] for one in months]
    headers = {"Content-Disposition": f'attachment; filename="settlement-{shown.code}.csv"'}
    body = spreadsheets.write_csv(lines, head=head)
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
