"""Lots: value with its dates. What came in together is used and expires together."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from regulars.core.synced import SyncedModel
from regulars.loyalty.wallet.models.accounts import Account
from regulars.loyalty.wallet.models.transfers import Transfer


class Lot(SyncedModel):
    """One gift in an account. Only `remaining`, `held` and `moved_at` ever change; the entries tell how."""

    changeable: ClassVar[tuple[str, ...]] = ("remaining", "held", "moved_at")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots", db_index=False, db_constraint=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lots", db_index=False, db_constraint=False)
    root_transfer_id = models.BigIntegerField()  # that earned the value; another one's after a move to another account
    origin = models.CharField(max_length=80, default="")  # what made it within that transfer, such as "line:3"
    parent_id = models.BigIntegerField(null=True)  # the lot whose value and dates this one carries on
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    earned_at = models.DateTimeField()
    available_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # the first instant at which it can no longer be spent
    moved_at = models.DateTimeField()  # when its value last moved or a hold on it ended: it cannot expire before

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="lot_is_of_something"),
            models.CheckConstraint(condition=Q(held__gte=0) & Q(held__lte=F("remaining")), name="lot_holds_what_it_has"),
            models.CheckConstraint(condition=Q(remaining__lte=F("amount")), name="lot_never_grows"),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(remaining__gt=0), name="lot_of_account"),
            models.Index(fields=["expires_at"], condition=Q(remaining__gt=0) & ~Q(expires_at=None), name="lot_expiring"),
        ]
