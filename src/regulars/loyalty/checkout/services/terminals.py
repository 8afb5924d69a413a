"""Notice when two tills speak with one key at once: what a stolen key looks like (T-25).

For the till's door. A terminal is a till's name and the address that its calls come from. One that follows another (a till was
replaced, an address has changed) is nothing; one that speaks, hears another one speak, and speaks again is flagged: in the
audit trail and on the page of the stores' tills. Nothing is refused: a queue stands there, and the key may be the till's own.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from regulars.core import prepared
from regulars.loyalty.checkout.models import Terminal
from regulars.organization import audit
from regulars.organization.access import Viewer

AT_ONCE = timedelta(minutes=15)  # two words of one till with this much between them belong to one stretch of work
KEPT_FOR = timedelta(days=90)
_TERMINALS_MAX = 100  # of one key: whoever makes names up is flagged long before
_log = logging.getLogger("regulars.till")


def note(*, store: str, till: str, address: str, now: datetime, viewer: Viewer) -> bool:
    """Note that this till spoke with the viewer's key; return whether it is flagged by that."""
    facts = {
        "key": viewer.key_id, "store": store, "till": till, "address": address[:45], "now": now, "since": now - AT_ONCE,
        "most": _TERMINALS_MAX,
    }  # fmt: skip
    rows = prepared.fetch(_NOTE, facts)
    if not rows:
        return False
    ((store_id, was_flagged_at, flagged_at),) = rows
    is_new = flagged_at == now and (was_flagged_at is None or was_flagged_at < now - timedelta(days=1))
    if is_new:
        _log.warning("one key, two tills at once", extra={"key": viewer.key_id, "till": till})
        told = {"till": till, "address": address[:45]}
        audit.record(viewer, "key.second_till", "key", viewer.key_id, now=now, after=told, store_id=store_id)
    return is_new


def forget(*, now: datetime) -> int:
    """Drop terminals that have been silent for long; return how many."""
    deleted, _by_model = Terminal.objects.filter(last_seen_at__lt=now - KEPT_FOR).delete()
    return deleted


# `old` reads what stood there before this statement.
_NOTE = """
WITH old AS (SELECT * FROM checkout_terminal WHERE key_id = %(key)s::bigint)
INSERT INTO checkout_terminal AS t (key_id, store_id, till, address, first_seen_at, last_seen_at)
SELECT %(key)s::bigint, s.id, %(till)s::varchar, %(address)s::varchar, %(now)s::timestamptz, %(now)s::timestamptz
FROM organization_store s
WHERE s.code = %(store)s::varchar AND ((SELECT count(*) FROM old) < %(most)s::int
    OR EXISTS (SELECT FROM old WHERE till = %(till)s::varchar AND address = %(address)s::varchar))
ON CONFLICT (key_id, till, address) DO UPDATE SET store_id = excluded.store_id,
    last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at),
    flagged_at = CASE WHEN t.last_seen_at > %(since)s::timestamptz AND EXISTS (
        SELECT FROM old WHERE old.id <> t.id AND old.last_seen_at BETWEEN t.last_seen_at AND excluded.last_seen_at
    ) THEN excluded.last_seen_at ELSE t.flagged_at END
RETURNING t.store_id, (SELECT old.flagged_at FROM old WHERE old.id = t.id), t.flagged_at
"""
