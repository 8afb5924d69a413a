"""The member's rotating code and link, what was shown of it already, and wrong guesses of codes (P40, T-3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from regulars.customers.models import Customer


class MemberPass(models.Model):
    """What a member's rotating codes and links are signed for. Ending it ends all of them."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="passes", db_index=False)
    public_id = models.BigIntegerField(unique=True)  # 63 random bits: says nothing about the member
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(ended_at=None), name="member_has_one_pass"),
        ]
        indexes = [models.Index(fields=["ended_at"], name="member_pass_ended", condition=~Q(ended_at=None))]


class PassUse(models.Model):
    """A rotating code that was used, and for what: shown again for anything else, it is refused."""

    public_id = models.BigIntegerField()
    step = models.BigIntegerField()  # which half minute
    used_for = models.CharField(max_length=200)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["public_id", "step"], name="pass_step_used_once")]
        indexes = [models.Index(fields=["used_at"], name="pass_use_oldest")]


class Guesses(models.Model):
    """How often one actor named a code that opens nothing, within the running window."""

    actor = models.CharField(max_length=120, unique=True)
    failures = models.PositiveIntegerField(default=0)
    window_began_at = models.DateTimeField()
