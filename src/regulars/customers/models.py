"""Customers and everything known of them. Contact data is sealed (D9); names are plain and searchable."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from regulars.core.synced import SyncedModel
from regulars.organization.models import Person, Store


class Customer(SyncedModel):
    """A person, household or company that buys; or a card whose holder has no name yet (F3)."""

    class Kind(models.TextChoices):
        PERSON = "person"
        HOUSEHOLD = "household"
        COMPANY = "company"
        NAMELESS = "nameless"

    class Gender(models.TextChoices):
        FEMALE = "F"
        MALE = "M"
        OTHER = "X"
        UNKNOWN = ""

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=200, default="", blank=True)
    gender = models.CharField(max_length=1, choices=Gender.choices, default=Gender.UNKNOWN, blank=True)
    age_band = models.CharField(max_length=20, default="", blank=True)
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)  # what rules may ask of the sealed birthday
    occupation = models.CharField(max_length=80, default="", blank=True)
    education = models.CharField(max_length=40, default="", blank=True)
    income_band = models.CharField(max_length=40, default="", blank=True)
    marital_status = models.CharField(max_length=20, default="", blank=True)
    household_size = models.CharField(max_length=10, default="", blank=True)
    household_structure = models.CharField(max_length=60, default="", blank=True)
    children = models.CharField(max_length=20, default="", blank=True)
    home_ownership = models.CharField(max_length=40, default="", blank=True)
    lifestyle = models.CharField(max_length=80, default="", blank=True)
    preferred_channel = models.CharField(max_length=40, default="", blank=True)
    language = models.CharField(max_length=10, default="", blank=True)
    city = models.CharField(max_length=120, default="", blank=True)
    custom = models.JSONField(default=dict, blank=True)  # key → {value, source, at, confidence}, by CustomField
    home_store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    joined_on = models.DateField(null=True)
    joined_through = models.CharField(max_length=80, default="", blank=True)  # source, campaign or associate
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    source = models.CharField(max_length=64, default="manual")
    sealed = models.BinaryField(null=True)  # JSON of address, birthday and ID number under the customer's key
    completeness = models.PositiveSmallIntegerField(default=0)  # percent of the fields that the company asks for
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="customer_not_merged_into_itself"),
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_trigram"),
            models.Index(fields=["name"], name="customer_by_name"),
            models.Index(fields=["joined_on"], name="customer_joined"),
            models.Index(fields=["merged_into"], name="customer_merged", condition=~Q(merged_into=None)),
            models.Index(fields=["written_xid"], name="customer_written"),
        ]


class CustomerKey(models.Model):
    """The wrapped data key of one customer; deleting this row makes the sealed values unreadable for ever."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="key")
    wrapped = models.BinaryField()


class Identifier(models.Model):
    """Something that a customer is recognized by, with where it came from and how sure it is (F2)."""

    class Kind(models.TextChoices):
        PHONE = "phone"
        EMAIL = "email"
        CARD = "card"
        EXTERNAL = "external"  # the id of another system, named by `namespace`
        OPENID = "openid"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    namespace = models.CharField(max_length=64, default="", blank=True)
    digest = models.BinaryField(max_length=32)  # keyed hash of the normalized value
    value = models.CharField(max_length=200, default="")  # plain for cards and external ids, empty for contact data
    sealed = models.BinaryField(null=True)  # contact data under the customer's key
    hint = models.CharField(max_length=80, default="")  # masked form for people who may not see the whole
    source = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "namespace", "digest"], condition=Q(valid_to=None), name="identifier_has_one_holder"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "email"], value="", sealed__isnull=False)
                | (~Q(kind__in=["phone", "email"]) & ~Q(value="")),
                name="identifier_contact_is_sealed",
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("value"), name="gin_trgm_ops"), name="identifier_value_trigram"),
        ]


class CustomerStore(models.Model):
    """That a customer is known in a store (bought, joined, was added there): what store scopes look at."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "customer"], name="customer_known_in_store_once")]


class CustomField(models.Model):
    """A profile field that the company added (F10)."""

    class Type(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        YES_NO = "yes_no"
        CHOICE = "choice"

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=Type.choices)
    choices = models.JSONField(default=list, blank=True)
    is_personal = models.BooleanField(default=False)  # masked, and never copied to the lake


class Tag(models.Model):
    """A word that staff, a rule or a model put on customers (F12)."""

    class Kind(models.TextChoices):
        MANUAL = "manual"
        RULE = "rule"
        MODEL = "model"

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MANUAL)
    description = models.CharField(max_length=300, default="", blank=True)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    rule_version = models.PositiveIntegerField(default=1)
    lasts_days = models.PositiveIntegerField(null=True, blank=True)


class CustomerTag(SyncedModel):
    """That a customer has a tag, since when, until when and why."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="customers")
    reason = models.CharField(max_length=300)
    rule_version = models.PositiveIntegerField(default=1)
    added_by = models.CharField(max_length=160)
    added_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=160, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "tag"], condition=Q(removed_at=None), name="customer_has_tag_once"),
        ]
        indexes = [models.Index(fields=["tag", "customer"], name="tag_customers", condition=Q(removed_at=None))]


class Note(models.Model):
    """What a colleague should know."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True)
    author = models.CharField(max_length=160)
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-created_at"], name="note_newest")]


class CustomerFile(models.Model):
    """A scan, photo or letter kept with a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=80)  # a random name below the home folder's files; sealed content
    added_by = models.CharField(max_length=160)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
