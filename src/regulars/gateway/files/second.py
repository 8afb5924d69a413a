"""A second person for money that comes by file: above what one may adjust alone, nothing of the file is posted before (T-22).

For the run of balances, which asks once everything is loaded and takes it back if it must wait; the limits are those of
adjustments (`wallet.services.adjusting`). The page of the import shows who is waited for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core import money
from regulars.gateway.files import balances
from regulars.gateway.models import ImportBatch
from regulars.loyalty.wallet.services import adjusting
from regulars.organization.access import Viewer
from regulars.organization.models import Approval
from regulars.organization.services import approvals

KIND = "balances.open"
ACTION = "wallet.adjust_above_limit"


def refuse_alone(batch: ImportBatch, *, viewer: Viewer) -> str:
    """Refuse what the batch has posted, unless one person may bring it or another has approved it; return a note."""
    asked = payload_of(batch)
    if asked is None:
        return ""
    given = Approval.objects.filter(kind=KIND, asked_by_id=viewer.person_id, payload=asked, is_approved=True, used=False)
    return approvals.refuse_alone(ACTION, viewer=viewer, approval=given.first(), payload=asked)


def payload_of(batch: ImportBatch) -> dict[str, Any] | None:
    """Return what exactly a second person approves of what the batch has posted; None below the limits."""
    sums = [one for one in balances.sums_of(batch.pk, source=batch.source) if one.is_money]
    if not any(one.amount > adjusting.limit_of(one.unit) for one in sums):
        return None
    brought = {one.unit: f"{money.to_decimal(one.amount, one.currency)} {one.currency}" for one in sums}
    return {"file": batch.file_name, **brought, "import": batch.pk, "sha256": batch.file_sha256}


def ask(asked: dict[str, Any], *, viewer: Viewer, now: datetime) -> Approval:
    """Ask a second person for what a run would have posted."""
    return approvals.ask_approval(KIND, action=ACTION, payload=asked, viewer=viewer, now=now)


def asked_for(batch: ImportBatch) -> Approval | None:
    """Return the last request for a batch, decided or not."""
    rows = Approval.objects.select_related("asked_by", "decided_by").filter(kind=KIND, payload__import=batch.pk)
    return rows.order_by("-pk").first()


def may_decide(approval: Approval, viewer: Viewer) -> bool:
    """Return whether this viewer is a second person for it."""
    return approval.decided_at is None and viewer.may(ACTION) and viewer.person_id not in {None, approval.asked_by_id}
