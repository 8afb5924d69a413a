"""The journal of what tills have said and been answered, and which tills a key speaks for.

A receipt, its points and its coupons stand in their own rooms.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from regulars.customers.models import Customer
from regulars.organization.models import ApiKey, Store
from regulars.sales.models import Receipt


class Message(models.Model):
    """One message of a till under the till's own number. It is never deleted: a number is used once, for ever (P43, G12).

    `answer` is what was said back, byte for byte; after `services.journal.KEPT_FOR` it is emptied and the message stays
    known. A void or return whose sale has not come is parked and done in the sale's own transaction (P44).
    """

    class Kind(models.TextChoices):
        SALE = "sale"
        VOID = "void"
        RETURN = "return"
        CLOSING = "closing"

    class State(models.TextChoices):
        DONE = "done"
        PARKED = "parked"
        REFUSED = "refused"  # parked first, and impossible when its sale came

    source = models.CharField(max_length=64)  # of the key: another client's numbers are its own
    store = models.ForeignKey(Store, on_delete=models.PROTECT, db_index=False, related_name="+")
    till = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    state = models.CharField(max_length=7, choices=State.choices)
    digest = models.BinaryField(max_length=32)  # of the content: the same number must mean the same message
    sale_id = models.CharField(max_length=170, default="")  # the sale that is taken back, «store/till/number»
    content = models.JSONField(null=True)  # what a parked message or a closing says
    happened_at = models.DateTimeField()  # the till's clock
    received_at = models.DateTimeField()  # ours
    resolved_at = models.DateTimeField(null=True)  # when a parked one was done or refused
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    points_earned = models.BigIntegerField(default=0)
    points_used = models.BigIntegerField(default=0)
    is_offline = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField(null=True)
    refusal = models.CharField(max_length=80, default="")  # why a parked one was refused
    by = models.CharField(max_length=160, default="")
    key_id = models.BigIntegerField(null=True)  # which key said it: one that speaks from a second till stands out (T-25)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "store", "till", "number"], name="till_message_once"),
            models.CheckConstraint(
                condition=Q(state="parked", resolved_at=None) | ~Q(state="parked"), name="parked_message_is_unresolved"
            ),
            models.CheckConstraint(
                condition=Q(kind="sale", sale_id="")
                | Q(kind="closing", sale_id="")
                | (Q(kind__in=["void", "return"]) & ~Q(sale_id="")),
                name="message_names_its_sale",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "sale_id"], name="message_of_sale", condition=~Q(sale_id="")),
            models.Index(fields=["store", "received_at"], name="message_parked", condition=Q(state="parked")),
            models.Index(fields=["receipt"], name="message_receipt", condition=~Q(receipt=None)),
        ]


class Untold(models.Model):
    """What one session of PostgreSQL has recorded for tills and the rooms above have not been told of yet.

    Added up in the transaction of the sale, by the session's number: no two tills ever wait for the same row. The worker takes
    the rows and tells of all of them with one event (`services.telling`).
    """

    session = models.BigIntegerField(primary_key=True)  # pg_backend_pid()
    receipts = models.PositiveIntegerField()
    first_business_date = models.DateField()
    last_business_date = models.DateField()
    written_xid = models.BigIntegerField()  # of the last one


class Terminal(models.Model):
    """A till at an address for which a key has spoken (T-25)."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, db_index=False, related_name="+")
    till = models.CharField(max_length=40)
    address = models.CharField(max_length=45)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    flagged_at = models.DateTimeField(null=True)  # when it spoke while another terminal with this key spoke too

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "till", "address"], name="terminal_once_per_key")]
        indexes = [models.Index(fields=["-flagged_at"], condition=~Q(flagged_at=None), name="terminal_flagged")]
