"""Keep scans, photos and letters with a customer: checked, cleaned of what hides in them, sealed under the customer's key.

The content lies below the home folder's `files` under a random name; the row says what it is. Destroying the key makes the
file unreadable, in backups too (D9).
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from regulars.core import pii
from regulars.core.errors import NotFoundError
from regulars.customers import attachments, rules, selectors
from regulars.customers.models import CustomerFile
from regulars.customers.services import data_keys
from regulars.organization import audit
from regulars.organization.access import Viewer

RIGHT = "customer.annotate"
_PURPOSE = "file"


@transaction.atomic
def add_file(customer_id: int, *, name: str, content: bytes, viewer: Viewer, now: datetime) -> CustomerFile:
    """Check and clean the content, seal it, and keep it with the customer."""
    customer = selectors.lock_customer(viewer, customer_id, RIGHT)
    clean = attachments.clean(content)
    sealed = pii.seal_bytes(data_keys.key_of(customer), clean.content, purpose=_PURPOSE)
    stored_as = _write(sealed)
    kept = CustomerFile.objects.create(
        customer=customer, name=rules.file_name(name), content_type=clean.content_type, size_bytes=len(clean.content),
        stored_as=stored_as, added_by=viewer.label[:160], added_at=now,
    )  # fmt: skip
    audit.record(
        viewer, "customer.file_added", "customer", customer.pk, now=now, after={"file": kept.pk},
        store_id=selectors.store_of(viewer, customer, RIGHT),
    )  # fmt: skip
    return kept


@transaction.atomic
def read_file(customer_id: int, file_id: int, *, viewer: Viewer, now: datetime) -> tuple[CustomerFile, bytes]:
    """Return a file with its content; the trail tells that it was opened."""
    customer = selectors.get_customer(viewer, customer_id, RIGHT)
    kept = _kept(customer.pk, file_id)
    key = selectors.data_keys([kept.customer_id]).get(kept.customer_id)
    if key is None:
        raise NotFoundError
    content = pii.open_bytes(key, (_folder() / kept.stored_as).read_bytes(), purpose=_PURPOSE)
    audit.record(
        viewer, "customer.file_opened", "customer", customer.pk, now=now, after={"file": kept.pk},
        store_id=selectors.store_of(viewer, customer, RIGHT),
    )  # fmt: skip
    return kept, content


@transaction.atomic
def remove_file(customer_id: int, file_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Take a file away; its content goes when the transaction is through."""
    customer = selectors.lock_customer(viewer, customer_id, RIGHT)
    kept = _kept(customer.pk, file_id)
    kept.removed_at = now
    kept.save(update_fields=["removed_at"])
    transaction.on_commit(lambda: (_folder() / kept.stored_as).unlink(missing_ok=True))
    audit.record(
        viewer, "customer.file_removed", "customer", customer.pk, now=now, before={"file": kept.pk},
        store_id=selectors.store_of(viewer, customer, RIGHT),
    )  # fmt: skip


def _kept(customer_id: int, file_id: int) -> CustomerFile:
    found = CustomerFile.objects.filter(pk=file_id, customer__in=selectors.same_person(customer_id), removed_at=None).first()
    if found is None:
        raise NotFoundError
    return found


def _folder() -> Path:
    return Path(settings.REGULARS_HOME.files) / "customers"


def _write(sealed: bytes) -> str:
    """Write the bytes to disk for good under a new random name, and return it."""
    name = secrets.token_hex(16)
    path = _folder() / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return f"{name[:2]}/{name}"
