"""Claims on suppliers and partners: what is open, a claim for it, and the file that goes out."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core import spreadsheets
from regulars.core.business_time import TradingDay
from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Claim
from regulars.loyalty.offers.selectors import claims as selectors
from regulars.organization import audit
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = ["offer", "title", "sku", "article", "uses", "discount", "claimed"]
_SHOWN = 200


@require_GET
@requires("settlement.make")
def claims(request: HttpRequest) -> HttpResponse:
    """Show what each party owes up to yesterday, and the claims that were made."""
    yesterday = TradingDay(get_company().timezone).date_of(timezone.now()) - timedelta(days=1)
    month_end = yesterday.replace(day=1) - timedelta(days=1)
    context = {
        "open": selectors.open_claims(until=yesterday), "claims": selectors.list_claims()[:_SHOWN], "until": yesterday,
        "month_end": month_end,
    }  # fmt: skip
    return render(request, "offers/claims.html", context)


@require_POST
@requires("settlement.make")
def make_claim(request: HttpRequest) -> HttpResponse:
    """Claim from one party what is open up to a day."""
    said = request.POST
    try:
        until = parse_date(said.get("until", ""))
    except ValueError:
        until = None
    if until is None:
        raise InvalidInputError(_("This is no date."), field="until")
    party, name, currency = (said.get(key, "") for key in ("party", "name", "currency"))
    made = offers.make_claim(party, name, currency, until=until, viewer=viewer_of(request), now=timezone.now())
    words = {"amount": formatting.money(made.amount, made.currency), "name": made.name or made.party}
    messages.success(request, _("%(amount)s claimed from %(name)s. Download the file and send it.") % words)
    return redirect("offers:claims")


@require_GET
@requires("settlement.make")
def claim_file(request: HttpRequest, claim_id: int, kind: str) -> HttpResponseBase:
    """Hand out the file of a claim; the same one however often it is asked for."""
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None or kind not in {"csv", "xlsx"}:
        raise NotFoundError
    rows = selectors.file_rows(claim)
    audit.record(viewer_of(request), "claim.exported", "claim", claim.pk, now=timezone.now(), after={"rows": len(rows)})
    headers = {"Content-Disposition": f'attachment; filename="claim-{claim.pk}-{claim.until}.{kind}"'}
    if kind == "xlsx":
        return HttpResponse(spreadsheets.write_xlsx(rows, head=_HEAD), content_type=_XLSX, headers=headers)
    body = spreadsheets.write_csv(rows, head=_HEAD)
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
