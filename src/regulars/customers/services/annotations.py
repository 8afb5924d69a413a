"""Tags and notes of one customer: what colleagues should know, with who said it, why and until when (F12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, NotFoundError
from regulars.customers import rules, selectors
from regulars.customers.models import CustomerTag, Note, Tag
from regulars.customers.services.errors import FieldError
from regulars.organization import audit
from regulars.organization.access import Viewer

RIGHT = "customer.annotate"


class NotByHandError(DomainError):
    """A rule or a model gives and takes this tag; people cannot."""

    code: ClassVar[str] = "tag.not_by_hand"


@transaction.atomic
def add_tag(
    customer_id: int, tag: Tag, *, reason: str, expires_at: datetime | None = None, viewer: Viewer, now: datetime
) -> CustomerTag:
    """Put a tag on a customer; one that is there already stays as it is."""
    customer = selectors.lock_customer(viewer, customer_id, RIGHT)
    _refuse_machine_tags(tag)
    reason = reason.strip()
    if not reason or len(reason) > 300:
        raise FieldError(_("Say why, in up to 300 characters."), field="reason")
    if expires_at is not None and expires_at <= now:
        raise FieldError(_("Choose a day that is still to come."), field="expires_on")
    if expires_at is None and tag.lasts_days:
        expires_at = now + timedelta(days=tag.lasts_days)
    held = CustomerTag.objects.filter(customer=customer, tag=tag, removed_at=None).first()
    if held is not None and (held.expires_at is None or held.expires_at > now):
        return held
    if held is not None:  # it ran out by itself; this is a new one
        held.removed_at, held.removed_by = held.expires_at, "expiry"
        held.save(update_fields=["removed_at", "removed_by"])
    given = CustomerTag.objects.create(
        customer=customer, tag=tag, reason=reason, rule_version=tag.rule_version, added_by=viewer.label[:160],
        added_at=now, expires_at=expires_at,
    )  # fmt: skip
    after = {"tag": tag.name, "reason": reason}
    audit.record(
        viewer, "customer.tagged", "customer", customer.pk, now=now, after=after,
        store_id=selectors.store_of(viewer, customer, RIGHT),
    )  # fmt: skip
    return given


@transaction.atomic
def remove_tag(customer_id: int, customer_tag_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Take a tag off; that it was there stays known."""
    customer = selectors.lock_customer(viewer, customer_id, RIGHT)
    held = (
        CustomerTag.objects.select_related("tag")
        .filter(pk=customer_tag_id, customer__in=selectors.same_person(customer.pk), removed_at=None)
        .first()
    )
    if held is None:
        raise NotFoundError
    _refuse_machine_tags(held.tag)
    held.removed_at, held.removed_by = now, viewer.label[:160]
    held.save(update_fields=["removed_at", "removed_by"])
    audit.record(
        viewer, "customer.untagged", "customer", customer.pk, now=now, before={"tag": held.tag.name},
        store_id=selectors.store_of(viewer, customer, RIGHT),
    )  # fmt: skip


@transaction.atomic
def add_note(customer_id: int, text: str, *, viewer: Viewer, now: datetime) -> Note:
    """Write down what a colleague should know; a note of a store is read in that store and at head office."""
    customer = selectors.get_customer(viewer, customer_id, RIGHT)
    text = text.strip()
    if not text or len(text) > rules.NOTE_LENGTH_MAX or "\0" in text:
        raise FieldError(_("Write a note of up to 4,000 characters."), field="text")
    store_id = selectors.store_of(viewer, customer, RIGHT)
    note = Note.objects.create(customer=customer, store_id=store_id, author=viewer.label[:160], text=text, created_at=now)
    audit.record(viewer, "customer.noted", "customer", customer.pk, now=now, after={"note": note.pk}, store_id=store_id)
    return note


@transaction.atomic
def remove_note(customer_id: int, note_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Take a note away: it is no longer shown."""
    customer = selectors.get_customer(viewer, customer_id, RIGHT)
    notes = selectors.list_notes(viewer, selectors.same_person(customer.pk), action=RIGHT)
    if not notes.filter(pk=note_id).update(removed_at=now):
        raise NotFoundError
    audit.record(
        viewer, "customer.note_removed", "customer", customer.pk, now=now, before={"note": note_id},
        store_id=selectors.store_of(viewer, customer, RIGHT),
    )  # fmt: skip


def _refuse_machine_tags(tag: Tag) -> None:
    if tag.kind != Tag.Kind.MANUAL:
        raise NotByHandError(_("A rule gives and takes this tag; change the rule instead."))
