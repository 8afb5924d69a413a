"""Who a customer is, as the top and the side of the 360 page show it: name, identifiers, profile, tags, notes, files.

Contact data is masked on the page for everybody; whoever may see it asks for one value at a time, and the trail tells of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from regulars.customers import selectors
from regulars.customers.models import Customer, CustomerFile, CustomerTag, CustomField, Identifier, Note
from regulars.customers.services.writing import PROFILE
from regulars.home.customers import words
from regulars.home.customers.words import Text
from regulars.organization.access import Viewer
from regulars.ui import formatting

MASK = "••••"
NOTES_MAX = 20
FILES_MAX = 50
_ORDER = ("phone", "email", "card", "openid", "external")
_HEAD = frozenset({"kind", "name", "joined_through"})  # shown at the top of the page


@dataclass(frozen=True, slots=True)
class Known:
    """One identifier as the page shows it."""

    id: int
    label: Text
    icon: str
    hint: str
    note: str
    is_contact: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One profile field with where it came from, if it is one of the company's own."""

    label: Text
    value: Text
    source: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Everything about the person; nothing about what was bought."""

    customer: Customer
    ids: Sequence[int]
    name: str
    held: Sequence[Known]
    facts: Sequence[Fact]
    own_facts: Sequence[Fact]
    has_contact: bool
    may_show: bool
    tags: Sequence[CustomerTag]
    notes: Sequence[Note] = field(default_factory=tuple)
    files: Sequence[CustomerFile] = field(default_factory=tuple)

    @property
    def is_nameless(self) -> bool:
        return self.customer.kind == Customer.Kind.NAMELESS

    @property
    def kind(self) -> Text:
        return words.KINDS.get(self.customer.kind, self.customer.kind)


def read(viewer: Viewer, customer: Customer, *, now: datetime) -> Who:
    """Return what the viewer may see of the customer."""
    ids = selectors.same_person(customer.pk)
    masked = viewer.scope("customer.read").masked
    held = sorted(selectors.list_identifiers(ids), key=lambda it: (_ORDER.index(it.kind), it.pk))
    annotates = viewer.may("customer.annotate")
    return Who(
        customer=customer,
        ids=ids,
        name=customer.name or _nameless(held, customer),
        held=[_known(it) for it in held],
        facts=_facts(customer),
        own_facts=_own_facts(customer, masked=masked),
        has_contact=customer.sealed is not None,
        may_show=not masked,
        tags=list(selectors.list_tags(ids, now=now)),
        notes=list(selectors.list_notes(viewer, ids).order_by("-created_at", "-pk")[:NOTES_MAX]),
        files=list(CustomerFile.objects.filter(customer__in=ids, removed_at=None).order_by("-added_at", "-pk")[:FILES_MAX])
        if annotates
        else [],
    )


def _nameless(held: Sequence[Identifier], customer: Customer) -> str:
    hint = next((it.hint for it in held), str(customer.pk))
    return f"{words.KINDS[Customer.Kind.NAMELESS]} {hint}"


def _known(held: Identifier) -> Known:
    said = [held.namespace] if held.namespace else []
    said += [_("checked on %(day)s") % {"day": formatting.date(held.verified_at.date())}] if held.verified_at else []
    return Known(
        held.pk, words.IDENTIFIERS[held.kind], words.IDENTIFIER_ICONS[held.kind], held.hint, " · ".join(said),
        is_contact=held.sealed is not None,
    )  # fmt: skip


def _facts(customer: Customer) -> list[Fact]:
    facts = []
    for name in PROFILE:
        value = getattr(customer, name)
        if value and name not in _HEAD:
            facts.append(Fact(words.FIELDS[name], words.GENDERS.get(value, value) if name == "gender" else value))
    if customer.joined_on:
        through = f" · {customer.joined_through}" if customer.joined_through else ""
        facts.append(Fact(words.FIELDS["joined_on"], formatting.date(customer.joined_on) + through))
    return facts


def _own_facts(customer: Customer, *, masked: bool) -> list[Fact]:
    """Return the company's own fields, personal ones masked by role; each tells where and when it came from (F10)."""
    if not customer.custom:
        return []
    known = CustomField.objects.filter(key__in=customer.custom).order_by("label")
    return [_own_fact(each, customer.custom[each.key], masked=masked) for each in known]


def _own_fact(each: CustomField, held: dict[str, Any], *, masked: bool) -> Fact:
    value = MASK if masked and each.is_personal else _shown(each.type, held["value"])
    return Fact(each.label, value, source=str(held.get("source", "")), at=parse_datetime(str(held.get("at", ""))))


def _shown(type: str, value: Any) -> str:
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case int() | float():
            return formatting.number(value, decimals=0 if value == int(value) else 2)
        case str() if type == "date":
            return formatting.date(date.fromisoformat(value))
    return str(value)
