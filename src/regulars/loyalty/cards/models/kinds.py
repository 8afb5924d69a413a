"""The kinds of cards a company issues: types, the numbers they run through, partners whose name they carry, top-up rules."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """A bank or shop that issues cards together with the company and bears part of what they give away (F53)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    share_bp = models.PositiveIntegerField()  # of the cost, in hundredths of a percent
    purchase_share_bp = models.PositiveIntegerField(default=0)  # of what is paid with its cards
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share_bp__lte=10_000, purchase_share_bp__lte=10_000), name="partner_share_is_a_share"
            )
        ]


class BankRange(models.Model):
    """Numbers of bank cards that a partner issues, as its list has them: leading digits, filled up to `DIGITS` (S240).

    A purchase paid with such a card is known by the leading digits that the till says; whole card numbers never come here.
    """

    DIGITS = 12  # of eight an issuer is known, of up to eleven its product; one more keeps room

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="bank_ranges")
    product = models.CharField(max_length=80, default="", blank=True)
    first = models.BigIntegerField()  # 621483 → 621483000000
    last = models.BigIntegerField()  # 621483 → 621483999999
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__gte=0, last__gte=F("first")), name="bank_range_runs_forward"),
            ExclusionConstraint(
                name="bank_ranges_apart",
                expressions=[
                    (
                        Func(F("first"), F("last"), Value("[]"), function="int8range", output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        ]


class CardType(models.Model):
    """A template: what a card of this type is for and what holds for it."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("Member card")
        POINTS = "points", _("Points card")
        STORED_VALUE = "stored_value", _("Stored-value card")
        COUNT = "count", _("Count card")

    class SpendOrder(models.TextChoices):
        BONUS_FIRST = "bonus_first", _("Bonus first")
        PRINCIPAL_FIRST = "principal_first", _("Principal first")
        IN_PROPORTION = "in_proportion", _("Both in proportion")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_named = models.BooleanField(default=False)  # issued to a person and replaceable when lost; else to the bearer
    currency = models.CharField(max_length=3, default="", blank=True)  # of stored value and prices
    face_amount = models.BigIntegerField(null=True, blank=True)  # a fixed load; null: any amount
    uses = models.PositiveIntegerField(null=True, blank=True)  # of a count card
    price_amount = models.BigIntegerField(null=True, blank=True)  # of a count card: what its uses cost together
    rule_pack = models.CharField(max_length=40, default="none")  # the law that limits it (rules/law.py)
    spend_order = models.CharField(max_length=16, choices=SpendOrder.choices, default=SpendOrder.BONUS_FIRST)
    takes_top_ups = models.BooleanField(default=False)
    has_pin = models.BooleanField(default=False)
    lasts_months = models.PositiveSmallIntegerField(null=True, blank=True)  # from activation; null: for ever
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["stored_value", "count"]) | ~Q(currency=""), name="card_type_of_value_has_currency"
            ),
            models.CheckConstraint(
                condition=~Q(kind="count") | Q(uses__gt=0, price_amount__gte=0), name="count_card_has_uses_and_price"
            ),
            models.CheckConstraint(condition=Q(face_amount=None) | Q(face_amount__gt=0), name="card_type_face_is_positive"),
        ]

    @property
    def holds_value(self) -> bool:
        return self.kind in {self.Kind.STORED_VALUE, self.Kind.COUNT}


class NumberRange(models.Model):
    """The numbers of one type: a prefix, serials from `first` to `last`, and a check digit."""

    type = models.ForeignKey(CardType, on_delete=models.PROTECT, related_name="ranges")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="ranges")
    prefix = models.CharField(max_length=12)  # a partner's range begins with its issuer number
    serial_digits = models.PositiveSmallIntegerField()
    first = models.BigIntegerField(default=1)
    last = models.BigIntegerField()
    next = models.BigIntegerField(default=1)  # the first serial that no batch has taken

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix", "serial_digits"], name="number_range_prefix_once"),
            models.CheckConstraint(
                condition=Q(first__gte=0, last__gte=F("first"), next__gte=F("first"), next__lte=F("last") + 1),
                name="number_range_in_bounds",
            ),
        ]


class TopUpRule(models.Model):
    """Pay so much, get so much bonus (P11); the company words it, `rules/top_ups.py` chooses the best one."""

    type = models.ForeignKey(CardType, on_delete=models.PROTECT, null=True, blank=True, related_name="top_up_rules")
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    pay_amount = models.BigIntegerField()
    bonus_amount = models.BigIntegerField()
    repeats = models.BooleanField(default=False)  # for each whole `pay_amount`, else once
    bonus_lasts_days = models.PositiveIntegerField(null=True, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=160, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pay_amount__gt=0, bonus_amount__gt=0), name="top_up_rule_is_positive"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="top_up_rule_ends_after_it_begins"
            ),
        ]
