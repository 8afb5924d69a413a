"""The trail of who did what, with what before and after; sealed in batches, so that a later change shows (T-22, G7).

For every service that changes something that matters. Entries are facts: the application's database role can only add
them. Sealing goes on behind the writers (`seal`), one link of a hash chain per batch, so that no action waits for the
entry of another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from regulars.organization.access import Viewer
from regulars.organization.models import AuditEntry, AuditSeal

Values = Mapping[str, Any]
SEAL_LOCK = 7_201  # advisory lock: two workers must not forge two links after the same one

# The whole row as PostgreSQL writes it, each field behind its length, so that no two rows read alike.
_DIGEST_ENTRIES = """
SELECT id, written_xid, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor, person_id, key_id, action,
       object_type, object_id, store_id, before::text, after::text, note
FROM organization_auditentry WHERE written_xid >= %s AND written_xid < %s ORDER BY written_xid, id
"""
# The end of the chain in one word, to be kept outside the database: whoever rewrites the whole chain cannot rewrite that.
NEWEST_SEAL = "SELECT to_xid || ':' || encode(digest, 'hex') FROM organization_auditseal ORDER BY to_xid DESC LIMIT 1"
_UNSEALED = "SELECT min(written_xid) FROM organization_auditentry WHERE written_xid >= %s AND written_xid < %s"


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A batch of the trail that is not what it was when it was sealed."""

    seal_id: int
    from_xid: int
    to_xid: int
    reason: str


def record(
    viewer: Viewer,
    action: str,
    object_type: str,
    object_id: object,
    *,
    now: datetime,
    before: Values | None = None,
    after: Values | None = None,
    store_id: int | None = None,
    note: str = "",
) -> AuditEntry:
    """Write who did what, in the caller's own transaction; personal data only as `masked` gives it back."""
    return AuditEntry.objects.create(
        at=now,
        actor=viewer.label[:160],
        person_id=viewer.person_id,
        key_id=viewer.key_id,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        store_id=store_id,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        note=note[:300],
    )


def masked(value: str | None) -> str:
    """Return personal data so that a change can be told but not read: its ends, and dots between.

    >>> masked("ana@example.com"), masked("+8613800138000"), masked("Li"), masked(None)
    ('a…m', '+…0', '…', '')
    """
    text = (value or "").strip()
    if not text:
        return ""
    return f"{text[0]}…{text[-1]}" if len(text) > 3 else "…"


def changed(before: Values, after: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only what differs, for `record`.

    >>> changed({"name": "North", "zone": "UTC"}, {"name": "Nord", "zone": "UTC"})
    ({'name': 'North'}, {'name': 'Nord'})
    """
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def seal(*, now: datetime) -> AuditSeal | None:
    """Seal every entry whose transaction can no longer be joined by another; None if there is nothing new."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return None  # another worker is at it
        last = AuditSeal.objects.order_by("-to_xid").first()
        cursor.execute("SELECT regulars_xid_horizon()")
        start, horizon = (last.to_xid if last else 0), cursor.fetchone()[0]
        cursor.execute(_UNSEALED, [start, horizon])
        if cursor.fetchone()[0] is None:
            return None
        link = AuditSeal(from_xid=start, to_xid=horizon, sealed_at=now)
        link.entries, link.digest = _digest(link, after=bytes(last.digest) if last else b"")
        link.save(force_insert=True)
        return link


def holds_seal(told: str) -> bool:
    """Return whether the trail still holds the seal that `NEWEST_SEAL` once told, such as a backup's manifest keeps."""
    to_xid, _, digest = told.partition(":")
    return not told or AuditSeal.objects.filter(to_xid=int(to_xid), digest=bytes.fromhex(digest)).exists()


def check_chain() -> list[BrokenSeal]:
    """Return the batches that no longer fit their seal: changed, added, removed, or a seal that is missing."""
    broken = []
    end, before = 0, b""
    for link in AuditSeal.objects.order_by("from_xid").iterator():
        if link.from_xid != end:
            broken.append(BrokenSeal(link.pk, end, link.from_xid, "a seal is missing before this one"))
        entries, digest = _digest(link, after=before)
        if entries != link.entries:
            broken.append(BrokenSeal(link.pk, link.from_xid, link.to_xid, f"{link.entries} entries became {entries}"))
        elif digest != bytes(link.digest):
            broken.append(BrokenSeal(link.pk, link.from_xid, link.to_xid, "an entry or its seal was changed"))
        end, before = link.to_xid, bytes(link.digest)
    return broken


def _digest(seal: AuditSeal, *, after: bytes) -> tuple[int, bytes]:
    """Return how many entries lie in the seal's span, and the hash over the seal before, this one and every entry."""
    sealed_at = seal.sealed_at.astimezone(UTC).isoformat()
    chain = hashlib.sha256(after + f"|{seal.from_xid}|{seal.to_xid}|{sealed_at}|".encode())
    entries = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DIGEST_ENTRIES, [seal.from_xid, seal.to_xid])
        for row in cursor:
            entries += 1
            for value in row:
                text = b"" if value is None else str(value).encode()
                chain.update(b"-" if value is None else f"{len(text)}:".encode() + text)
    return entries, chain.digest()
