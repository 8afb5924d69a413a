"""Paid plans: what there is to buy, how many have it and what it brings; make one, change one."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from regulars.core import money
from regulars.core.errors import NotFoundError
from regulars.loyalty.program import plan_figures, selectors, services
from regulars.loyalty.program.forms import AmountField, Priced
from regulars.loyalty.program.models import Benefit, PaidPeriod, PaidPlan, Program
from regulars.loyalty.program.views.rewards import the_program
from regulars.organization.requests import requires, viewer_of

_LENGTHS = (1, 3, 6, 12, 24)


class PlanForm(Priced):
    """What a plan costs, how long it lasts, what it gives and whether it goes on by itself."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Stays as it is; rules name it."))
    price_amount = AmountField(label=gettext_lazy("Price"))
    months = forms.TypedChoiceField(label=gettext_lazy("Months"), choices=[(str(n), n) for n in _LENGTHS], coerce=int)
    benefits = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Benefits"), queryset=Benefit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    renews = forms.BooleanField(
        label=gettext_lazy("May go on by itself"), required=False,
        help_text=gettext_lazy("For members who agree, paid from stored value on the last day. Too little: it ends."),
    )  # fmt: skip
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days of notice before it goes on"), min_value=1, max_value=60, initial=5,
        help_text=gettext_lazy("Chinese law asks for five. Who cannot be told in time is not charged."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("On sale"), required=False, initial=True)

    def __init__(self, *args: Any, program: Program, plan: PaidPlan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, currency=program.currency, **kwargs)
        benefits = cast("forms.ModelMultipleChoiceField[Benefit]", self.fields["benefits"])
        benefits.queryset = Benefit.objects.filter(program=program, is_active=True).order_by("name")
        benefits.label_from_instance = lambda obj: obj.name  # type: ignore[method-assign] # a choice of rows
        if not benefits.queryset.exists():
            benefits.help_text = gettext_lazy("There are none yet: write them down under Benefits.")
        if plan is not None:
            self.fields["code"].disabled = True
        self.taken = set() if plan else set(PaidPlan.objects.filter(program=program).values_list("code", flat=True))

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code in self.taken:
            raise forms.ValidationError(_("Another one has this code."))
        return code


@require_GET
@requires("program.read")
def plans(request: HttpRequest) -> HttpResponse:
    """Show the plans with how many have them, how many of them go on, and what was paid this year."""
    program, viewer = the_program(), viewer_of(request)
    zone = selectors.program_zone()
    today = zone.date_of(timezone.now())
    running = Q(periods__starts_on__lte=today, periods__ends_on__gt=today, periods__ended_on=None)
    rows = PaidPlan.objects.filter(program=program).annotate(
        members=Count("periods__customer", filter=running, distinct=True),
        going_on=Count("periods__customer", filter=running & Q(periods__renews=True), distinct=True),
    )
    shown = [
        (plan, list(program.benefits.filter(plans__contains=[plan.code]).order_by("name"))) for plan in rows.order_by("pk")
    ]
    context = {
        "plans": shown, "program": program, "may_edit": viewer.may("program.edit"),
        "months": plan_figures.by_month(program.pk, today=today, zone=zone.timezone),
    }  # fmt: skip
    return render(request, "program/plans.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def add_plan(request: HttpRequest) -> HttpResponse:
    """Write down a new plan."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Change a plan; what is sold already keeps its price and its days."""
    found = PaidPlan.objects.filter(pk=plan_id).first()
    if found is None:
        raise NotFoundError
    return _edit(request, found)


def _edit(request: HttpRequest, shown: PaidPlan | None) -> HttpResponse:
    program = shown.program if shown else the_program()
    initial = _initial(shown) if shown else {"months": "12"}
    form = PlanForm(request.POST or None, program=program, plan=shown, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.save_plan(program, form.cleaned_data, viewer=viewer_of(request), now=timezone.now())
        messages.success(request, _("The plan is saved."))
        return redirect("program:plans")
    sold = PaidPeriod.objects.filter(plan=shown).count() if shown else 0
    context = {"form": form, "plan": shown, "program": program, "sold": sold}
    return render(request, "program/plan.html", context, status=422 if form.errors else 200)


def _initial(shown: PaidPlan) -> dict[str, Any]:
    values = {name: getattr(shown, name) for name in ("name", "code", "months", "renews", "notice_days", "is_active")}
    values["price_amount"] = str(money.to_decimal(shown.price_amount, shown.program.currency))
    values["benefits"] = list(shown.program.benefits.filter(plans__contains=[shown.code]).values_list("pk", flat=True))
    return values
