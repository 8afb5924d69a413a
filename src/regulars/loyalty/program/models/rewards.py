"""What points and play give: gifts with stock (F27), partners (F28), sign-in, badges and draws (F35), referral (F36)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from regulars.customers.models import Customer
from regulars.loyalty.program.models.programs import Program
from regulars.organization.models import Store
from regulars.sales.models import Receipt


class Gift(models.Model):
    """Something that points buy."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="gifts")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    points_price = models.PositiveIntegerField()
    cost_amount = models.BigIntegerField(default=0)
    per_member = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "code"], name="gift_code")]


class GiftStock(models.Model):
    """How many of a gift lie in a store, and how many of them are promised to somebody."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="stock")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "store"], name="gift_stock_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0, on_hand__gte=F("reserved")), name="gift_stock_is_there"),
        ]


class GiftOrder(models.Model):
    """A gift on its way to a member: stock and points are reserved together, and come back together."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("Waits in the store")
        HANDED_OUT = "handed_out", _("Handed out")
        CANCELLED = "cancelled", _("Cancelled")

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="gift_orders")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    points = models.PositiveIntegerField()
    source = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    ordered_at = models.DateTimeField()
    until = models.DateTimeField()  # waits so long, then comes back by itself
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=160, default="")
    transfer_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="gift_order_once"),
            models.CheckConstraint(
                condition=Q(state="reserved", decided_at=None) | (~Q(state="reserved") & Q(decided_at__isnull=False)),
                name="gift_order_decided_once",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(state="reserved"), name="gift_order_waiting"),
            models.Index(fields=["customer", "-ordered_at"], name="gift_order_of_customer"),
        ]


class Partner(models.Model):
    """An alliance: how many of our points are how many of theirs, and the points that they have paid for."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="partners")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    our_points = models.PositiveIntegerField(default=1)
    their_points = models.PositiveIntegerField(default=1)
    prepaid_points = models.BigIntegerField(default=0)  # ours that they may still give away
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="partner_code"),
            models.CheckConstraint(
                condition=Q(our_points__gt=0, their_points__gt=0, prepaid_points__gte=0), name="partner_has_a_rate"
            ),
        ]


class PartnerExchange(models.Model):
    """Points that came from a partner or went to one; the settlement file lists them."""

    append_only: ClassVar[bool] = True

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="exchanges")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    points = models.PositiveIntegerField()
    their_points = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    transfer_id = models.BigIntegerField()
    exchanged_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="partner_exchange_once")]
        indexes = [models.Index(fields=["partner", "exchanged_at"], name="partner_exchange_by_day")]


class PartnerPayment(models.Model):
    """Points that a partner has paid for, to give them away to members."""

    append_only: ClassVar[bool] = True

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="payments")
    points = models.PositiveIntegerField()
    paid_amount = models.BigIntegerField()
    key = models.CharField(max_length=120)
    paid_by = models.CharField(max_length=160)
    paid_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="partner_payment_once")]


class SignIn(models.Model):
    """A member was there on a day; how many days in a row."""

    append_only: ClassVar[bool] = True

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    streak = models.PositiveIntegerField()
    points = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "customer", "day"], name="sign_in_once_a_day")]


class Badge(models.Model):
    """Something to be proud of: reached by so many visits, sign-ins in a row or referred friends."""

    class Measure(models.TextChoices):
        VISITS = "visits", _("Visits")
        STREAK = "streak", _("Sign-ins in a row")
        REFERRALS = "referrals", _("Friends referred")
        CHALLENGE = "challenge", _("A challenge that gives it")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="badges")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    measure = models.CharField(max_length=10, choices=Measure.choices)
    from_value = models.PositiveIntegerField()
    points = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "code"], name="badge_code")]


class BadgeHeld(models.Model):
    """A member has a badge since when."""

    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="holders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="badges")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["badge", "customer"], name="badge_held_once")]


class Draw(models.Model):
    """A lottery with a budget that it never exceeds."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="draws")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    points_price = models.PositiveIntegerField(default=0)
    per_day = models.PositiveIntegerField(default=1)  # turns of one member
    budget_amount = models.BigIntegerField()
    spent_amount = models.BigIntegerField(default=0)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # the last day
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="draw_code"),
            models.CheckConstraint(condition=Q(spent_amount__lte=F("budget_amount")), name="draw_within_budget"),
        ]


class Prize(models.Model):
    """One outcome of a draw with its weight; a draw's weights together are all of its chances."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="prizes")
    name = models.CharField(max_length=160)
    weight = models.PositiveIntegerField()
    points = models.PositiveIntegerField(default=0)
    cost_amount = models.BigIntegerField(default=0)
    stock = models.PositiveIntegerField(null=True, blank=True)  # None: without end


class DrawTurn(models.Model):
    """One turn: the odds as they stood, the number that was drawn, and what it gave (logged for whoever doubts)."""

    append_only: ClassVar[bool] = True

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="turns")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    number = models.PositiveIntegerField()  # of the member's day
    key = models.CharField(max_length=120)
    odds = models.JSONField()  # prize id → weight
    drawn = models.BigIntegerField()  # 0 ≤ drawn < sum of the weights
    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, null=True)
    cost_amount = models.BigIntegerField()
    turned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "key"], name="draw_turn_once"),
            models.UniqueConstraint(fields=["draw", "customer", "day", "number"], name="draw_turn_number"),
        ]


class ReferralCode(models.Model):
    """What a member gives to friends, to be named by it when they join; it says nothing of the member."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="referral_code")
    code = models.CharField(max_length=8, unique=True)
    created_at = models.DateTimeField()


class Referral(models.Model):
    """A member brought somebody: rewarded once that person's first purchase is kept, unless signs speak against it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the first purchase to be kept")
        REWARDED = "rewarded", _("Rewarded")
        HELD_BACK = "held_back", _("Held back: looks like a ring")
        REFUSED = "refused", _("Refused")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="referrals")
    referrer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="referrals_made")
    referred = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="referrals_of")
    referred_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    signs = models.JSONField(default=list)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    decided_at = models.DateTimeField(null=True)
    rounds = models.PositiveSmallIntegerField(default=1)  # one more each time the purchase came back that it rested on

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "referred"], name="referred_once"),
            models.CheckConstraint(condition=~Q(referrer=F("referred")), name="nobody_refers_themselves"),
        ]
        indexes = [models.Index(fields=["referrer"], name="referral_of_referrer")]
