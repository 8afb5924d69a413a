"""How much of an offer there is, and how much of it each person has had. Counted under row locks, never read and added."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from regulars.customers.models import Customer
from regulars.loyalty.offers.models.offers import Offer


class Allowance(models.Model):
    """A part of what an offer may be used or claimed; only limited offers have any.

    A large limit is cut into several parts, so that tills do not wait for each other; together they are the limit exactly.
    """

    class Purpose(models.TextChoices):
        USE = "use"
        CLAIM = "claim"

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="allowances", db_index=False)
    purpose = models.CharField(max_length=5, choices=Purpose.choices)
    shard = models.PositiveSmallIntegerField()
    uses = models.BigIntegerField(default=0)  # redeemed and reserved
    uses_max = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(default=0)  # taken off and reserved, minor units of the offer's currency
    amount_max = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "purpose", "shard"], name="allowance_once"),
            models.CheckConstraint(condition=Q(uses__gte=0, amount__gte=0), name="allowance_counts_from_zero"),
            models.CheckConstraint(condition=Q(uses_max=None) | Q(uses__lte=F("uses_max")), name="allowance_of_uses_kept"),
            models.CheckConstraint(
                condition=Q(amount_max=None) | Q(amount__lte=F("amount_max")), name="allowance_of_budget_kept"
            ),
        ]


class PersonalUse(models.Model):
    """How often one customer has used and claimed one offer that is limited per person."""

    pk = models.CompositePrimaryKey("offer_id", "customer_id")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    uses = models.IntegerField(default=0)
    claims = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(uses__gte=0, claims__gte=0), name="personal_use_counts_from_zero"),
        ]
