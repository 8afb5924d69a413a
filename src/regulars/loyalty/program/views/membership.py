"""One member's place in the program, on the customer's page: tier, paid plan, benefits; sell a plan, give it back."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.customers import selectors as customers
from regulars.customers.models import Customer
from regulars.loyalty.program import play, progress, selectors, services
from regulars.loyalty.program.models import BadgeHeld, BenefitUse, Draw, Membership, PaidPeriod, PaidPlan, Referral
from regulars.loyalty.program.services.membership import benefits as using
from regulars.loyalty.program.services.membership import plans as selling
from regulars.loyalty.program.views.rewards import told
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting
from regulars.ui.forms import Form


class SellForm(Form):
    """Which plan, and how it is paid."""

    plan = forms.ModelChoiceField(label=gettext_lazy("Plan"), queryset=PaidPlan.objects.none(), empty_label=None)
    tender = forms.ChoiceField(label=gettext_lazy("Paid with"), choices=PaidPeriod.Tender.choices, initial="card")
    renews = forms.BooleanField(
        label=gettext_lazy("The member agrees that it goes on by itself, paid from stored value"), required=False
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plans: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": secrets.token_hex(12)}, **kwargs)
        plan = cast("forms.ModelChoiceField[PaidPlan]", self.fields["plan"])
        plan.queryset = plans
        plan.label_from_instance = lambda obj: (  # type: ignore[method-assign] # a choice of rows
            f"{obj.name} · {formatting.money(obj.price_amount, obj.program.currency)}"
        )


@require_GET
@requires("wallet.read")
def membership(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Answer with the panel that the customer's page loads."""
    viewer, now = viewer_of(request), timezone.now()
    customer = customers.get_customer(viewer, customer_id, "wallet.read")
    today = selectors.program_zone().date_of(now)
    found = selectors.find_membership(customer.pk)
    plans = _on_sale()
    sells = viewer.may(selling.SELL) and plans.exists()
    context: dict[str, Any] = {
        "customer": customer, "membership": found, "periods": _periods(customer, today),
        "benefits": _benefits(found, today) if found else [],
        "challenges": progress.progress_of(customer.pk, today=today),
        "badges": BadgeHeld.objects.select_related("badge").filter(customer=customer).order_by("since"),
        "sell_form": SellForm(plans=plans) if sells else None,
        "pays_back": viewer.may(selling.GIVE_BACK), "edits": viewer.may("customer.edit"),
        "tier": _tier_name(found, now) if found else "", "turn_key": secrets.token_hex(12),
        "draws": play.open_draws(customer.pk, today=today) if found and viewer.may("gift.hand_out") else [],
        "brought_by": Referral.objects.select_related("referrer").filter(referred=customer).first(),
        "brought": Referral.objects.filter(referrer=customer).count(),
        "can_be_brought": found is None and viewer.may("customer.edit"),
    }  # fmt: skip
    return render(request, "program/_membership.html", context)


@require_POST
@requires("wallet.check_out")
def sell_plan(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Sell a period of a paid plan to whoever stands at the desk."""
    viewer = viewer_of(request)
    customer = customers.get_customer(viewer, customer_id, "wallet.check_out")
    form = SellForm(request.POST, plans=_on_sale())
    if not form.is_valid():
        raise InvalidInputError(_("Choose a plan and how it is paid."))
    said = form.cleaned_data
    told(request, lambda: services.buy_plan(
        customer.pk, said["plan"], source="desk", key=said["key"], viewer=viewer, now=timezone.now(), tender=said["tender"],
        store_id=customers.store_of(viewer, customer, "wallet.check_out"), renews=said["renews"],
    ), _("The membership begins."))  # fmt: skip
    return redirect(f"/customers/{customer.pk}/")


@require_POST
@requires("wallet.refund")
def refund(request: HttpRequest, period_id: int) -> HttpResponse:
    """Give a paid period back."""
    viewer = viewer_of(request)
    period = _period(viewer, period_id, "wallet.refund")

    def give_back() -> None:
        ended = services.give_back_plan(period.pk, viewer=viewer, now=timezone.now())
        amount = formatting.money(ended.refunded_amount, period.plan.program.currency)
        if ended.transfer_id:
            messages.success(request, _("The membership is over. %(amount)s went back to stored value.") % {"amount": amount})
        else:
            messages.success(request, _("The membership is over. Pay %(amount)s back.") % {"amount": amount})

    told(request, give_back)
    return redirect(f"/customers/{period.customer_id}/")


@require_POST
@requires("customer.edit")
def renewal(request: HttpRequest, period_id: int) -> HttpResponse:
    """Keep whether a membership goes on by itself."""
    viewer = viewer_of(request)
    period = _period(viewer, period_id, "customer.edit")
    renews = request.POST.get("renews") == "yes"
    words = _("It goes on by itself.") if renews else _("It ends on its last day.")
    told(request, lambda: services.switch_renewal(period.pk, renews=renews, viewer=viewer, now=timezone.now()), words)
    return redirect(f"/customers/{period.customer_id}/")


@require_POST
@requires("gift.hand_out")
def take_turn(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Take a turn of a draw for the member at the desk, and say what was drawn."""
    viewer, said = viewer_of(request), request.POST
    customer = customers.get_customer(viewer, customer_id, "gift.hand_out")
    found = Draw.objects.filter(pk=said["draw"]).first() if said.get("draw", "").isdigit() else None
    if found is None or not said.get("key"):
        raise NotFoundError

    def turn() -> None:
        drawn = services.take_turn(customer.pk, found.pk, key=said["key"][:60], viewer=viewer, now=timezone.now())
        prize = drawn.prize.name if drawn.prize else _("no prize")
        messages.success(request, _("Drawn: %(prize)s.") % {"prize": prize})

    told(request, turn)
    return redirect(f"/customers/{customer.pk}/")


def _period(viewer: Viewer, period_id: int, action: str) -> PaidPeriod:
    found = PaidPeriod.objects.select_related("plan__program").filter(pk=period_id).first()
    if found is None:
        raise NotFoundError
    customers.get_customer(viewer, found.customer_id, action)
    return found


def _on_sale() -> Any:
    return PaidPlan.objects.select_related("program").filter(program__is_active=True, is_active=True).order_by("price_amount")


def _periods(customer: Customer, today: Any) -> list[dict[str, Any]]:
    rows = PaidPeriod.objects.select_related("plan__program").filter(customer=customer).order_by("-starts_on", "-pk")[:6]
    return [
        {
            "period": row, "currency": row.plan.program.currency, "is_over": row.ended_on is not None or row.ends_on <= today,
            "starts_later": row.starts_on > today,
            "last_day": row.ends_on - timedelta(days=1),
            "refund": services.refund_today(row, today),
        }
        for row in rows
    ]  # fmt: skip


def _benefits(found: Membership, today: Any) -> list[dict[str, Any]]:
    entitled = services.entitled_to(found.customer_id, program=found.program.code, at=timezone.now())
    uses = BenefitUse.objects.filter(customer=found.customer_id, benefit__in=entitled).values_list("benefit_id", "period")
    used = [(benefit, period) for benefit, period in uses]
    return [
        {"benefit": one, "left": max(one.quota - used.count((one.pk, using.period_of(one.period, today))), 0)}
        for one in entitled
    ]


def _tier_name(found: Membership, now: Any) -> str:
    book = selectors.book_at(now, program=found.program.code)
    names = {tier.code: tier.name or tier.code for tier in book.body.ladder.tiers} if book else {}
    return names.get(found.tier, found.tier)
