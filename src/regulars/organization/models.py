"""The company as a tree (head office → region → store), its staff with their grants, API keys, and the audit trail."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from regulars.core.synced import Fact, SyncedModel


class Company(models.Model):
    """The one company of this installation."""

    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64)
    country = models.CharField(max_length=2)  # ISO 3166: how a phone number without a country code is read
    settings = models.JSONField(default=dict)  # small choices of rooms, each under the room's name

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="company_is_one")]


class Region(SyncedModel):
    """A node between head office and its stores; regions nest."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")


class Store(SyncedModel):
    """A place that sells, with its own day: zone, cut-off and hours."""

    class Format(models.TextChoices):
        SUPERMARKET = "supermarket"
        CONVENIENCE = "convenience"
        DEPARTMENT = "department"
        APPAREL = "apparel"
        PHARMACY = "pharmacy"
        BEAUTY = "beauty"
        ONLINE = "online"
        OTHER = "other"

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="stores")
    format = models.CharField(max_length=16, choices=Format.choices, default=Format.OTHER)
    timezone = models.CharField(max_length=64)
    day_cutoff_minutes = models.PositiveSmallIntegerField(default=0)  # a change holds from then on, never backwards
    open_hours = models.JSONField(default=dict)  # {"mon": [["08:00", "22:00"]], …} in local time
    currency = models.CharField(max_length=3)
    address = models.CharField(max_length=300, default="")
    city = models.CharField(max_length=120, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    size_sqm = models.PositiveIntegerField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    source = models.CharField(max_length=64, default="manual")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(day_cutoff_minutes__lt=1440), name="store_cutoff_within_a_day"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
                name="store_closes_after_opening",
            ),
        ]


class PersonManager(BaseUserManager["Person"]):
    """Django's hook for making people; there is no superuser in Regulars."""

    def create_user(self, email: str, name: str = "", **fields: object) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        person.set_unusable_password()
        person.save()
        return person


class Person(AbstractBaseUser):
    """Someone who signs in: staff of head office, a region or a store."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()


class Role(models.TextChoices):
    """The columns of the rights matrix (`rights.yaml`) that a person or key can hold."""

    CASHIER_DEVICE = "pos", _("POS device")
    ASSOCIATE = "associate", _("Store associate")
    STORE_MANAGER = "store_manager", _("Store manager")
    REGION_MANAGER = "region_manager", _("Region manager")
    MARKETER = "marketer", _("Marketer")
    ANALYST = "analyst", _("Analyst")
    SUPPORT = "support", _("Support agent")
    FINANCE = "finance", _("Finance")
    PRIVACY = "privacy", _("Privacy officer")
    ADMIN = "admin", _("Administrator")
    INTEGRATION = "integration", _("Integration (read only)")


class Grant(models.Model):
    """A role that a person holds over head office (no region, no store), one region or one store."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, blank=True)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(region=None) | Q(store=None), name="grant_has_one_scope"),
            models.UniqueConstraint(fields=["person", "role", "region", "store"], nulls_distinct=False, name="grant_once"),
        ]


class SignInLink(models.Model):
    """A one-time link that signs a person in; only its hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A machine's key, bound to a role and a scope; only its hash is kept."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)  # shown in lists, so that a key can be told apart
    secret_hash = models.BinaryField(max_length=32, unique=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, blank=True)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, null=True, blank=True)
    source = models.CharField(max_length=64)  # under which this client's ids are unique (D2)
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(region=None) | Q(store=None), name="key_has_one_scope"),
        ]


class Approval(models.Model):
    """Something that one person asked for and another one decides; an approval is used once."""

    kind = models.CharField(max_length=80)  # role.give, key.create, customer.export …
    action = models.CharField(max_length=80)  # the right of the matrix that both of them need
    payload = models.JSONField()  # what exactly: an approval holds for nothing else
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_label = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="approval_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(decided_at=None, is_approved=None) | Q(decided_at__isnull=False, is_approved__isnull=False),
                name="approval_decided_whole",
            ),
            models.CheckConstraint(condition=Q(used=False) | Q(is_approved=True), name="approval_used_when_given"),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(decided_at=None), name="approval_waiting")]


class AuditEntry(Fact):
    """Who did what, when, to which object, with what before and after. Append-only by database rights."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=160)  # a label that stays readable when the person is gone
    person_id = models.BigIntegerField(null=True)  # no foreign key: the trail outlives what it tells of
    key_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=80)  # customer.updated, key.created, export.downloaded …
    object_type = models.CharField(max_length=80, default="")
    object_id = models.CharField(max_length=80, default="")
    store_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            BrinIndex(fields=["written_xid"], name="audit_written"),
        ]


class AuditSeal(Fact):
    """A batch of audit entries under one hash that includes the seal before it: a change anywhere breaks the chain.

    Sealing in batches, behind the writers, keeps every action from waiting for one shared chain.
    """

    from_xid = models.BigIntegerField(unique=True)
    to_xid = models.BigIntegerField(unique=True)  # half-open: entries with from_xid ≤ written_xid < to_xid
    entries = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_xid__gt=F("from_xid")), name="audit_seal_has_a_span"),
        ]


class SavedView(models.Model):
    """A list page as one person keeps it: filters, sort and columns under a name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "page", "name"], name="saved_view_name")]
