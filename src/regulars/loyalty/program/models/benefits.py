"""What membership gives beside points: benefits with quota, period and cost (F34), and membership that is paid for (F33)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from regulars.customers.models import Customer
from regulars.loyalty.program.models.programs import Program
from regulars.organization.models import Store


class Benefit(models.Model):
    """An entitlement of tiers and paid plans: so many uses in each period, each with what it costs the house."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", _("Discount")
        SHIPPING = "shipping", _("Free shipping")
        PRIORITY = "priority", _("Priority service")
        BIRTHDAY = "birthday", _("Birthday gift")
        TRIAL = "trial", _("Trial")
        OTHER = "other", _("Other")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        MONTH = "month", _("a month")
        YEAR = "year", _("a year")
        EVER = "ever", _("once and for all")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="benefits")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    tiers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    plans = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    strength = models.PositiveIntegerField(default=0)  # of a discount: per mille; of two of one kind the stronger counts
    quota = models.PositiveIntegerField(default=1)
    period = models.CharField(max_length=5, choices=Period.choices, default=Period.YEAR)
    cost_amount = models.BigIntegerField(default=0)  # of one use
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "code"], name="benefit_code")]


class BenefitUse(models.Model):
    """A benefit that was used, numbered within its period, so that two tills cannot both give the last one."""

    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="uses")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)  # 2026-11-20, 2026-11, 2026, ever
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    cost_amount = models.BigIntegerField()
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    used_by = models.CharField(max_length=160)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["benefit", "customer", "period", "number"], name="benefit_use_number"),
            models.UniqueConstraint(fields=["source", "key"], name="benefit_use_once"),
        ]
        indexes = [models.Index(fields=["customer", "-used_at"], name="benefit_use_of_customer")]


class PaidPlan(models.Model):
    """A membership with a price; with `renews` it may go on by itself, paid from stored value, after a notice."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="plans")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    price_amount = models.BigIntegerField()
    months = models.PositiveSmallIntegerField(default=12)
    renews = models.BooleanField(default=False)
    notice_days = models.PositiveSmallIntegerField(default=5)  # before a renewal takes money
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="paid_plan_code"),
            models.CheckConstraint(condition=Q(price_amount__gte=0, months__gt=0), name="paid_plan_has_a_price"),
        ]


class PaidPeriod(models.Model):
    """A paid stretch of membership. Renewals follow one another, each number once (P26)."""

    changeable: ClassVar[tuple[str, ...]] = (
        "customer_id", "refunded_amount", "ended_on", "refunded_at", "renews", "told_on", "closed_on",
    )  # fmt: skip

    class Tender(models.TextChoices):
        CASH = "cash", _("Cash")
        CARD = "card", _("Bank card")
        WALLET = "wallet", _("Mobile wallet")
        STORED_VALUE = "stored_value", _("Stored value")
        OTHER = "other", _("Other")

    plan = models.ForeignKey(PaidPlan, on_delete=models.PROTECT, related_name="periods")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="paid_periods")
    starts_on = models.DateField()
    ends_on = models.DateField()  # half-open
    price_amount = models.BigIntegerField()
    source = models.CharField(max_length=64)
    key = models.CharField(max_length=120)  # of the payment
    paid_at = models.DateTimeField()
    tender = models.CharField(max_length=12, choices=Tender.choices, default=Tender.OTHER)
    transfer_id = models.BigIntegerField(null=True)  # of the wallet, if stored value has paid
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    sold_by = models.CharField(max_length=160, default="")
    renews = models.BooleanField(default=False)  # the member agreed that it goes on by itself
    told_on = models.DateField(null=True)  # that it will go on and take money
    closed_on = models.DateField(null=True)  # what becomes of it after its end is settled
    ended_on = models.DateField(null=True)  # given back from this day on
    refunded_amount = models.BigIntegerField(default=0)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="paid_period_once_per_payment"),
            models.UniqueConstraint(
                fields=["plan", "customer", "starts_on"], condition=Q(ended_on=None), name="paid_period_renewed_once"
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="paid_period_has_a_length"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("price_amount")), name="paid_period_refund_fits"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "ends_on"], name="paid_period_of_customer"),
            models.Index(fields=["ends_on"], condition=Q(closed_on=None, ended_on=None), name="paid_period_running"),
        ]
