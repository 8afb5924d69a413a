"""Seals: what the ledger's rows were when they were written, kept apart from them (G7)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from regulars.core.synced import Fact


class Seal(Fact):
    """A batch of rows of one table under one digest that includes the seal before, with a print of each row beside it."""

    table = models.CharField(max_length=64)
    from_xid = models.BigIntegerField()
    to_xid = models.BigIntegerField()  # half-open: rows with from_xid ≤ written_xid < to_xid
    rows = models.PositiveIntegerField()
    ids = models.BinaryField()  # the rows' ids in order, eight bytes each
    prints = models.BinaryField()  # the first eight bytes of each row's own digest, in the same order
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "from_xid"], name="wallet_seal_begins_once"),
            models.UniqueConstraint(fields=["table", "to_xid"], name="wallet_seal_ends_once"),
            models.CheckConstraint(condition=Q(to_xid__gt=F("from_xid")), name="wallet_seal_has_a_span"),
        ]
