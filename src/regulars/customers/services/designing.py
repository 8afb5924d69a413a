"""Decide which tags and which profile fields of its own the company uses (F10, F12)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, NotFoundError
from regulars.customers.models import Customer, CustomerTag, CustomField, Tag
from regulars.customers.services.errors import FieldError
from regulars.organization import audit
from regulars.organization.access import Viewer

RIGHT = "customer.design"
CHOICES_MAX = 100


class InUseError(DomainError):
    """What customers carry cannot be deleted."""

    code: ClassVar[str] = "customer.in_use"


class NameTakenError(DomainError):
    """There is one of this name already."""

    code: ClassVar[str] = "customer.name_taken"


@transaction.atomic
def save_tag(
    *, name: str, description: str = "", lasts_days: int | None = None, tag_id: int | None = None, viewer: Viewer,
    now: datetime,
) -> Tag:  # fmt: skip
    """Make a tag, or change the one with `tag_id`; customers who carry it keep it."""
    viewer.require(RIGHT)
    name = name.strip()
    if not name or len(name) > 60 or len(description) > 300 or "," in name or ";" in name:
        raise FieldError(_("Write a name of up to 60 characters, without commas."), field="name")
    if lasts_days is not None and not 0 < lasts_days <= 36_500:
        raise FieldError(_("Write a number of days, or leave it empty."), field="lasts_days")
    tag = Tag(owner_id=viewer.person_id) if tag_id is None else Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise NotFoundError
    before = {"name": tag.name, "description": tag.description, "lasts_days": tag.lasts_days} if tag.pk else None
    tag.name, tag.description, tag.lasts_days = name, description.strip(), lasts_days
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        raise NameTakenError(_("There is a tag of this name already."), field="name") from None
    after = {"name": tag.name, "description": tag.description, "lasts_days": tag.lasts_days}
    audit.record(viewer, "tag.saved", "tag", tag.pk, now=now, before=before, after=after)
    return tag


@transaction.atomic
def delete_tag(tag_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Delete a tag that nobody ever carried."""
    viewer.require(RIGHT)
    tag = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if tag is None:
        raise NotFoundError
    if CustomerTag.objects.filter(tag=tag).exists():
        raise InUseError(_("Customers carry this tag, or did. Take it off them and leave it unused."))
    audit.record(viewer, "tag.deleted", "tag", tag.pk, now=now, before={"name": tag.name})
    tag.delete()


@transaction.atomic
def save_field(
    *, label: str, type: str, choices: Sequence[str] = (), is_personal: bool = False, key: str = "",
    field_id: int | None = None, viewer: Viewer, now: datetime,
) -> CustomField:  # fmt: skip
    """Add a profile field, or change the one with `field_id`; its key and type stay, so that no value loses its sense."""
    viewer.require(RIGHT)
    field = CustomField(type=type) if field_id is None else CustomField.objects.filter(pk=field_id).first()
    if field is None:
        raise NotFoundError
    label = label.strip()
    wanted = [each.strip() for each in choices if each.strip()]
    if not label or len(label) > 80:
        raise FieldError(_("Write a name of up to 80 characters."), field="label")
    if field.type not in CustomField.Type.values or (field_id is not None and type != field.type):
        raise FieldError(_("The kind of a field cannot be changed later. Add a new one."), field="type")
    if field.type == CustomField.Type.CHOICE and not 0 < len(set(wanted)) <= CHOICES_MAX:
        raise FieldError(_("Write the answers to choose from, one a line."), field="choices")
    before = _told(field) if field.pk else None
    field.key = field.key or _key(key or label)
    field.label, field.is_personal = label, is_personal
    field.choices = list(dict.fromkeys(wanted)) if field.type == CustomField.Type.CHOICE else []
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError:
        raise NameTakenError(_("There is a field with this key already."), field="key") from None
    audit.record(viewer, "custom_field.saved", "custom_field", field.pk, now=now, before=before, after=_told(field))
    return field


@transaction.atomic
def delete_field(field_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Delete a profile field that is empty everywhere."""
    viewer.require(RIGHT)
    field = CustomField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise NotFoundError
    if Customer.objects.filter(custom__has_key=field.key).exists():
        raise InUseError(_("Customers have a value in this field. It can only be deleted while it is empty."))
    audit.record(viewer, "custom_field.deleted", "custom_field", field.pk, now=now, before=_told(field))
    field.delete()


def _key(text: str) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40]
    if not key:
        raise FieldError(_("Write a key of Latin letters, such as shoe_size."), field="key")
    return key


def _told(field: CustomField) -> dict[str, object]:
    return {
        "key": field.key, "label": field.label, "type": field.type, "choices": field.choices,
        "is_personal": field.is_personal,
    }  # fmt: skip
