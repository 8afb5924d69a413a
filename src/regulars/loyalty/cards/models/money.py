"""What was paid in, paid back and used, and what stores owe each other for it. Balances are the wallet's."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from regulars.core.synced import Fact
from regulars.loyalty.cards.models.cards import Card
from regulars.loyalty.cards.models.kinds import TopUpRule
from regulars.organization.models import Store


class TopUp(Fact):
    """Money paid in at a store, which owes it from then on, and the bonus given on it (P11)."""

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="top_ups")
    owner_kind = models.CharField(max_length=8)  # whose accounts got it: `wallet.commands.OwnerKind`
    owner_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    principal_amount = models.BigIntegerField()
    bonus_amount = models.BigIntegerField(default=0)
    uses = models.PositiveIntegerField(default=0)  # of a count card
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    tender = models.CharField(max_length=16)
    buyer = models.CharField(max_length=8)  # person or company, as the law asks
    buyer_identified = models.BooleanField(default=False)
    rule = models.ForeignKey(TopUpRule, on_delete=models.PROTECT, null=True, related_name="+")
    law = models.CharField(max_length=60)
    transfer_id = models.BigIntegerField(unique=True)  # the wallet's

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="top_up_once_per_source"),
            models.CheckConstraint(condition=Q(principal_amount__gt=0, bonus_amount__gte=0), name="top_up_is_positive"),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id"], name="top_up_of_owner"),
            models.Index(fields=["store", "-business_date"], name="top_up_of_store_day"),
            BrinIndex(fields=["written_xid"], name="top_up_written"),
        ]


class TopUpRefund(Fact):
    """A top-up paid back: unused bonus goes first, used bonus is paid for at list price (P11)."""

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    top_up = models.OneToOneField(TopUp, on_delete=models.PROTECT, related_name="refund")
    paid_out_amount = models.BigIntegerField()
    bonus_taken_amount = models.BigIntegerField()
    bonus_used_amount = models.BigIntegerField()  # the part of the bonus that the remaining principal paid for
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    reason = models.CharField(max_length=200)
    transfer_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="top_up_refund_once_per_source"),
            models.CheckConstraint(
                condition=Q(paid_out_amount__gte=0, bonus_taken_amount__gte=0, bonus_used_amount__gte=0),
                name="top_up_refund_not_negative",
            ),
        ]
        indexes = [BrinIndex(fields=["written_xid"], name="top_up_refund_written")]


class CountUse(Fact):
    """Uses taken from a count card at a store, with the revenue that falls to them."""

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="uses_taken")
    uses = models.PositiveIntegerField()
    revenue_amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    transfer_id = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="count_use_once_per_source"),
            models.CheckConstraint(condition=Q(uses__gt=0, revenue_amount__gte=0), name="count_use_is_positive"),
        ]
        indexes = [BrinIndex(fields=["written_xid"], name="count_use_written")]


class SettlementLine(Fact):
    """What the store that sold value owes the store where it was used, for one business day; later news are new lines (F46)."""

    business_date = models.DateField()
    currency = models.CharField(max_length=3)
    sold_store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", db_index=False)
    used_store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField()  # of principal; negative where a return gave value back
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sold_store=F("used_store")), name="settlement_between_two_stores"),
            models.CheckConstraint(condition=~Q(amount=0), name="settlement_of_something"),
            models.UniqueConstraint(
                fields=["business_date", "currency", "sold_store", "used_store", "settled_at"], name="settlement_line_once"
            ),
        ]
        indexes = [BrinIndex(fields=["written_xid"], name="settlement_written")]
