"""The settlement between stores: positions, pairs by day, the file for the books, and what partners bear."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core import money, spreadsheets
from regulars.core.errors import InvalidInputError
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards import services as cards
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of

DAYS = 30
_HEAD = [
    "business_date", "currency", "debtor_code", "debtor", "creditor_code", "creditor", "amount",
]  # fmt: skip


@require_GET
@requires("settlement.read")
def settlement(request: HttpRequest) -> HttpResponseBase:
    """Show what stores owe each other over a period, or hand out the file."""
    viewer = viewer_of(request)
    first, last = _period(request)
    if request.GET.get("export") == "csv":
        return _file(viewer, first, last)
    positions = selectors.positions(viewer, first=first, last=last)
    context = {
        "first": first,
        "last": last,
        "positions": positions,
        "pairs": selectors.pairs(viewer, first=first, last=last)[:500],
        "moved": sum(position.net for position in positions if position.net > 0),
        "currency": positions[0].currency if positions else "",
        "partners": selectors.partner_costs(viewer, first=first, last=last),
        "settles": viewer.may("settlement.make"),
    }
    return render(request, "cards/settlement.html", context)


@require_POST
@requires("settlement.make")
def settle(request: HttpRequest) -> HttpResponse:
    """Settle up to now; each morning this happens by itself."""
    now = timezone.now()
    lines = cards.settle(until=now.date(), viewer=viewer_of(request), now=now)
    messages.success(request, _("Settled.") if lines else _("Everything was settled already."))
    return redirect("cards:settlement")


def _file(viewer: Viewer, first: date, last: date) -> HttpResponseBase:
    pairs = selectors.pairs(viewer, first=first, last=last)
    lines = (
        [
            pair.business_date, pair.currency, pair.debtor_code, pair.debtor, pair.creditor_code, pair.creditor,
            money.to_decimal(pair.amount, pair.currency),
        ]
        for pair in pairs
    )  # fmt: skip
    span = {"first": first.isoformat(), "last": last.isoformat(), "rows": len(pairs)}
    audit.record(viewer, "settlement.exported", "settlement", last, now=timezone.now(), after=span)
    headers = {"Content-Disposition": f'attachment; filename="settlement-{first}-{last}.csv"'}
    body = spreadsheets.write_csv(lines, head=_HEAD)
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _period(request: HttpRequest) -> tuple[date, date]:
    today = timezone.now().date()
    try:
        last = parse_date(request.GET.get("last", "")) or today
        first = parse_date(request.GET.get("first", "")) or last - timedelta(days=DAYS - 1)
    except ValueError:
        raise InvalidInputError(_("This is no date.")) from None
    return min(first, last), last
