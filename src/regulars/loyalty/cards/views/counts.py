"""Stock counts: begin, scan, look at the differences, let a second person approve them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.cards import forms, selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import State, StockCount
from regulars.loyalty.cards.views import places
from regulars.loyalty.cards.views.second import try_with_second
from regulars.organization.requests import requires, viewer_of

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@requires("card.stock")
def counts(request: HttpRequest) -> HttpResponse:
    """Show the counts of the viewer's places; begin one."""
    viewer = viewer_of(request)
    form = forms.CountForm(request.POST or None, own=places.own(viewer))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            begun = cards.begin_count(
                store_id=places.chosen(said["store"]), card_type=said["type"], note=said["note"], viewer=viewer,
                now=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("cards:count", begun.pk)
    rows = selectors.list_counts(viewer).order_by("-pk")[:SHOWN]
    context = {"form": form, "counts": [(each, places.name(each.store)) for each in rows]}
    return render(request, "cards/counts.html", context)


@require_GET
@requires("card.stock")
def count(request: HttpRequest, count_id: int) -> HttpResponse:
    """Show a count with its differences."""
    viewer = viewer_of(request)
    found = selectors.get_count(viewer, count_id)
    is_open = found.stage == StockCount.Stage.COUNTING
    differences = selectors.differences(found) if is_open else None
    context = {
        "count": found,
        "place": places.name(found.store),
        "is_open": is_open,
        "differences": differences,
        "missing": differences.missing_numbers[:SHOWN] if differences else [],
        "odd": [(odd, State(odd.state).label if odd.state else "") for odd in differences.odd[:SHOWN]] if differences else [],
        "form": forms.SeenForm(),
        "corrects": viewer.may("card.correct"),
    }
    return render(request, "cards/count.html", context)


@require_POST
@requires("card.stock")
def see(request: HttpRequest, count_id: int) -> HttpResponse:
    """Add numbers that were seen."""
    viewer = viewer_of(request)
    selectors.get_count(viewer, count_id)
    form = forms.SeenForm(request.POST)
    if not form.is_valid():
        raise InvalidInputError(_("Scan or write at least one number."), field="numbers")
    new = cards.see(count_id, form.cleaned_data["numbers"], viewer=viewer)
    messages.success(request, ngettext("%(count)s number added.", "%(count)s numbers added.", new) % {"count": new})
    return redirect("cards:count", count_id)


@require_POST
@requires("card.correct")
def close(request: HttpRequest, count_id: int) -> HttpResponse:
    """Close a count and correct the books, with a second person."""
    viewer = viewer_of(request)
    found = selectors.get_count(viewer, count_id, "card.correct")
    if found.stage != StockCount.Stage.COUNTING:
        raise cards.CountClosedError(_("This count is closed."))
    closed = try_with_second(
        request, "card.count", action="card.correct", payload=cards.count_asked(found),
        deed=lambda given: cards.close_count(count_id, viewer=viewer, now=timezone.now(), approval=given),
    )  # fmt: skip
    if closed:
        messages.success(request, _("The count is closed and the books are right."))
    return redirect("cards:count", count_id)
