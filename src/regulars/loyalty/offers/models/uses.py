"""What was reserved for a sale, and what was used: redemptions are facts, taking back is a new one."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from regulars.core.synced import Fact
from regulars.customers.models import Customer
from regulars.loyalty.offers.models.coupons import Coupon
from regulars.loyalty.offers.models.offers import Offer, OfferVersion
from regulars.organization.models import Store


class Reservation(models.Model):
    """One offer kept for one sale for a short while; counted in the limits until it is redeemed, released or stale."""

    key = models.CharField(max_length=160)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, db_index=False)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, null=True, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, db_index=False)
    is_personal = models.BooleanField(default=False)  # counted per person
    shard = models.PositiveSmallIntegerField(null=True)  # of the allowance; null: the offer is not limited
    amount = models.BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "offer", "coupon"], nulls_distinct=False, name="reservation_once"),
        ]
        indexes = [models.Index(fields=["until"], name="reservation_stale")]


class Redemption(Fact):
    """One use of an offer in one sale, or what a return or void gave back of it (negative)."""

    class Kind(models.TextChoices):
        USE = "use"
        GIVE_BACK = "give_back"

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=160)  # the sale's, or the return's own
    kind = models.CharField(max_length=9, choices=Kind.choices)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    version = models.ForeignKey(OfferVersion, on_delete=models.PROTECT, db_index=False)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, null=True, related_name="redemptions", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, db_index=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, db_index=False)
    business_date = models.DateField()
    at = models.DateTimeField()
    uses = models.SmallIntegerField()  # 1, −1, or 0 for a part
    amount = models.BigIntegerField()
    lines = models.JSONField()  # [{line, amount, funded: [[party, name, amount], …]}, …]
    use_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="given_back", db_index=False)
    is_personal = models.BooleanField(default=False)
    shard = models.PositiveSmallIntegerField(null=True)
    is_historical = models.BooleanField(default=False)  # brought from older records: not counted in limits

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "key", "offer", "coupon", "use_of"], nulls_distinct=False, name="redemption_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="use", uses=1, amount__gte=0, use_of=None)
                | Q(kind="give_back", uses__in=(0, -1), amount__lte=0, use_of__isnull=False),
                name="redemption_is_one_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "-id"], name="redemption_of_offer"),
            models.Index(fields=["coupon"], condition=~Q(coupon=None), name="redemption_of_coupon"),
            models.Index(fields=["customer", "-id"], condition=~Q(customer=None), name="redemption_of_customer"),
            models.Index(fields=["use_of"], condition=~Q(use_of=None), name="redemption_given_back"),
            BrinIndex(fields=["written_xid"], name="redemption_written"),
        ]
