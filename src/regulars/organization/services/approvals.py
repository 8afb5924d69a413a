"""The second person: what the matrix marks with `2` is asked by one and approved by another (T-22, ASVS 2.3.5).

A service that needs it takes an `approval` and calls `refuse_alone` first. Whoever asks can never approve; the approval
holds for exactly what was asked, once. Where nobody else holds the right there is no second person: the act goes
through and the trail says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, ForbiddenError, NotFoundError
from regulars.organization import access, audit, selectors
from regulars.organization.access import Viewer
from regulars.organization.models import Approval, Grant, Person

Payload = Mapping[str, Any]
CarryOut = Callable[[Approval, Viewer, datetime], None]
_carry_out: dict[str, CarryOut] = {}


class SecondPersonNeededError(ForbiddenError):
    """The role allows this together with a second person only."""

    code = "approval.needed"


class OwnApprovalError(ForbiddenError):
    """Whoever asked cannot approve."""

    code = "approval.own"


class DecidedError(DomainError):
    """Somebody has decided this already."""

    code = "approval.decided"
    status_code: ClassVar[int] = 409


def carries_out(kind: str) -> Callable[[CarryOut], CarryOut]:
    """Name the function that does what was asked as soon as it is approved; it acts as the person who asked."""

    def register(function: CarryOut) -> CarryOut:
        _carry_out[kind] = function
        return function

    return register


def refuse_alone(action: str, *, viewer: Viewer, approval: Approval | None, payload: Payload) -> str:
    """Refuse unless the viewer may do this alone or brings an approval of just this; return a note for the trail."""
    scope = viewer.require(action)
    if not scope.needs_second:
        return ""
    if approval is not None:
        return _use(approval, action=action, viewer=viewer, payload=payload)
    if not others_with(action, viewer=viewer):
        return "no second person holds this right"
    raise SecondPersonNeededError(_("A second person has to approve this."))


@transaction.atomic
def ask_approval(kind: str, *, action: str, payload: Payload, viewer: Viewer, now: datetime) -> Approval:
    """Ask for a second person; asking the same again while it waits returns the same request."""
    viewer.require(action)
    approval, is_new = Approval.objects.get_or_create(
        kind=kind,
        action=action,
        payload=dict(payload),
        asked_by_id=viewer.person_id,
        decided_at=None,
        defaults={"asked_at": now, "asked_label": viewer.label},
    )
    if is_new:
        audit.record(viewer, "approval.asked", "approval", approval.pk, now=now, after={"kind": kind, **payload})
    return approval


@transaction.atomic
def decide_approval(approval: Approval, *, approve: bool, viewer: Viewer, now: datetime) -> None:
    """Approve or decline what somebody else asked; an approved act is carried out at once where that is possible."""
    viewer.require(approval.action)
    if not selectors.list_approvals(viewer).filter(pk=approval.pk).exists():
        raise NotFoundError
    if viewer.person_id is None or viewer.person_id == approval.asked_by_id:
        raise OwnApprovalError(_("Whoever asks cannot approve. A second person has to."))
    decided = Approval.objects.filter(pk=approval.pk, decided_at=None).update(
        decided_by_id=viewer.person_id, decided_at=now, is_approved=approve
    )
    if not decided:
        raise DecidedError(_("Somebody has decided this already."))
    approval.refresh_from_db()
    verdict = "approval.given" if approve else "approval.declined"
    audit.record(viewer, verdict, "approval", approval.pk, now=now, after={"kind": approval.kind, **approval.payload})
    if approve and approval.kind in _carry_out and approval.asked_by:
        _carry_out[approval.kind](approval, selectors.viewer_of_person(approval.asked_by), now)


def others_with(action: str, *, viewer: Viewer) -> bool:
    """Return whether anybody else could approve: holds the right wherever the viewer does."""
    cells = access.matrix()[action]
    others = Grant.objects.filter(role__in=cells, person__is_active=True).exclude(person_id=viewer.person_id or 0)
    everywhere = [role for role, cell in cells.items() if cell.reach is access.Reach.ALL]
    if others.filter(Q(role__in=everywhere) | Q(region=None, store=None)).exists():
        return True
    wanted = viewer.scope(action).stores
    people = Person.objects.filter(pk__in=others.values("person"))
    return wanted is not None and any(
        wanted <= (selectors.viewer_of_person(person).scope(action).stores or frozenset()) for person in people
    )


def _use(approval: Approval, *, action: str, viewer: Viewer, payload: Payload) -> str:
    fits = approval.action == action and approval.payload == dict(payload) and approval.asked_by_id == viewer.person_id
    if not fits:
        raise SecondPersonNeededError(_("This was approved for something else. Ask again."))
    used = Approval.objects.filter(pk=approval.pk, is_approved=True, used=False).update(used=True)
    if not used:
        raise SecondPersonNeededError(_("A second person has to approve this."))
    return f"approval {approval.pk}"
