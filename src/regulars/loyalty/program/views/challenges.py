"""Challenges: what members are asked to do within a time, what that gives, and how many have met each."""

from __future__ import annotations

from typing import Any

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
from regulars.loyalty.program import services
from regulars.loyalty.program.forms import CHANNELS, AmountField, NamesField, Priced
from regulars.loyalty.program.models import Badge, Challenge, Program
from regulars.loyalty.program.views.rewards import the_program
from regulars.organization.requests import requires, viewer_of

_PLAIN = (
    "name", "code", "measure", "channels", "period", "starts_on", "ends_on", "reward", "points", "coupon", "badge", "is_active",
)  # fmt: skip
_GOODS = ("categories", "brands", "skus")


class ChallengeForm(Priced):
    """What is to be done, where it counts, and what it gives."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    measure = forms.ChoiceField(label=gettext_lazy("What counts"), choices=Challenge.Measure.choices)
    target = forms.DecimalField(label=gettext_lazy("So many, or so much"), min_value=0, max_digits=12, decimal_places=2)
    from_amount = AmountField(label=gettext_lazy("A purchase counts from"), required=False)
    categories = NamesField(
        label=gettext_lazy("Categories"), required=False, help_text=gettext_lazy("None of the three: everything.")
    )
    brands = NamesField(label=gettext_lazy("Brands"), required=False)
    skus = NamesField(label=gettext_lazy("Articles (SKU)"), required=False)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Channels"), choices=CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    period = forms.ChoiceField(label=gettext_lazy("Anew"), choices=Challenge.Period.choices)
    starts_on = forms.DateField(label=gettext_lazy("First day"))
    ends_on = forms.DateField(label=gettext_lazy("Last day"))
    reward = forms.ChoiceField(label=pgettext_lazy("for a challenge", "Reward"), choices=Challenge.Reward.choices)
    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=1, required=False)
    coupon = forms.CharField(
        label=gettext_lazy("Coupon (code of the offer)"), max_length=40, required=False,
        help_text=gettext_lazy("A coupon offer with a stock to claim."),
    )  # fmt: skip
    badge = forms.ModelChoiceField(label=gettext_lazy("Badge"), queryset=Badge.objects.none(), required=False, empty_label="–")
    is_active = forms.BooleanField(label=pgettext_lazy("of a challenge", "Runs"), required=False, initial=True)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, currency=program.currency, **kwargs)
        self.currency = program.currency
        badge = self.fields["badge"]
        badge.queryset = Badge.objects.filter(program=program, measure=Badge.Measure.CHALLENGE)  # type: ignore[attr-defined] # a choice of rows
        badge.label_from_instance = lambda obj: obj.name  # type: ignore[attr-defined] # a choice of rows

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        reward = said.get("reward", "")
        if reward and not said.get(reward) and reward not in self.errors:
            self.add_error(reward, _("Say what the reward is."))
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", _("The last day comes before the first."))
        if said.get("target") is not None and self.counted(said) < 1:
            self.add_error("target", _("Ask for something."))
        return said

    def counted(self, said: dict[str, Any]) -> int:
        """Return the target as it is counted: minor units, or pieces and purchases."""
        scale = 10 ** money.minor_digits(self.currency) if said.get("measure") == Challenge.Measure.AMOUNT else 1
        return int(said["target"] * scale)

    def values(self) -> dict[str, Any]:
        """Return what the service keeps."""
        said = self.cleaned_data
        goods = {name: said[name] for name in _GOODS if said[name]}
        return {name: said[name] for name in _PLAIN} | {
            "target": self.counted(said), "from_amount": said["from_amount"] or 0, "goods": goods,
            "points": said["points"] or 0, "coupon": said["coupon"].strip().upper(),
        }  # fmt: skip


@require_GET
@requires("program.read")
def challenges(request: HttpRequest) -> HttpResponse:
    """Show the challenges with how often each was met."""
    program = the_program()
    rows = Challenge.objects.select_related("badge").filter(program=program).order_by("-ends_on", "name")
    context = {
        "challenges": rows.annotate(times_met=Count("met", filter=Q(met__is_met=True))), "program": program,
        "may_edit": viewer_of(request).may("program.edit"),
    }  # fmt: skip
    return render(request, "program/challenges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def add_challenge(request: HttpRequest) -> HttpResponse:
    """Write down a new challenge."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def challenge(request: HttpRequest, challenge_id: int) -> HttpResponse:
    """Change a challenge; who has met it before keeps the reward until their own purchases change."""
    found = Challenge.objects.select_related("program").filter(pk=challenge_id).first()
    if found is None:
        raise NotFoundError
    return _edit(request, found)


def _edit(request: HttpRequest, shown: Challenge | None) -> HttpResponse:
    program = shown.program if shown else the_program()
    form = ChallengeForm(request.POST or None, program=program, initial=_initial(shown) if shown else {})
    form.fields["code"].disabled = shown is not None
    if request.method == "POST" and form.is_valid():
        if shown is None and Challenge.objects.filter(program=program, code=form.cleaned_data["code"]).exists():
            form.add_error("code", _("Another one has this code."))
        else:
            services.save_challenge(program, form.values(), viewer=viewer_of(request), now=timezone.now())
            messages.success(request, _("The challenge is saved."))
            return redirect("program:challenges")
    return render(request, "program/challenge.html", {"form": form, "challenge": shown}, status=422 if form.errors else 200)


def _initial(shown: Challenge) -> dict[str, Any]:
    currency = shown.program.currency
    is_amount = shown.measure == Challenge.Measure.AMOUNT
    return {name: getattr(shown, name) for name in _PLAIN} | {
        "target": money.to_decimal(shown.target, currency) if is_amount else shown.target,
        "from_amount": str(money.to_decimal(shown.from_amount, currency)) if shown.from_amount else "",
        "points": shown.points or None, "badge": shown.badge_id,
        **{name: "; ".join(shown.goods.get(name, ())) for name in _GOODS},
    }  # fmt: skip
