"""Offers and their versions."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core.synced import Fact, SyncedModel


class Offer(SyncedModel):
    """A promotion or coupon under one code. What holds is its newest version; `draft` is what somebody is writing."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")  # never published
        LIVE = "live", pgettext_lazy("an offer", "Live")  # holds on the days of its terms
        STOPPED = "stopped", _("Stopped")  # by the kill switch; can be started again
        ARCHIVED = "archived", _("Archived")

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    description = models.CharField(max_length=500, default="", blank=True)  # what customers read
    is_coupon = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    draft = models.JSONField(null=True)  # terms that are not published yet
    is_historical = models.BooleanField(default=False)  # brought from older records: shown and counted, never applied
    source = models.CharField(max_length=64, default="manual")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160, default="")
    updated_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stopped", stopped_at__isnull=False) | (~Q(state="stopped") & Q(stopped_at=None)),
                name="offer_stopped_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "code"], name="offer_by_state")]


class OfferVersion(Fact):
    """The terms of an offer from a moment on; they never change, so that each use stays explainable."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    terms = models.JSONField()  # `rules.terms`
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=160, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "number"], name="offer_version_once")]
        indexes = [BrinIndex(fields=["written_xid"], name="offer_version_written")]


class LiveStamp(models.Model):
    """The one row that tells every process when to read the live offers anew: another random number at each change."""

    number = models.BigIntegerField(default=0)  # 0: nothing was ever live

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="live_stamp_is_one")]
