"""What suppliers and partners owe for discounts that they bear: files of claims, and which uses stand in them (F52, F75)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from regulars.loyalty.offers.models.uses import Redemption


class Claim(models.Model):
    """One file for one party: the discounts of a period that it bears, and what returns gave back of them."""

    append_only: ClassVar[bool] = True

    party = models.CharField(max_length=8)  # supplier or partner
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    since = models.DateField()  # business dates, both ends included
    until = models.DateField()
    uses = models.PositiveIntegerField()
    amount = models.BigIntegerField()  # of all its lines
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="claim_period_has_a_length")]
        indexes = [models.Index(fields=["-id"], name="claim_newest")]


class ClaimedUse(models.Model):
    """A use, or what was given back of one, that stands in a claim: of each party it is claimed once."""

    append_only: ClassVar[bool] = True

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="claimed", db_index=False)
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    amount = models.BigIntegerField()  # the party's share of all its lines

    class Meta:
        constraints = [models.UniqueConstraint(fields=["redemption", "party", "name"], name="claimed_once")]
        indexes = [models.Index(fields=["claim", "redemption"], name="claimed_by_claim")]
