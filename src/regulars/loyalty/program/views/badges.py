"""Badges: what members can be proud of, how many have each, and from when on it is given."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from regulars.core.errors import NotFoundError
from regulars.loyalty.program import services
from regulars.loyalty.program.models import Badge
from regulars.loyalty.program.views.rewards import the_program
from regulars.organization.requests import requires, viewer_of
from regulars.ui.forms import Form


class BadgeForm(Form):
    """What a badge is for, and the points that come with it."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=120)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    measure = forms.ChoiceField(label=gettext_lazy("What counts"), choices=Badge.Measure.choices)
    from_value = forms.IntegerField(label=gettext_lazy("From so many on"), min_value=1, initial=10)
    points = forms.IntegerField(label=gettext_lazy("Points with it"), min_value=0, required=False)
    is_active = forms.BooleanField(label=gettext_lazy("Is given"), required=False, initial=True)


@require_GET
@requires("program.read")
def badges(request: HttpRequest) -> HttpResponse:
    """Show the badges with how many have them."""
    program = the_program()
    rows = Badge.objects.filter(program=program).annotate(held=Count("holders")).order_by("measure", "from_value")
    context = {"badges": rows, "may_edit": viewer_of(request).may("program.edit")}
    return render(request, "program/badges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def add_badge(request: HttpRequest) -> HttpResponse:
    """Write down a new badge."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.edit")
def badge(request: HttpRequest, badge_id: int) -> HttpResponse:
    """Change a badge; who has it keeps it."""
    found = Badge.objects.select_related("program").filter(pk=badge_id).first()
    if found is None:
        raise NotFoundError
    return _edit(request, found)


def _edit(request: HttpRequest, shown: Badge | None) -> HttpResponse:
    program = shown.program if shown else the_program()
    names = ("name", "code", "measure", "from_value", "points", "is_active")
    form = BadgeForm(request.POST or None, initial={name: getattr(shown, name) for name in names} if shown else {})
    form.fields["code"].disabled = shown is not None
    if request.method == "POST" and form.is_valid():
        if shown is None and Badge.objects.filter(program=program, code=form.cleaned_data["code"]).exists():
            form.add_error("code", _("Another one has this code."))
        else:
            services.save_badge(program, form.cleaned_data, viewer=viewer_of(request), now=timezone.now())
            messages.success(request, _("The badge is saved."))
            return redirect("program:badges")
    return render(request, "program/badge.html", {"form": form, "badge": shown}, status=422 if form.errors else 200)
