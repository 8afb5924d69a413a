"""What each receipt earned and what its returns took back: kept whole, never worked out again by newer rules.

Both outlive their receipt, which leaves when its import is undone: hence no keys of the database there.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from regulars.customers.models import Customer
from regulars.loyalty.program.models.programs import Program, RuleVersion
from regulars.sales.models import Receipt


class Earning(models.Model):
    """One receipt rated once under one version. The arrays run in step: a line's number, amount that counted, points, growth.

    Points of thresholds stand in `bonuses` (`rules.earning.BonusEarned`), by rule everything stands in `by_rule`.
    """

    append_only: ClassVar[bool] = True

    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="earnings", db_index=False, db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False)
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, db_index=False)
    transfer_id = models.BigIntegerField(null=True)  # of the wallet; null where nothing was earned
    business_date = models.DateField()
    tier = models.CharField(max_length=40, default="")  # as the till knew it
    paid_plan = models.CharField(max_length=40, default="")
    points = models.BigIntegerField()
    growth = models.BigIntegerField()
    spend_amount = models.BigIntegerField()
    line_nos = ArrayField(models.IntegerField())
    line_amounts = ArrayField(models.BigIntegerField())
    line_points = ArrayField(models.BigIntegerField())
    line_growth = ArrayField(models.BigIntegerField())
    bonuses = models.JSONField(default=list)
    by_rule = models.JSONField(default=dict)
    held = ArrayField(models.CharField(max_length=40), default=list)  # rules with a condition that held: facts change later
    earned_at = models.DateTimeField()
    note = models.CharField(max_length=300, default="")  # why a receipt was attached afterwards

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "program"], name="earning_once_per_receipt"),
            models.CheckConstraint(condition=models.Q(points__gte=0, growth__gte=0), name="earning_is_no_debt"),
        ]
        indexes = [models.Index(fields=["customer", "program", "business_date"], name="earning_of_customer")]


class TakenBack(models.Model):
    """What one return took back of one sale's earning. Where an import was undone, all that a sale had left, under the sale's
    own number, or with `undoes` and the signs turned what an undone return had taken.
    """

    append_only: ClassVar[bool] = True

    earning = models.ForeignKey(Earning, on_delete=models.PROTECT, related_name="taken_back", db_index=False)
    receipt = models.ForeignKey(  # the return
        Receipt, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    transfer_id = models.BigIntegerField(null=True)
    business_date = models.DateField()
    earned_on = models.DateField()  # the sale's business date: what tiers count is taken back there
    points = models.BigIntegerField()
    growth = models.BigIntegerField()
    spend_amount = models.BigIntegerField()
    visits = models.SmallIntegerField()  # 1 once the last piece of the sale is back
    forgiven_points = models.BigIntegerField(default=0)  # spent already, and let go by the policy
    refund_less_amount = models.BigIntegerField(default=0)  # spent already, and taken off the refund
    by_line = models.JSONField(default=dict)
    by_bonus = models.JSONField(default=dict)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["earning", "receipt"], condition=models.Q(undoes=None), name="taken_back_once_per_return"
            ),
            models.UniqueConstraint(fields=["undoes"], condition=~models.Q(undoes=None), name="taken_back_undone_once"),
            models.CheckConstraint(
                condition=~models.Q(undoes=None) | models.Q(points__gte=0, growth__gte=0), name="taken_back_gives_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["receipt"], name="taken_back_by_return"),
            models.Index(fields=["customer", "program", "earned_on"], name="taken_back_of_customer"),
        ]
