"""The outbox (D10): events of services and what each subscriber still owes; and whether this installation may send."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class OutboxEvent(models.Model):
    """Something that happened, by its wire name (`receipts.recorded`)."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()


class OutboxDelivery(models.Model):
    """What one subscriber has to do about one event; done once, in the subscriber's own transaction."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="outbox_once_per_subscriber")]
        indexes = [models.Index(fields=["id"], condition=Q(done_at=None), name="outbox_waiting")]


class SendingPause(models.Model):
    """The one row that keeps a restored copy from sending."""

    reason = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="sending_pause_is_one")]
