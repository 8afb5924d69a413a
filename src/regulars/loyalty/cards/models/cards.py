"""A card and everything that ever happened to it. The card says how it stands, its movements say how it came to that."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from regulars.core.synced import Fact
from regulars.customers.models import Customer
from regulars.loyalty.cards.models.kinds import CardType
from regulars.loyalty.cards.models.stock import Batch, Shipment, StockCount
from regulars.organization.models import Store


class State(models.TextChoices):
    """How a card stands. Up to `in_stock` it is goods without value; `replaced` and `void` are final."""

    ORDERED = "ordered", pgettext_lazy("card", "Ordered")
    MADE = "made", pgettext_lazy("card", "Made")
    RECEIVED = "received", pgettext_lazy("card", "In central stock")
    IN_TRANSIT = "in_transit", pgettext_lazy("card", "In transit")
    IN_STOCK = "in_stock", pgettext_lazy("card", "In store stock")
    SOLD = "sold", pgettext_lazy("card", "Sold, not active yet")
    ACTIVE = "active", pgettext_lazy("card", "Active")
    FROZEN = "frozen", pgettext_lazy("card", "Frozen")
    LOST = "lost", pgettext_lazy("card", "Reported lost")
    REPLACED = "replaced", pgettext_lazy("card", "Replaced")
    VOID = "void", pgettext_lazy("card", "Void")


UNSOLD = (State.ORDERED, State.MADE, State.RECEIVED, State.IN_TRANSIT, State.IN_STOCK)


class Card(models.Model):
    """One medium. The number is printed and public; the code inside opens value, and only its keyed hash is kept (T-34)."""

    type = models.ForeignKey(CardType, on_delete=models.PROTECT, related_name="cards", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="cards")
    number = models.CharField(max_length=32, unique=True)
    code_digest = models.BinaryField(max_length=32, null=True, unique=True)
    pin_digest = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="cards", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="cards", db_index=False)
    # Whose accounts a bearer card opens: its own, or those of the card that it replaces.
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    replaced_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaces")
    sold_by = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    law = models.CharField(max_length=60, default="", blank=True)  # pack and date under which it was sold (P10)
    activated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[*UNSOLD]) | Q(customer=None, activated_at=None, sold_by=None, root=None),
                name="card_unsold_belongs_to_nobody",
            ),
            models.CheckConstraint(condition=~Q(state="active") | Q(activated_at__isnull=False), name="card_active_since"),
            models.CheckConstraint(condition=Q(state="in_transit") | Q(shipment=None), name="card_in_shipment_is_in_transit"),
            models.CheckConstraint(condition=~Q(state="in_stock") | Q(store__isnull=False), name="card_in_stock_is_somewhere"),
            models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="card_not_replaced_by_itself"),
        ]
        indexes = [
            models.Index(fields=["state", "store", "type"], name="card_stock"),
            models.Index(fields=["customer"], name="card_of_customer", condition=~Q(customer=None)),
            models.Index(fields=["shipment"], name="card_of_shipment", condition=~Q(shipment=None)),
            models.Index(fields=["root"], name="card_of_root", condition=~Q(root=None)),
        ]


class Movement(Fact):
    """One step of one card: from where to where, when, by whom, on which paper."""

    class Act(models.TextChoices):
        ORDER = "order", pgettext_lazy("card", "Ordered")
        MAKE = "make", pgettext_lazy("card", "Made")
        RECEIVE = "receive", pgettext_lazy("card", "Received from the maker")
        SEND = "send", pgettext_lazy("card", "Sent")
        ARRIVE = "arrive", pgettext_lazy("card", "Arrived")
        SELL = "sell", pgettext_lazy("card", "Sold")
        ACTIVATE = "activate", pgettext_lazy("card", "Activated")
        FREEZE = "freeze", pgettext_lazy("card", "Frozen")
        THAW = "thaw", pgettext_lazy("card", "Released")
        LOSE = "lose", pgettext_lazy("card", "Reported lost")
        FIND = "find", pgettext_lazy("card", "Found again")
        REPLACE = "replace", pgettext_lazy("card", "Replaced")
        RENAME = "rename", pgettext_lazy("card", "Holder changed")
        RENEW = "renew", pgettext_lazy("card", "Term renewed")
        COUNT_MISSING = "count_missing", pgettext_lazy("card", "Missing at the count")
        COUNT_FOUND = "count_found", pgettext_lazy("card", "Found at the count")
        VOID = "void", pgettext_lazy("card", "Voided")

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="movements", db_index=False)
    act = models.CharField(max_length=14, choices=Act.choices)
    from_state = models.CharField(max_length=10, choices=State.choices, default="", blank=True)
    to_state = models.CharField(max_length=10, choices=State.choices)
    from_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    stock_count = models.ForeignKey(StockCount, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)
    source = models.CharField(max_length=64, default="", blank=True)  # with `key`: the caller's own id, asked once (D2)
    key = models.CharField(max_length=120, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], condition=~Q(key=""), name="card_movement_once_per_source"),
        ]
        indexes = [
            models.Index(fields=["card", "id"], name="card_history"),
            models.Index(fields=["-at", "-id"], name="card_movement_newest"),
            BrinIndex(fields=["written_xid"], name="card_movement_written"),
        ]
