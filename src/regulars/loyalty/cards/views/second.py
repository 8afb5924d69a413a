"""Deeds that need a second person: done with an approval that was given, or asked for now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.organization import services as organization
from regulars.organization.models import Approval
from regulars.organization.requests import viewer_of

_T = TypeVar("_T")


def try_with_second(
    request: HttpRequest, kind: str, *, action: str, payload: Mapping[str, Any], deed: Callable[[Approval | None], _T]
) -> _T | None:
    """Do the deed, with the approval that was given for just this; without one ask for it and return None."""
    viewer = viewer_of(request)
    given = Approval.objects.filter(
        kind=kind, action=action, asked_by_id=viewer.person_id, payload=dict(payload), is_approved=True, used=False
    ).first()
    try:
        return deed(given)
    except organization.SecondPersonNeededError:
        organization.ask_approval(kind, action=action, payload=payload, viewer=viewer, now=timezone.now())
        messages.info(request, _("A second person has to approve this. They were asked; come back here then."))
        return None
