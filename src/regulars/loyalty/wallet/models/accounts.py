"""Units and accounts: what can be owned, and who owns how much of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Unit(models.Model):
    """One kind of value; units are never added up with each other (P19)."""

    class Kind(models.TextChoices):
        POINTS = "points", _("Points")
        GROWTH = "growth", _("Growth value")
        STORED_PRINCIPAL = "stored_principal", _("Stored value, paid in")
        STORED_BONUS = "stored_bonus", _("Stored value, bonus")
        COUNT = "count", _("Uses of a count card")

    code = models.CharField(max_length=64, unique=True)  # points.<program>, stored.<CUR> …
    kind = models.CharField(max_length=16, choices=Kind.choices)
    currency = models.CharField(max_length=3, default="")  # of money; empty for what is no money
    name = models.CharField(max_length=120, default="")

    @property
    def is_money(self) -> bool:
        return self.kind in {self.Kind.STORED_PRINCIPAL, self.Kind.STORED_BONUS}


class Account(models.Model):
    """What one owner has of one unit: the sum of the account's entries, kept beside them and changed under a row lock.

    `balance` is what lies in the lots less the debt; `held` is the part of the lots that holds reserve.
    """

    changeable: ClassVar[tuple[str, ...]] = ("balance", "held", "debt", "is_frozen", "merged_into_id")

    owner_kind = models.CharField(max_length=10)
    owner_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False)
    balance = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)  # what was taken back and was no longer there (P15)
    is_frozen = models.BooleanField(default=False)
    # No key of the database: its check would lock the other account, out of the order in which accounts are locked.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged", db_constraint=False)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_kind", "owner_id", "unit"], name="account_once_per_owner_and_unit"),
            models.CheckConstraint(condition=Q(held__gte=0, debt__gte=0), name="account_counts_from_zero"),
            models.CheckConstraint(condition=Q(held__lte=F("balance") + F("debt")), name="account_holds_what_it_has"),
        ]
