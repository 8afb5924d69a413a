"""Count wrong coupon codes by who presented them, and look at none of theirs for a while after too many (T-3).

For checkout and the pages, in a transaction that commits even if the sale is refused: a guess that fails must be remembered.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from regulars.core import bulk

FAILURES_MAX = 20
WITHIN = timedelta(minutes=15)
LOCKED_FOR = timedelta(minutes=15)
_log = logging.getLogger("regulars.offers")

_COUNT = """
INSERT INTO offers_guesses AS g (actor, failures, since, locked_until)
VALUES (%(actor)s, %(failures)s, %(now)s, CASE WHEN %(failures)s >= %(max)s THEN %(now)s::timestamptz + %(locked_for)s END)
ON CONFLICT (actor) DO UPDATE SET
    failures = CASE WHEN g.since < %(now)s::timestamptz - %(within)s THEN %(failures)s ELSE g.failures + %(failures)s END,
    since = CASE WHEN g.since < %(now)s::timestamptz - %(within)s THEN %(now)s ELSE g.since END,
    locked_until = CASE WHEN g.since >= %(now)s::timestamptz - %(within)s AND g.failures + %(failures)s >= %(max)s
        THEN %(now)s::timestamptz + %(locked_for)s ELSE g.locked_until END
RETURNING locked_until > %(now)s
"""


def count_wrong_codes(actor: str, count: int, *, now: datetime) -> bool:
    """Remember that `actor` presented `count` codes that were never given out; return whether that locks them out."""
    if count <= 0:
        return False
    facts = {
        "actor": actor[:160], "failures": count, "now": now, "max": FAILURES_MAX, "within": WITHIN, "locked_for": LOCKED_FOR,
    }  # fmt: skip
    is_locked = bool(bulk.fetch(_COUNT, facts)[0][0])
    if is_locked:
        _log.warning("coupon codes guessed", extra={"actor": actor, "failures_max": FAILURES_MAX})
    return is_locked
