"""Correct a balance by hand: with a reason, within a limit alone, above it with a second person (P18).

An adjustment is a transfer of its own kind and cannot be edited. What somebody adjusts in one account within a day counts
together, so that a large sum cannot be split into small ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind, Posted, Take
from regulars.loyalty.wallet.errors import AdjustmentReasonError
from regulars.loyalty.wallet.models import Entry
from regulars.loyalty.wallet.services.posting import post
from regulars.loyalty.wallet.wording import REASONS
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Approval, Company
from regulars.organization.services import approvals

KIND = "adjust"
_WINDOW = timedelta(hours=24)
_LIMIT = 1_000  # points, or minor units of money; Company.settings["wallet"]["adjust_limits"] says otherwise by unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What to change: plus gives, minus takes. `key` is made where it is asked, so that a second click changes nothing."""

    owner: Owner
    unit: str
    amount: int
    reason: str  # a code of `wording.REASONS`
    key: str
    note: str = ""
    store_id: int | None = None
    expires_at: datetime | None = None

    def as_payload(self) -> dict[str, Any]:
        """Return what exactly a second person approves."""
        return {
            "owner_kind": str(self.owner.kind),
            "owner_id": self.owner.id,
            "unit": self.unit,
            "amount": self.amount,
            "reason": self.reason,
            "note": self.note,
            "key": self.key,
            "store_id": self.store_id,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
        }


@transaction.atomic
def adjust(asked: Adjustment, *, now: datetime, viewer: Viewer, approval: Approval | None = None) -> Posted:
    """Post the adjustment, or refuse: without the right, without a reason, or alone above the limit."""
    if asked.reason not in REASONS or (asked.reason == "other" and not asked.note.strip()):
        raise AdjustmentReasonError(_("Choose a reason; for “other”, say in a note what happened."), field="reason")
    note = ""
    viewer.require("wallet.adjust", store_id=asked.store_id)
    if _adjusted_lately(asked.owner, asked.unit, now) + abs(asked.amount) > limit_of(asked.unit):
        viewer.require("wallet.adjust_above_limit", store_id=asked.store_id)
        note = approvals.refuse_alone("wallet.adjust_above_limit", viewer=viewer, approval=approval, payload=asked.as_payload())
    answer = post([_command(asked, now)], now=now, viewer=viewer)[0]
    if not answer.repeated:
        audit.record(
            viewer, "wallet.adjusted", str(asked.owner.kind), asked.owner.id, now=now, store_id=asked.store_id,
            after={"unit": asked.unit, "amount": asked.amount, "reason": asked.reason, "transfer": answer.transfer_id},
            note=note or asked.note,
        )  # fmt: skip
    return answer


def ask_second(asked: Adjustment, *, now: datetime, viewer: Viewer) -> Approval:
    """Ask a second person for an adjustment above the limit."""
    return approvals.ask_approval(
        "wallet.adjust", action="wallet.adjust_above_limit", payload=asked.as_payload(), viewer=viewer, now=now
    )


def limit_of(unit: str) -> int:
    """Return up to how much somebody may adjust alone."""
    company = Company.objects.first()
    limits = (company.settings if company else {}).get("wallet", {}).get("adjust_limits", {})
    return int(limits.get(unit, limits.get("default", _LIMIT)))


@approvals.carries_out("wallet.adjust")
def _carry_out(approval: Approval, asker: Viewer, now: datetime) -> None:
    adjust(_from_payload(approval.payload), now=now, viewer=asker, approval=approval)


def _from_payload(payload: dict[str, Any]) -> Adjustment:
    expires_at = payload["expires_at"]
    return Adjustment(
        owner=Owner(OwnerKind(payload["owner_kind"]), payload["owner_id"]),
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        **{name: payload[name] for name in ("unit", "amount", "reason", "note", "key", "store_id")},
    )


def _command(asked: Adjustment, now: datetime) -> Command:
    values: dict[str, Any] = {"owner": asked.owner, "unit": asked.unit, "amount": abs(asked.amount), "house": House.ADJUSTED}
    part = Take(**values) if asked.amount < 0 else Give(**values, expires_at=asked.expires_at)
    return Command(
        source="adjustment", key=asked.key, kind=KIND, at=now, parts=(part,), store_id=asked.store_id, reason=asked.reason,
        why={"note": asked.note} if asked.note else {},
    )  # fmt: skip


def _adjusted_lately(owner: Owner, unit: str, now: datetime) -> int:
    found = Entry.objects.filter(
        account__owner_kind=owner.kind, account__owner_id=owner.id, account__unit__code=unit,
        transfer__kind=KIND, transfer__recorded_at__gt=now - _WINDOW,
    ).aggregate(total=Sum(Abs("amount")))  # fmt: skip
    return int(found["total"] or 0)
