"""Requests that wait for a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import NotFoundError
from regulars.organization import selectors, wording
from regulars.organization import services as organization
from regulars.organization.models import Approval, Person
from regulars.organization.requests import requires, viewer_of

SHOWN = 100


@require_GET
@requires("role.read")
def approvals(request: HttpRequest) -> HttpResponse:
    """Show what waits, and what was decided lately, of the rights that this viewer holds too."""
    viewer = viewer_of(request)
    mine = selectors.list_approvals(viewer)
    context = {
        "waiting": [_told(approval, viewer.person_id) for approval in mine.filter(decided_at=None).order_by("asked_at")],
        "decided": [
            _told(approval, viewer.person_id) for approval in mine.exclude(decided_at=None).order_by("-decided_at")[:SHOWN]
        ],
    }
    return render(request, "organization/approvals.html", context)


@require_POST
@requires("role.read")
def decide(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve or decline; the service refuses whoever asked."""
    viewer = viewer_of(request)
    approval = selectors.list_approvals(viewer).filter(pk=approval_id).first()
    if approval is None:
        raise NotFoundError
    approve = request.POST.get("verdict") == "approve"
    organization.decide_approval(approval, approve=approve, viewer=viewer, now=timezone.now())
    messages.success(request, _("Approved.") if approve else _("Declined."))
    return redirect("organization:approvals")


def _told(approval: Approval, person_id: int | None) -> dict[str, object]:
    payload = dict(approval.payload)
    if "person" in payload:
        payload["person"] = Person.objects.filter(pk=payload["person"]).values_list("name", flat=True).first()
    if "role" in payload:
        payload["role"] = wording.role_label(payload["role"])
    facts = [(key, value) for key, value in payload.items() if value]
    return {
        "approval": approval,
        "kind": wording.KINDS.get(approval.kind, approval.kind),
        "facts": facts,
        "is_own": approval.asked_by_id == person_id,
    }
