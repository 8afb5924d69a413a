"""Benefits and the points mall: what there is, what it has cost, what lies where, and orders that wait to be picked up."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core.errors import DomainError, ForbiddenError, NotFoundError
from regulars.loyalty.program import selectors, services
from regulars.loyalty.program.forms import AmountField, Priced
from regulars.loyalty.program.models import Benefit, Gift, GiftOrder, GiftStock, PaidPlan, Program, RuleVersion
from regulars.organization import selectors as organization
from regulars.organization.requests import requires, viewer_of
from regulars.ui.forms import Form


class BenefitForm(Priced):
    """A new benefit."""

    name = django_forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    code = django_forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    kind = django_forms.ChoiceField(label=gettext_lazy("Kind"), choices=Benefit.Kind.choices)
    tiers = django_forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"), required=False, widget=django_forms.CheckboxSelectMultiple
    )
    plans = django_forms.MultipleChoiceField(
        label=gettext_lazy("Paid membership"), required=False, widget=django_forms.CheckboxSelectMultiple
    )
    quota = django_forms.IntegerField(label=gettext_lazy("So many times"), min_value=1, initial=1)
    period = django_forms.ChoiceField(label=gettext_lazy("within"), choices=Benefit.Period.choices, initial="year")
    cost_amount = AmountField(label=gettext_lazy("Cost of one use"), required=False)

    def __init__(self, *args: Any, tiers: dict[str, str], plans: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("tiers", tiers), ("plans", plans)):
            if choices:
                self.fields[name].choices = list(choices.items())  # type: ignore[attr-defined] # a choice of several
            else:
                del self.fields[name]


class GiftForm(Priced):
    """A new gift."""

    name = django_forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=160)
    code = django_forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    points_price = django_forms.IntegerField(label=gettext_lazy("Points"), min_value=1)
    cost_amount = AmountField(label=gettext_lazy("Cost of one piece"), required=False)
    per_member = django_forms.IntegerField(label=gettext_lazy("Pieces a member, at most"), min_value=1, required=False)


class StockForm(Form):
    """A count of one gift in one store."""

    gift = django_forms.ModelChoiceField(label=gettext_lazy("Gift"), queryset=Gift.objects.none())
    store = django_forms.ModelChoiceField(label=gettext_lazy("Store"), queryset=Gift.objects.none())
    on_hand = django_forms.IntegerField(label=gettext_lazy("Pieces there"), min_value=0)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.read")
def benefits(request: HttpRequest) -> HttpResponse:
    """Show the benefits with their uses and cost of this year; add one."""
    program, viewer, now = the_program(), viewer_of(request), timezone.now()
    tiers, plans = _tiers(program), dict(PaidPlan.objects.filter(program=program).values_list("code", "name"))
    form = BenefitForm(request.POST or None, currency=program.currency, tiers=tiers, plans=plans)
    if request.method == "POST":
        viewer.require("program.edit")
    if request.method == "POST" and form.is_valid():
        services.save_benefit(program, form.cleaned_data, viewer=viewer, now=now)
        messages.success(request, _("The benefit is saved."))
        return redirect("program:benefits")
    year = {"uses__used_at__year": now.year}
    rows = Benefit.objects.filter(program=program).annotate(
        used=Count("uses", filter=Q(**year)), cost=Sum("uses__cost_amount", filter=Q(**year))
    )
    shown = [
        (one, [tiers.get(code, code) for code in one.tiers], [plans.get(code, code) for code in one.plans])
        for one in rows.order_by("name")
    ]
    context = {
        "benefits": shown, "form": form, "program": program, "may_edit": viewer.may("program.edit"),
    }  # fmt: skip
    return render(request, "program/benefits.html", context, status=422 if form.errors else 200)


def _tiers(program: Program) -> dict[str, str]:
    """Return the tiers of the newest version, draft or not, by code: a benefit may be written before its tier holds."""
    version = RuleVersion.objects.filter(program=program).order_by("-number").first()
    steps = version.body["ladder"]["tiers"] if version else []
    return {step["code"]: step["name"] or step["code"] for step in steps}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.read")
def rewards(request: HttpRequest) -> HttpResponse:
    """Show gifts, where they lie, and the orders that wait; add a gift."""
    program, viewer, now = the_program(), viewer_of(request), timezone.now()
    form = GiftForm(request.POST or None, currency=program.currency)
    if request.method == "POST":
        viewer.require("program.edit")
    if request.method == "POST" and form.is_valid():
        services.save_gift(program, form.cleaned_data, viewer=viewer, now=now)
        messages.success(request, _("The gift is saved."))
        return redirect("program:rewards")
    gifts = Gift.objects.filter(program=program).annotate(
        on_hand=Sum("stock__on_hand"), reserved=Sum("stock__reserved"), places=Count("stock")
    )
    context: dict[str, Any] = {
        "gifts": gifts.order_by("points_price"), "form": form, "program": program, "may_edit": viewer.may("program.edit"),
        "stock_form": _stock_form(request, program, None) if viewer.may("gift.stock") else None,
    }  # fmt: skip
    if viewer.may("gift.stock"):
        context["stock"] = viewer.restrict(GiftStock.objects.filter(gift__program=program), "gift.stock").select_related(
            "gift", "store"
        )
    if viewer.may("gift.hand_out"):
        waiting = GiftOrder.objects.filter(gift__program=program, state=GiftOrder.State.RESERVED)
        context["orders"] = (
            viewer.restrict(waiting, "gift.hand_out").select_related("gift", "store", "customer").order_by("until")[:50]
        )
    return render(request, "program/rewards.html", context, status=422 if form.errors else 200)


@require_POST
@requires("gift.stock")
def count(request: HttpRequest) -> HttpResponse:
    """Say how many pieces lie in a store."""
    form = _stock_form(request, the_program(), request.POST)
    if form.is_valid():
        said = form.cleaned_data
        told(request, lambda: services.count_stock(
            said["gift"], store_id=said["store"].pk, on_hand=said["on_hand"], viewer=viewer_of(request), now=timezone.now(),
        ), _("The count is kept."))  # fmt: skip
    else:
        messages.error(request, _("Choose gift, store and number."))
    return redirect("program:rewards")


@require_POST
@requires("gift.hand_out")
def decide(request: HttpRequest, order_id: int) -> HttpResponse:
    """Hand a gift out, or cancel its order."""
    verb = services.hand_out if request.POST.get("verb") == "hand_out" else services.cancel_order
    words = _("Handed out.") if verb is services.hand_out else _("Cancelled: piece and points are free again.")
    told(request, lambda: verb(order_id, viewer=viewer_of(request), now=timezone.now()), words)
    return redirect("program:rewards")


def told(request: HttpRequest, deed: Any, words: str = "") -> None:
    """Do what was asked and say so, or say why not."""
    try:
        deed()
    except (NotFoundError, ForbiddenError):
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if words:
            messages.success(request, words)


def _stock_form(request: HttpRequest, program: Program, data: Any) -> StockForm:
    form = StockForm(data)
    form.fields["gift"].queryset = Gift.objects.filter(program=program, is_active=True).order_by("name")  # type: ignore[attr-defined] # a choice of rows
    form.fields["gift"].label_from_instance = lambda gift: gift.name  # type: ignore[attr-defined] # a choice of rows
    form.fields["store"].queryset = organization.list_stores(viewer_of(request)).order_by("name")  # type: ignore[attr-defined] # a choice of rows
    form.fields["store"].label_from_instance = lambda store: store.name  # type: ignore[attr-defined] # a choice of rows
    return form


def the_program() -> Program:
    """Return the program, or say that its rules come first."""
    try:
        return selectors.get_program()
    except NotFoundError:
        raise NotFoundError(_("There is no program yet: write its rules first.")) from None
