"""Holds: value reserved for a sale that is not paid yet, for a limited time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from regulars.loyalty.wallet.models.accounts import Account
from regulars.loyalty.wallet.models.lots import Lot


class Hold(models.Model):
    """A reservation of lots under the caller's key, until it is captured, released or lapses."""

    class State(models.TextChoices):
        OPEN = "open"
        CAPTURED = "captured"
        RELEASED = "released"
        LAPSED = "lapsed"

    changeable: ClassVar[tuple[str, ...]] = ("account_id", "state", "ended_at", "transfer_id")

    key = models.CharField(max_length=160, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    amount = models.BigIntegerField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    transfer_id = models.BigIntegerField(null=True)  # that captured it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_is_of_something"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="hold_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(state="open"), name="hold_lapsing")]


class HoldLot(models.Model):
    """How much of which lot a hold reserves."""

    changeable: ClassVar[tuple[str, ...]] = ("lot_id",)

    pk = models.CompositePrimaryKey("hold_id", "part_no")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="lots", db_index=False)
    part_no = models.PositiveIntegerField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="holds")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="hold_lot_is_of_something")]
