"""Replays of a draft over past receipts: asked for on a page, run by the worker, kept with what they showed (X2)."""

from __future__ import annotations

from django.db import models

from regulars.loyalty.program.models.programs import Program, RuleVersion


class ReplayRun(models.Model):
    """One replay, with how far it is and then its report (`services.previewing.Report`)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="replays")
    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="replays")
    body = models.JSONField()  # the draft as it was then
    months = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    part = models.FloatField(default=0)
    report = models.JSONField(null=True)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["version", "-asked_at"], name="replay_newest")]
