"""A partner of co-branded cards: its shares, and the bank cards that are its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.cards import forms
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Partner
from regulars.loyalty.cards.rules import bank_ranges
from regulars.organization.requests import requires, viewer_of

BYTES_MAX = 2_000_000
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@requires("card.edit")
def partner(request: HttpRequest, card_partner_id: int) -> HttpResponse:
    """Show a partner with its bank cards; change its shares."""
    found = _partner(card_partner_id)
    form = forms.PartnerForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        cards.save_partner(form.filled(), viewer=viewer_of(request), now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("cards:partner", card_partner_id)
    return _page(request, found, form=form)


@require_POST
@requires("card.edit")
def add_bank_ranges(request: HttpRequest, card_partner_id: int) -> HttpResponse:
    """Take in a bank's list, or show what is wrong with it."""
    found = _partner(card_partner_id)
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > BYTES_MAX:
        raise InvalidInputError(_("Choose a CSV file of at most 2 MB."), field="file")
    try:
        kept = cards.add_bank_ranges(found, _decoded(file.read()), viewer=viewer_of(request), now=timezone.now())
    except cards.BankRangesError as refused:
        return _page(request, found, form=forms.PartnerForm(instance=found), problems=refused.problems, status=422)
    told = ngettext("%(count)s range is new.", "%(count)s ranges are new.", kept.added) % {"count": kept.added}
    messages.success(request, told)
    return redirect("cards:partner", card_partner_id)


@require_POST
@requires("card.edit")
def remove_bank_range(request: HttpRequest, card_partner_id: int) -> HttpResponse:
    """Let one range go."""
    number = request.POST.get("range", "")
    if not number.isascii() or not number.isdigit():
        raise NotFoundError
    cards.remove_bank_range(_partner(card_partner_id), int(number), viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The range is removed."))
    return redirect("cards:partner", card_partner_id)


def _page(request: HttpRequest, found: Partner, *, status: int = 200, **context: object) -> HttpResponse:
    rows = [(one, *bank_ranges.written(one.first, one.last)) for one in found.bank_ranges.order_by("first")[:SHOWN]]
    context |= {"partner": found, "ranges": rows, "range_count": found.bank_ranges.count()}
    return render(request, "cards/partner.html", context, status=status)


def _partner(partner_id: int) -> Partner:
    found = Partner.objects.filter(pk=partner_id).first()
    if found is None:
        raise NotFoundError
    return found


def _decoded(content: bytes) -> str:
    """Return the text of a list: banks write UTF-8 or, in China, GB 18030."""
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError(_("This file is no text."), field="file")
