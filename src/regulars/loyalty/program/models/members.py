"""Who is in a program, and the tiers they held: history rows with cause, from and until, not made up when read (P20)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from regulars.customers.models import Customer
from regulars.loyalty.program.models.programs import Program, RuleVersion
from regulars.organization.models import Store


class Membership(models.Model):
    """A customer in a program, with the tier now and what the next evaluation starts from (`rules.tiers.Standing`)."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    joined_on = models.DateField()
    joined_at = models.DateTimeField()
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")  # credited once
    associate = models.CharField(max_length=80, default="")
    channel = models.CharField(max_length=40, default="")  # till, store QR, web, app, import …
    tier = models.CharField(max_length=40, default="")
    secured = models.CharField(max_length=40, default="")  # the tier that the last period's end has left
    period_from = models.DateField()
    period_until = models.DateField()  # half-open
    fall_on = models.DateField(null=True)  # a fall that has been announced
    fall_to = models.CharField(max_length=40, default="")
    closed_on = models.DateField(null=True)  # the last business date that was evaluated
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "customer"], name="member_once_in_a_program"),
            models.CheckConstraint(condition=Q(period_until__gt=F("period_from")), name="member_period_has_a_length"),
        ]
        indexes = [
            models.Index(fields=["program", "period_until"], name="member_period_ends"),
            models.Index(fields=["program", "fall_on"], condition=~Q(fall_on=None), name="member_falls"),
        ]


class TierSpell(models.Model):
    """A tier that a member held, from when until when and why."""

    class Cause(models.TextChoices):
        JOINED = "joined"
        REACHED = "reached"
        NOT_KEPT = "not_kept"  # the period ended below the keep level, and the grace is over
        RETURNED = "returned"  # goods came back that the tier rested on, and the grace is over
        BY_HAND = "by_hand"
        LADDER = "ladder"  # the rules changed
        MERGED = "merged"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="spells")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tier_spells")
    tier = models.CharField(max_length=40)
    before = models.CharField(max_length=40, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    why = models.JSONField(default=dict)  # measure, value, threshold: the numbers behind the sentence
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "customer"], condition=Q(until=None), name="tier_now_is_one"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="tier_spell_runs_forward"),
        ]
        indexes = [models.Index(fields=["customer", "-since"], name="tier_spell_of_customer")]
