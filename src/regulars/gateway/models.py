"""Imports of files: the batch, how its columns were mapped, what it changed and what it refused. And the answers that
the API keeps for callers who send a call again.
"""

from __future__ import annotations

from django.db import models

from regulars.organization.models import Person, Store


class Mapping(models.Model):
    """How the columns of a kind of file map to ours, remembered by the file's header."""

    kind = models.CharField(max_length=12)
    header_hash = models.CharField(max_length=64)
    columns = models.JSONField()  # our field → their column, or a constant
    options = models.JSONField(default=dict)  # date format, decimal sign, currency, source …
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "header_hash"], name="mapping_by_header")]


class ImportBatch(models.Model):
    """One file on its way in, from upload to done or undone."""

    class Kind(models.TextChoices):
        STORES = "stores"
        PRODUCTS = "products"
        CUSTOMERS = "customers"
        RECEIPTS = "receipts"
        RETURNS = "returns"
        BALANCES = "balances"

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKED = "checked"  # a dry run says what it would do
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    source = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    by = models.CharField(max_length=160)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.SET_NULL, null=True, related_name="+")  # the uploader's scope
    rows_total = models.BigIntegerField(null=True)
    rows_done = models.BigIntegerField(default=0)  # committed so far: where a killed import goes on
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    step = models.CharField(max_length=80, default="")  # what is being done, for the progress bar
    error_code = models.CharField(max_length=60, default="")
    error_message = models.CharField(max_length=500, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="import_newest")]


class ImportChange(models.Model):
    """What a batch did to one row of a changeable table, so that it can be undone."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=63)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)  # null: created
    after = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["batch", "id"], name="change_of_batch")]


class IdempotencyKey(models.Model):
    """What a call with an `Idempotency-Key` was answered, so that its repeat gets the same and does nothing.

    `digest` hides caller and key, `sealed` can only be opened by who knows the key: the answer may name a person.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    request_digest = models.BinaryField(max_length=32)  # the same key must mean the same request
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=80)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]
