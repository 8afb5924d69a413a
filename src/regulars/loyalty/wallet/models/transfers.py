"""Transfers and their entries: what happened, never changed and never removed."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from regulars.core.synced import Fact
from regulars.loyalty.wallet.models.accounts import Account, Unit
from regulars.sales.models import Receipt


class Transfer(Fact):
    """One happening, posted once under the caller's `(source, key)`."""

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=160)
    digest = models.BinaryField(max_length=16)  # of the command: the same key must mean the same content
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()  # when it happened
    recorded_at = models.DateTimeField()  # when we learned of it
    business_date = models.DateField(null=True)
    store_id = models.BigIntegerField(null=True)  # no key of the database: every till of a store would lock the store's row
    # No key either: a receipt whose import was undone leaves, what it moved in the ledger stays.
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    rule_version = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, default="")
    why = models.JSONField(default=dict)  # what the sentence about it is made of
    actor = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="transfer_once_per_source")]
        indexes = [
            models.Index(fields=["receipt"], condition=~Q(receipt=None), name="transfer_of_receipt"),
            models.Index(fields=["at"], name="transfer_happened"),  # the ledger's pages begin at its end
            BrinIndex(fields=["written_xid"], name="transfer_written"),
            BrinIndex(fields=["recorded_at"], name="transfer_recorded"),
        ]


class Entry(Fact):
    """One side of a transfer: on an account (and there on a lot or on the debt) or, without account, on the house's side.

    The entries of a transfer add up to zero in each unit; a trigger of the migrations refuses any others.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="entries", db_constraint=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, db_constraint=False
    )
    lot = models.ForeignKey(
        "wallet.Lot", on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, db_constraint=False
    )
    house = models.CharField(max_length=12)  # `commands.House`: why value comes or goes
    amount = models.BigIntegerField()  # into the account or house: plus; out of it: minus
    undoes_id = models.BigIntegerField(null=True)  # the taking entry that this one gives back
    balance_after = models.BigIntegerField(null=True)  # the account behind this entry, as the answer to a repeat
    held_after = models.BigIntegerField(null=True)
    debt_after = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_something"),
            models.CheckConstraint(
                condition=Q(account=None, lot=None, balance_after=None) | Q(account__isnull=False, balance_after__isnull=False),
                name="entry_is_on_an_account_or_the_house",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], condition=~Q(account=None), name="entry_of_account"),
            models.Index(fields=["undoes_id"], condition=~Q(undoes_id=None), name="entry_undone"),
            models.Index(fields=["unit"], condition=Q(house="clawed_back", account__isnull=False), name="entry_clawed_back"),
            BrinIndex(fields=["written_xid"], name="entry_written"),
        ]
