"""Draws: prizes with their chances, the budget and how much of it is left, what was drawn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from regulars.core import money
from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.program import selectors, services
from regulars.loyalty.program.forms import AmountField, Priced
from regulars.loyalty.program.models import Draw, DrawTurn, Prize, Program
from regulars.loyalty.program.rules.drawing import Chance, odds
from regulars.loyalty.program.views.rewards import the_program
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting
from regulars.ui.lists import Column, Filter, Listing


class DrawForm(Priced):
    """What a turn costs, how often, and how much may be given away in all."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=160)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    points_price = forms.IntegerField(label=gettext_lazy("Points for one turn"), min_value=0, initial=0)
    per_day = forms.IntegerField(label=gettext_lazy("Turns of a member a day"), min_value=1, initial=1)
    budget_amount = AmountField(
        label=gettext_lazy("Budget"), help_text=gettext_lazy("Prizes beyond it are not drawn any more.")
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), required=False)
    ends_on = forms.DateField(label=gettext_lazy("Last day"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("Members may take turns"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", _("The last day lies before the first."))
        return said


class PrizeForm(Priced):
    """One prize and its chance."""

    id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Prize"), max_length=160)
    weight = forms.IntegerField(label=gettext_lazy("Parts of the chance"), min_value=0, max_value=1_000_000, initial=1)
    points = forms.IntegerField(label=gettext_lazy("Points with it"), min_value=0, required=False)
    cost_amount = AmountField(label=gettext_lazy("Cost of one piece"), required=False)
    stock = forms.IntegerField(label=gettext_lazy("Pieces (empty: no limit)"), min_value=0, required=False)

    def values(self) -> dict[str, Any]:
        """Return the prize as it is kept."""
        said = dict(self.cleaned_data)
        said.pop("DELETE", None)
        return said | {"points": said["points"] or 0, "cost_amount": said["cost_amount"] or 0}


_Prizes = formset_factory(PrizeForm, extra=0, can_delete=True)


@require_GET
@requires("program.read")
def draws(request: HttpRequest) -> HttpResponse:
    """Show the draws with the turns taken and the budget that is left."""
    program = the_program()
    rows = Draw.objects.filter(program=program).annotate(taken=Count("turns")).order_by("-is_active", "name")
    context = {
        "draws": [(row, _percent(row)) for row in rows], "program": program,
        "may_edit": viewer_of(request).may("program.edit"), "today": selectors.program_zone().date_of(timezone.now()),
    }  # fmt: skip
    return render(request, "program/draws.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def add_draw(request: HttpRequest) -> HttpResponse:
    """Write down a new draw."""
    return _edit(request, the_program(), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.read")
def draw(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Show a draw with its results; change it."""
    found = _draw(draw_id)
    if request.method == "POST":
        viewer_of(request).require("program.edit")
    return _edit(request, found.program, found)


@require_GET
@requires("customer.list")
def turns(request: HttpRequest, draw_id: int) -> HttpResponseBase:
    """List the turns: who drew what, and by which number."""
    found, viewer = _draw(draw_id), viewer_of(request)
    rows = DrawTurn.objects.filter(draw=found).select_related("customer", "prize", "draw__program")
    stores = viewer.scope("customer.list").stores
    if stores is not None:
        rows = rows.filter(Q(customer__customerstore__store__in=stores) | Q(customer__home_store__in=stores)).distinct()
    return _TURNS.render(request, rows, template="program/turns.html", context={"draw": found})


def _edit(request: HttpRequest, program: Program, shown: Draw | None) -> HttpResponse:
    viewer, data = viewer_of(request), request.POST if request.method == "POST" else None
    adds = data is not None and "add" in data
    form = DrawForm(data, initial=_initial(shown) if shown else None, currency=program.currency)
    form.fields["code"].disabled = shown is not None
    prizes = _prizes(shown, program, _with_row(data) if data is not None and adds else data)
    if data is not None and not adds and form.is_valid() and prizes.is_valid():
        kept = [one.values() for one in prizes.forms if one not in prizes.deleted_forms]
        if saved := _saved(request, program, form, kept, is_new=shown is None):
            messages.success(request, _("The draw is saved."))
            return redirect("program:draw", saved.pk)
    faulty = data is not None and not adds and bool(form.errors or prizes.total_error_count())
    context = {
        "form": form, "prizes": prizes, "draw": shown, "program": program, "may_edit": viewer.may("program.edit"),
        "results": _results(shown) if shown else [], "percent": _percent(shown) if shown else 0,
        "sees_turns": viewer.may("customer.list"), "taken": shown.turns.count() if shown else 0,
        "left": shown.budget_amount - shown.spent_amount if shown else 0,
    }  # fmt: skip
    return render(request, "program/draw.html", context, status=422 if faulty else 200)


def _saved(
    request: HttpRequest, program: Program, form: DrawForm, prizes: list[dict[str, Any]], *, is_new: bool
) -> Draw | None:
    if is_new and Draw.objects.filter(program=program, code=form.cleaned_data["code"]).exists():
        form.add_error("code", _("Another one has this code."))
        return None
    if not any(prize["weight"] for prize in prizes):
        form.add_error(None, _("Add at least one prize with a chance; “nothing this time” may be one, too."))
        return None
    try:
        return services.save_draw(program, form.cleaned_data, prizes, viewer=viewer_of(request), now=timezone.now())
    except InvalidInputError as error:
        form.add_error("budget_amount", error.message)
        return None


def _prizes(shown: Draw | None, program: Program, data: Any) -> Any:
    rows = shown.prizes.order_by("pk") if shown else Prize.objects.none()
    initial = [
        {
            "id": row.pk, "name": row.name, "weight": row.weight, "points": row.points, "stock": row.stock,
            "cost_amount": str(money.to_decimal(row.cost_amount, program.currency)),
        }
        for row in rows
    ] or [{"weight": 1, "name": _("Nothing this time")}]  # fmt: skip
    return _Prizes(data, initial=initial, prefix="prizes", form_kwargs={"currency": program.currency})


def _with_row(data: Any) -> Any:
    more = data.copy()
    more["prizes-TOTAL_FORMS"] = int(more.get("prizes-TOTAL_FORMS", 0)) + 1
    return more


def _initial(shown: Draw) -> dict[str, Any]:
    names = ("name", "code", "points_price", "per_day", "starts_on", "ends_on", "is_active")
    budget = str(money.to_decimal(shown.budget_amount, shown.program.currency))
    return {name: getattr(shown, name) for name in names} | {"budget_amount": budget}


def _results(shown: Draw) -> list[dict[str, Any]]:
    """Return each prize with its chance as it stands now and how often it was drawn; what is gone goes to no prize."""
    prizes = list(shown.prizes.order_by("pk"))
    chances = [Chance(one.pk, one.weight, one.cost_amount, one.stock) for one in prizes]
    weights = odds(chances, shown.budget_amount - shown.spent_amount)
    total = sum(weights.values()) or 1
    drawn = dict(DrawTurn.objects.filter(draw=shown).values_list("prize_id").annotate(times=Count("pk")).order_by())
    rows: list[dict[str, Any]] = [
        {
            "prize": one, "chance": weights.get(one.pk, 0) / total, "times": drawn.get(one.pk, 0),
            "cost": drawn.get(one.pk, 0) * one.cost_amount, "is_gone": bool(one.weight) and one.pk not in weights,
        }
        for one in prizes
    ]  # fmt: skip
    if weights[0] or drawn.get(None):
        rows.append({"prize": None, "chance": weights[0] / total, "times": drawn.get(None, 0), "cost": 0, "is_gone": False})
    return rows


def _percent(shown: Draw) -> int:
    return 100 * shown.spent_amount // shown.budget_amount if shown.budget_amount else 0


def _draw(draw_id: int) -> Draw:
    found = Draw.objects.select_related("program").filter(pk=draw_id).first()
    if found is None:
        raise NotFoundError
    return found


_TURNS = Listing(
    id="draw-turns",
    sort="-turned_at",
    search=lambda rows, words: rows.filter(Q(customer__name__icontains=words) | Q(prize__name__icontains=words)),
    search_label=gettext_lazy("Find a turn by member or prize"),
    columns=[
        Column(key="at", label=gettext_lazy("When"), value=lambda row: row.turned_at, sort="turned_at", lead=True,
               show=lambda row: formatting.moment(row.turned_at)),
        Column(key="customer", label=gettext_lazy("Customer"), value=lambda row: row.customer.name or _("No name yet"),
               href=lambda row: f"/customers/{row.customer_id}/"),
        Column(key="prize", label=gettext_lazy("Prize"), value=lambda row: row.prize.name if row.prize else _("no prize")),
        Column(key="drawn", label=gettext_lazy("Number drawn"), value=lambda row: row.drawn, numeric=True,
               show=lambda row: f"{formatting.number(row.drawn)} / {formatting.number(sum(row.odds.values()))}"),
        Column(key="cost", label=gettext_lazy("Cost"), value=lambda row: row.cost_amount, numeric=True, sort="cost_amount",
               show=lambda row: formatting.money(row.cost_amount, row.draw.program.currency)),
    ],
    filters=[
        Filter(key="won", label=gettext_lazy("Result"),
               options=[("yes", gettext_lazy("with a prize")), ("no", gettext_lazy("no prize"))],
               apply=lambda rows, value: rows.filter(prize__isnull=value == "no")),
    ],
)  # fmt: skip
