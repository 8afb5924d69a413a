"""Freeze an owner's accounts, so that they receive and nothing can be spent; and thaw them.

For cards (a card reported lost) and for staff who suspect fraud.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.loyalty.wallet.commands import Owner
from regulars.loyalty.wallet.models import Account
from regulars.organization import audit
from regulars.organization.access import Viewer


def freeze(owner: Owner, *, reason: str, now: datetime, viewer: Viewer) -> None:
    """Stop all spending of this owner; an account opened later is frozen as well."""
    _set(owner, is_frozen=True, reason=reason, now=now, viewer=viewer)


def unfreeze(owner: Owner, *, reason: str, now: datetime, viewer: Viewer) -> None:
    """Let this owner spend again."""
    _set(owner, is_frozen=False, reason=reason, now=now, viewer=viewer)


@transaction.atomic
def _set(owner: Owner, *, is_frozen: bool, reason: str, now: datetime, viewer: Viewer) -> None:
    accounts = Account.objects.filter(owner_kind=owner.kind, owner_id=owner.id)
    ids = list(accounts.order_by("pk").select_for_update().values_list("pk", flat=True))
    if Account.objects.filter(pk__in=ids).exclude(is_frozen=is_frozen).update(is_frozen=is_frozen):
        action = "wallet.frozen" if is_frozen else "wallet.unfrozen"
        audit.record(viewer, action, str(owner.kind), owner.id, now=now, note=reason)
