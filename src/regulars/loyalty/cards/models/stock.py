"""The papers of card stock: orders to the maker, shipments between places, and counts of what lies there (S238)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from regulars.loyalty.cards.models.kinds import CardType, NumberRange
from regulars.organization.models import Store


class Batch(models.Model):
    """An order of cards with consecutive numbers."""

    type = models.ForeignKey(CardType, on_delete=models.PROTECT, related_name="batches")
    range = models.ForeignKey(NumberRange, on_delete=models.PROTECT, related_name="batches")
    first = models.BigIntegerField()
    quantity = models.PositiveIntegerField()
    maker = models.CharField(max_length=120, default="", blank=True)
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=160)
    made_at = models.DateTimeField(null=True)  # the codes were made then, written out once, and kept as hashes
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["range", "first"], name="batch_first_number_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="batch_has_cards"),
        ]


class Shipment(models.Model):
    """Cards on their way from one place to another; no store is the central stock."""

    from_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    to_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=160)
    note = models.CharField(max_length=200, default="", blank=True)
    closed_at = models.DateTimeField(null=True)  # when the last of its cards had arrived or was given up

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_store=F("to_store")), name="shipment_goes_somewhere"),
        ]
        indexes = [models.Index(fields=["sent_at"], name="shipment_open", condition=Q(closed_at=None))]


class CardsWanted(models.Model):
    """A store asks for cards; head office or a store of its region that has some sends them."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(CardType, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)
    note = models.CharField(max_length=200, default="", blank=True)
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, null=True, related_name="wanted")
    closed_at = models.DateTimeField(null=True)  # when it was sent or withdrawn

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cards_wanted_some"),
            models.CheckConstraint(condition=Q(shipment=None) | Q(closed_at__isnull=False), name="cards_wanted_sent_closed"),
        ]
        indexes = [models.Index(fields=["asked_at"], name="cards_wanted_open", condition=Q(closed_at=None))]


class StockCount(models.Model):
    """One count of the cards at one place; its differences become movements when a second person has approved them."""

    class Stage(models.TextChoices):
        COUNTING = "counting", pgettext_lazy("card", "Counting")
        CLOSED = "closed", pgettext_lazy("card", "Closed")

    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    type = models.ForeignKey(CardType, on_delete=models.PROTECT, null=True, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.COUNTING)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=160)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=160, default="", blank=True)
    expected = models.PositiveIntegerField(null=True)  # as the books had it when the count was closed
    missing = models.PositiveIntegerField(null=True)
    found = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "type"], nulls_distinct=False, condition=Q(stage="counting"), name="stock_count_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(stage="counting", closed_at=None) | Q(stage="closed", closed_at__isnull=False),
                name="stock_count_closed_whole",
            ),
        ]


class CountedCard(models.Model):
    """A number that was seen at a count; the books may not know it."""

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="seen")
    number = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["count", "number"], name="counted_card_once")]
