"""Something to do so many times within a period, and what that gives (F35): «buy coffee five times this month»."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers.models import Customer
from regulars.loyalty.program.models.programs import Program
from regulars.loyalty.program.models.rewards import Badge


class Challenge(models.Model):
    """What members are asked to do. How far each one is stands nowhere: it is counted from receipts and their returns."""

    class Measure(models.TextChoices):
        PURCHASES = "purchases", _("Purchases")
        PIECES = "pieces", _("Pieces")
        AMOUNT = "amount", _("Amount paid")

    class Period(models.TextChoices):
        ONCE = "once", _("from the first to the last day")
        WEEK = "week", _("each week")
        MONTH = "month", _("each month")

    class Reward(models.TextChoices):
        POINTS = "points", pgettext_lazy("of a reward", "Points")
        COUPON = "coupon", _("A coupon")
        BADGE = "badge", _("A badge")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="challenges")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    measure = models.CharField(max_length=9, choices=Measure.choices, default=Measure.PURCHASES)
    target = models.PositiveBigIntegerField()  # of an amount: minor units
    from_amount = models.PositiveBigIntegerField(default=0)  # a purchase counts from so much of the goods on
    goods = models.JSONField(default=dict, blank=True)  # `rules.body.Goods`; empty: everything
    channels = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    period = models.CharField(max_length=5, choices=Period.choices, default=Period.ONCE)
    starts_on = models.DateField()
    ends_on = models.DateField()  # this business day belongs to it
    reward = models.CharField(max_length=6, choices=Reward.choices, default=Reward.POINTS)
    points = models.PositiveIntegerField(default=0)
    coupon = models.CharField(max_length=40, default="", blank=True)  # the code of a coupon offer
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="challenge_code"),
            models.CheckConstraint(condition=Q(target__gt=0, ends_on__gte=F("starts_on")), name="challenge_can_be_met"),
            models.CheckConstraint(
                condition=Q(reward="points", points__gt=0)
                | (Q(reward="coupon") & ~Q(coupon=""))
                | Q(reward="badge", badge__isnull=False),
                name="challenge_has_a_reward",
            ),
        ]


class ChallengeMet(models.Model):
    """A member has met a challenge in one of its periods; goods that come back may undo it, and new ones meet it again."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="met")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="challenges_met")
    period_from = models.DateField()
    rounds = models.PositiveSmallIntegerField(default=1)  # how often it was met: each round has its own reward
    is_met = models.BooleanField(default=True)
    transfer_id = models.BigIntegerField(null=True)  # of the points
    at = models.DateTimeField()  # of the last change

    class Meta:
        constraints = [models.UniqueConstraint(fields=["challenge", "customer", "period_from"], name="challenge_met_once")]
        indexes = [models.Index(fields=["customer"], name="challenge_met_of_customer")]
