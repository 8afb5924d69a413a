"""Lists as files: who may have them, when a second person has to approve, and the entry in the trail.

For every list page of this room. Up to the row limit of the installation a right to export is enough; above it the matrix may
ask for a second person, whose approval holds for exactly this list, once (T-22).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Approval
from regulars.organization.services import approvals
from regulars.ui.lists import Listing, Rows

KINDS = ("csv", "xlsx")


def asked(request: HttpRequest) -> str:
    """Return the kind of file that the address asks for, or nothing."""
    kind = request.GET.get("export", "")
    return kind if kind in KINDS else ""


def hand_out(request: HttpRequest, rows: Rows, *, listing: Listing, action: str, name: str, viewer: Viewer) -> HttpResponseBase:
    """Answer with the file, or with word that a second person was asked."""
    viewer.require(action)
    now = timezone.now()
    payload = _payload(request, listing)
    note = ""
    if _is_large(listing.narrowed(request, rows)):
        given = Approval.objects.filter(
            kind=action, action=action, asked_by_id=viewer.person_id, payload=payload, is_approved=True, used=False
        ).first()
        try:
            note = approvals.refuse_alone(action, viewer=viewer, approval=given, payload=payload)
        except approvals.SecondPersonNeededError:
            approvals.ask_approval(action, action=action, payload=payload, viewer=viewer, now=now)
            messages.info(
                request, _("A second person has to approve an export of this size. They were asked; come back here then.")
            )
            return HttpResponseRedirect(_without_export(request))
    response = listing.export(request, rows, kind=asked(request), name=name)
    audit.record(viewer, f"{name}.exported", listing.id, "", now=now, after=payload, note=note)
    return response


def _is_large(rows: Rows) -> bool:
    limit = settings.EXPORT_ROWS_WITHOUT_APPROVAL
    return bool(rows.order_by()[: limit + 1].count() > limit)


def _payload(request: HttpRequest, listing: Listing) -> dict[str, str]:
    params = request.GET.copy()
    for key in ("cursor", "export"):
        params.pop(key, None)
    return {"list": listing.id, "query": params.urlencode()[:1000]}


def _without_export(request: HttpRequest) -> str:
    params = request.GET.copy()
    params.pop("export", None)
    return f"{request.path}?{params.urlencode()}"
