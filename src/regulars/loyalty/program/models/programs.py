"""Programs and the versions of their rules. A published version never changes: a trigger of the migrations sees to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Program(models.Model):
    """A loyalty program; its points and growth value are units of the wallet, `points.<code>` and `growth.<code>` (P19)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    graded_on = models.DateField(null=True)  # the last business date whose tiers are evaluated
    graded_at = models.DateTimeField(null=True)
    judged_xid = models.BigIntegerField(default=0)  # what was written before it has been counted for challenges

    @property
    def points_unit(self) -> str:
        return f"points.{self.code}"

    @property
    def growth_unit(self) -> str:
        return f"growth.{self.code}"


class RuleVersion(models.Model):
    """The rules of a program from one business date on; a draft until a second person has published it."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.JSONField()  # `rules.body.Body`
    note = models.CharField(max_length=300, default="", blank=True)
    effective_from = models.DateField(null=True)  # a business date
    drafted_by = models.CharField(max_length=160)
    drafted_at = models.DateTimeField()
    published_by = models.CharField(max_length=160, default="")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="rule_version_number"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(effective_from__isnull=False), name="rule_version_published_with_a_date"
            ),
        ]
        indexes = [
            models.Index(
                fields=["program", "effective_from", "number"], condition=~Q(published_at=None), name="rule_version_in_force"
            )
        ]
