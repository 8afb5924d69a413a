"""Orders to the maker: numbers reserved, codes made once as a file, cards taken in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import spreadsheets
from regulars.core.errors import DomainError, NotFoundError
from regulars.loyalty.cards import forms
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Batch, NumberRange
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.cards.views.second import try_with_second
from regulars.organization.requests import requires, viewer_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires("gift_card.print")
def batches(request: HttpRequest) -> HttpResponse:
    """Show the orders; add one."""
    viewer = viewer_of(request)
    form = forms.OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            batch = cards.order_batch(
                said["range"], quantity=said["quantity"], maker=said["maker"], viewer=viewer, now=timezone.now()
            )
        except DomainError as error:
            form.add_error(error.place.get("field"), error.message)
        else:
            messages.success(
                request,
                ngettext("%(count)s card ordered.", "%(count)s cards ordered.", batch.quantity) % {"count": batch.quantity},
            )
            return redirect("cards:batches")
    rows = Batch.objects.select_related("type", "range", "range__partner").order_by("-pk")[:200]
    context = {
        "form": form,
        "batches": [(batch, _span(batch)) for batch in rows],
        "receives": viewer.may("card.stock") and viewer.scope("card.stock").covers(None),
        "has_numbers": NumberRange.objects.exists(),
    }
    return render(request, "cards/batches.html", context)


@never_cache
@require_POST
@requires("gift_card.print")
def make(request: HttpRequest, card_batch_id: int) -> HttpResponseBase:
    """Make the codes and hand out the file for the maker, once; or ask for the second person."""
    viewer = viewer_of(request)
    _refuse_missing(card_batch_id)
    secrets = try_with_second(
        request, "card.make", action="gift_card.print", payload=cards.batch_asked(card_batch_id),
        deed=lambda given: cards.make_batch(card_batch_id, viewer=viewer, now=timezone.now(), approval=given),
    )  # fmt: skip
    if secrets is None:
        return redirect("cards:batches")
    lines = ([secret.number, secret.code, secret.pin] for secret in secrets)
    body = spreadsheets.write_csv(lines, head=["number", "code", "pin"])
    headers = {"Content-Disposition": f'attachment; filename="cards-{card_batch_id}.csv"'}
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@requires("gift_card.print")
def receive(request: HttpRequest, card_batch_id: int) -> HttpResponse:
    """Take the made cards into the central stock."""
    _refuse_missing(card_batch_id)
    count = cards.receive_batch(card_batch_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, ngettext("%(count)s card taken in.", "%(count)s cards taken in.", count) % {"count": count})
    return redirect("cards:batches")


def _span(batch: Batch) -> tuple[str, str]:
    shape = batch.range
    ends = (batch.first, batch.first + batch.quantity - 1)
    first, last = (numbers.number_of(shape.prefix, serial, serial_digits=shape.serial_digits) for serial in ends)
    return first, last


def _refuse_missing(batch_id: int) -> None:
    if not Batch.objects.filter(pk=batch_id).exists():
        raise NotFoundError
