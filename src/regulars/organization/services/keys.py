"""API keys: machines' own way in, each bound to a role and a place, shown once and kept as a hash (T-25).

For the keys page, `regulars keys` and the REST API, which signs every call in with `authenticate_key`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.errors import InvalidInputError
from regulars.organization import audit, selectors
from regulars.organization.access import Holder, Viewer
from regulars.organization.models import ApiKey, Approval, Region, Store
from regulars.organization.services.approvals import refuse_alone
from regulars.organization.services.people import refuse_misplaced

_SHAPE = re.compile(r"rk_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
_SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_key(
    *,
    name: str,
    role: str,
    viewer: Viewer,
    now: datetime,
    region: Region | None = None,
    store: Store | None = None,
    source: str = "",
    expires_at: datetime | None = None,
    approval: Approval | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key and its secret text, which nobody can read again; `source` names the client's ids (D2)."""
    if not name.strip():
        raise InvalidInputError(_("Write a name that tells what uses this key."), field="name")
    refuse_misplaced(role, holder=Holder.KEY, region=region, store=store)
    key = ApiKey(name=name.strip()[:120], role=role, region=region, store=store, source=source.strip()[:64])
    note = refuse_alone("key.manage", viewer=viewer, approval=approval, payload=asked(key))
    key.prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key.secret_hash = _hash(secret)
    key.source = key.source or f"key-{key.prefix}"
    key.created_by_id, key.created_at, key.expires_at = viewer.person_id, now, expires_at
    key.save(force_insert=True)
    audit.record(viewer, "key.created", "key", key.pk, now=now, after=asked(key), store_id=key.store_id, note=note)
    return key, f"rk_{key.prefix}_{secret}"


@transaction.atomic
def revoke_key(key: ApiKey, *, viewer: Viewer, now: datetime) -> None:
    """End a key at once; needs no second person, because a stolen key cannot wait for one."""
    viewer.require("key.manage")
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit.record(viewer, "key.revoked", "key", key.pk, now=now, before={"name": key.name}, store_id=key.store_id)


def authenticate_key(text: str, *, now: datetime) -> Viewer | None:
    """Return what the key that `text` is may do, or None: unknown, revoked and expired keys all look the same."""
    shape = _SHAPE.fullmatch(text)
    prefix, secret = shape.groups() if shape else ("", "")
    key = ApiKey.objects.filter(prefix=prefix).first()
    # The comparison runs for unknown prefixes too: the time it takes tells nothing.
    is_right = hmac.compare_digest(bytes(key.secret_hash) if key else bytes(32), _hash(secret))
    if key is None or not is_right or key.revoked_at or (key.expires_at and key.expires_at <= now):
        return None
    # To the minute: a busy till must not write its key's row with every call.
    ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now - _SEEN_EVERY), pk=key.pk).update(last_used_at=now)
    return selectors.viewer_of_key(key)


def asked(key: ApiKey) -> dict[str, Any]:
    """Return what a key may do, for the trail and for the second person."""
    return {
        "name": key.name,
        "role": key.role,
        "region": key.region.code if key.region else None,
        "store": key.store.code if key.store else None,
    }


def _hash(secret: str) -> bytes:
    # 256 random bits: a fast hash is enough, there is nothing to guess (ASVS 6.5.2).
    return hashlib.sha256(secret.encode()).digest()
