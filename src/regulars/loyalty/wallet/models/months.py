"""Sums by month, kept so that finance need not wait while the whole ledger is added up: derived, and made anew at will."""

from __future__ import annotations

from django.db import models

from regulars.loyalty.wallet.models.accounts import Unit


class LiabilityMonth(models.Model):
    """What came or went in a month, of what was given in the cohort's month; `house` is empty where a price was split."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE)
    cohort = models.DateField()
    month = models.DateField()
    house = models.CharField(max_length=12)  # `commands.House`
    amount = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)  # the part that was learned of after the month had ended
    allocated_amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "cohort", "month", "house"], name="liability_month_once"),
        ]


class LiabilityMark(models.Model):
    """Up to where the sums of a unit reach: every row that a transaction before `to_xid` wrote, valued and dated like this."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE)
    to_xid = models.BigIntegerField()
    zone = models.CharField(max_length=64)
    value_milli = models.BigIntegerField()
    redeemed_permille = models.BigIntegerField()
