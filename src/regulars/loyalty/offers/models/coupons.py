"""Coupons, the batches they are made in, what happened to each, and who guessed at codes.

A code is never stored: `digest` finds a coupon, and `codes.py` can write the code again for the customer who holds it.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core.synced import Fact, SyncedModel
from regulars.customers.models import Customer
from regulars.loyalty.offers.models.offers import Offer


class CouponBatch(models.Model):
    """Coupons made at once, for printing or sending; their codes can be downloaded one time."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="batches")
    size = models.PositiveIntegerField()
    note = models.CharField(max_length=160, default="", blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160, default="")
    downloaded_at = models.DateTimeField(null=True)
    downloaded_by = models.CharField(max_length=160, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gte=1, size__lte=200_000), name="batch_size_sane")]


class Coupon(SyncedModel):
    """One coupon: whose it is, until when it lives, and whether it is free, kept for a sale, or used."""

    class State(models.TextChoices):
        READY = "ready", pgettext_lazy("a coupon", "Ready")
        RESERVED = "reserved", _("Reserved")
        USED = "used", pgettext_lazy("a coupon", "Used")
        VOID = "void", _("Void")

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="coupons", db_index=False)
    batch = models.ForeignKey(CouponBatch, on_delete=models.PROTECT, null=True, related_name="coupons")
    seed = models.BinaryField(max_length=16)  # of the code, with a key that is not in the database; anew with each gift
    digest = models.BinaryField(max_length=32, unique=True)  # keyed hash of the code
    hint = models.CharField(max_length=4, default="")  # the code's last characters
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, db_index=False)  # null: whoever has the code
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    is_shared = models.BooleanField(default=False)  # one public code for everybody: only the offer's limits count
    uses = models.PositiveIntegerField(default=0)
    uses_max = models.PositiveIntegerField(default=1)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)  # this business day of the store belongs to it
    origin = models.CharField(max_length=120, default="")  # the claim's own key: claimed twice under it, there is one coupon
    gifts = models.PositiveSmallIntegerField(default=0)
    reserved_key = models.CharField(max_length=160, default="")
    reserved_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "customer", "origin"], condition=~Q(origin=""), name="coupon_claimed_once_per_key"
            ),
            models.CheckConstraint(condition=Q(is_shared=True) | Q(uses__lte=F("uses_max")), name="coupon_used_within_limit"),
            models.CheckConstraint(condition=Q(is_shared=False) | Q(uses=0), name="coupon_shared_is_not_counted"),
            models.CheckConstraint(
                condition=Q(state="reserved", reserved_until__isnull=False) | (~Q(state="reserved") & Q(reserved_until=None)),
                name="coupon_reserved_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "valid_until"], condition=~Q(customer=None) & Q(state="ready"), name="coupon_at_hand"
            ),
            models.Index(fields=["offer", "-id"], name="coupon_of_offer"),
            models.Index(fields=["written_xid"], name="coupon_written"),
        ]


class CouponEvent(Fact):
    """Who claimed, passed on, bound or voided a coupon; uses are in `Redemption`."""

    class Kind(models.TextChoices):
        CLAIMED = "claimed", _("Claimed")
        BOUND = "bound", _("Bound to a customer")
        GIVEN = "given", _("Passed on")
        VOIDED = "voided", _("Voided")
        MOVED = "moved", _("Moved to a merged customer")

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=160, default="")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [BrinIndex(fields=["written_xid"], name="coupon_event_written")]


class OwedCoupon(models.Model):
    """A coupon that somebody has won and that could not be given yet: none was left, or the offer was not open."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="owed")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # of the claim: given in the end, it is the coupon that was won
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "key"], name="coupon_owed_once")]


class Guesses(models.Model):
    """How many wrong codes one actor (key, person, address) has tried, and until when none of theirs is looked at."""

    actor = models.CharField(max_length=160, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
