"""What the operator did to keep the data: the backups made, for the system page and `regulars doctor`."""

from __future__ import annotations

from django.db import models


class Backup(models.Model):
    """A backup that was finished."""

    folder = models.CharField(max_length=1000)
    made_at = models.DateTimeField()
    files = models.PositiveIntegerField()
    total_bytes = models.BigIntegerField()
    version = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="backup_newest")]
