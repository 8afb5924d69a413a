"""Close business days: who rose, who will fall, who falls (F29–F32). For the nightly task.

Only members are looked at whose period or grace ends, or of whom something was earned or taken back since the last time; each
goes through `rules.tiers.close_day`, the very step that replays take.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from regulars.core import bulk, outbox
from regulars.loyalty.program import selectors
from regulars.loyalty.program.events import TierFallsAnnounced, TiersMoved
from regulars.loyalty.program.models import Program
from regulars.loyalty.program.rules import tiers
from regulars.loyalty.program.rules.body import Ladder
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.tiers import Move, Standing
from regulars.loyalty.program.services.membership.standing import why_of

_DAY = timedelta(days=1)
_OVERLAP = timedelta(days=2)  # looked at twice, so that what was committed during the last run is not missed
_SHOWN = {"spend": "spend_amount", "visits": "visits", "points": "points", "growth": "growth"}


@dataclass(frozen=True, slots=True)
class _Graded:
    """A member before and after the close of a day."""

    customer_id: int
    was: Standing
    standing: Standing
    move: Move | None
    missing: int


def grade_members(program: Program, *, now: datetime) -> int:
    """Close every business day that is over and not closed yet; return how many members moved."""
    moved = 0
    last = selectors.program_zone().date_of(now) - _DAY
    while True:
        with transaction.atomic():
            program = Program.objects.select_for_update().get(pk=program.pk)
            day = program.graded_on + _DAY if program.graded_on else last
            if day > last:
                return moved
            book = selectors.book_at(day, program=program.code)
            if book is not None and book.body.ladder.tiers:
                moved += _close(program, book, day, now)
            program.graded_on = day
            program.graded_at = now if day == last else program.graded_at
            program.save(update_fields=["graded_on", "graded_at"])


def _close(program: Program, book: Book, day: date, now: datetime) -> int:
    graded = [
        found
        for row in bulk.fetch(_candidates(book.body.ladder), _asked(program, book.body.ladder, day))
        if (found := _judge(row, book.body.ladder, day)) is not None
    ]
    if not graded:
        return 0
    at = book.zone.end_of(day)
    bulk.execute(_KEEP_STANDING, _standing_columns(graded) | {"program": program.pk, "day": day})
    moves = [(one.customer_id, one.move) for one in graded if one.move is not None]
    bulk.execute(_END_SPELLS, {"program": program.pk, "customers": [customer for customer, _ in moves], "at": at})
    bulk.execute(_BEGIN_SPELLS, _spell_columns(moves) | {"program": program.pk, "version": book.version_id, "at": at})
    _tell(program, graded, moves, day, now)
    return len(moves)


def _judge(row: tuple[Any, ...], ladder: Ladder, day: date) -> _Graded | None:
    """Return what the close of the day makes of a member; None where nothing changes."""
    customer_id, joined_on, *standing, value, before = row
    was = Standing(*standing)
    after, move = tiers.close_day(was, day, ladder=ladder, joined_on=joined_on, value=value, before=before)
    in_period = 0 if after.period_from != was.period_from else value
    return None if after == was else _Graded(customer_id, was, after, move, tiers.missing_to_keep(after, in_period, ladder))


def _tell(program: Program, graded: list[_Graded], moves: list[tuple[int, Move]], day: date, now: datetime) -> None:
    if moves:
        told = [{"customer_id": customer, **asdict(move)} for customer, move in moves]
        outbox.publish(TiersMoved(program.code, day.isoformat(), told), now=now)
    falls = [
        {
            "customer_id": one.customer_id, "tier": one.standing.tier, "fall_to": one.standing.fall_to,
            "fall_on": one.standing.fall_on.isoformat(), "missing": one.missing,
        }
        for one in graded
        if one.standing.fall_on is not None and one.was.fall_on is None
    ]  # fmt: skip
    if falls:
        outbox.publish(TierFallsAnnounced(program.code, day.isoformat(), falls), now=now)


def _asked(program: Program, ladder: Ladder, day: date) -> dict[str, Any]:
    since = program.graded_at - _OVERLAP if program.graded_at else None
    return {"program": program.pk, "day": day, "months": ladder.period_months, "since": since}


def _candidates(ladder: Ladder) -> str:
    """Return the statement that finds who has to be looked at, with what counts in this period and the one before."""
    field = _SHOWN[ladder.measure]
    earned = "count(*) FILTER (WHERE spend_amount > 0)" if ladder.measure == "visits" else f"sum({field})"
    return _CANDIDATES.format(earned=earned, taken=f"sum({field})")


_CANDIDATES = """
WITH looked_at AS (
    SELECT m.*, greatest(m.joined_on, (m.period_from - make_interval(months => %(months)s))::date) AS before_from
    FROM program_membership m
    WHERE m.program_id = %(program)s AND m.left_at IS NULL AND m.joined_on <= %(day)s
        AND (m.period_until <= %(day)s + 1 OR m.fall_on IS NOT NULL OR m.customer_id IN (
            SELECT customer_id FROM program_earning
            WHERE program_id = %(program)s AND (%(since)s::timestamptz IS NULL OR earned_at > %(since)s)
            UNION
            SELECT customer_id FROM program_takenback
            WHERE program_id = %(program)s AND (%(since)s::timestamptz IS NULL OR taken_at > %(since)s)))
    FOR UPDATE
), mine AS (
    SELECT l.*, l.customer_id AS buyer_id FROM looked_at l
    UNION ALL
    SELECT l.*, c.id FROM looked_at l JOIN customers_customer c ON c.merged_into_id = l.customer_id
), counted AS (
    SELECT l.customer_id, e.business_date AS day, {earned}::bigint AS amount
    FROM mine l JOIN program_earning e ON e.customer_id = l.buyer_id AND e.program_id = l.program_id
    WHERE e.business_date >= l.before_from AND e.business_date <= %(day)s GROUP BY 1, 2
    UNION ALL
    SELECT l.customer_id, t.earned_on, -{taken}::bigint
    FROM mine l JOIN program_takenback t ON t.customer_id = l.buyer_id AND t.program_id = l.program_id
    WHERE t.earned_on >= l.before_from AND t.business_date <= %(day)s GROUP BY 1, 2
)
SELECT l.customer_id, l.joined_on, l.tier, l.secured, l.period_from, l.period_until, l.fall_on, l.fall_to,
    coalesce(sum(c.amount) FILTER (WHERE c.day >= l.period_from), 0)::bigint,
    coalesce(sum(c.amount) FILTER (WHERE c.day < l.period_from), 0)::bigint
FROM looked_at l LEFT JOIN counted c ON c.customer_id = l.customer_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_KEEP_STANDING = """
UPDATE program_membership m SET tier = g.tier, secured = g.secured, period_from = g.period_from,
    period_until = g.period_until, fall_on = g.fall_on, fall_to = g.fall_to, closed_on = %(day)s
FROM unnest(%(customer)s::bigint[], %(tier)s::text[], %(secured)s::text[], %(period_from)s::date[], %(period_until)s::date[],
    %(fall_on)s::date[], %(fall_to)s::text[])
    AS g(customer_id, tier, secured, period_from, period_until, fall_on, fall_to)
WHERE m.program_id = %(program)s AND m.customer_id = g.customer_id
"""
_END_SPELLS = """
UPDATE program_tierspell SET until = greatest(%(at)s, since)
WHERE program_id = %(program)s AND customer_id = ANY (%(customers)s) AND until IS NULL
"""
_BEGIN_SPELLS = """
INSERT INTO program_tierspell (program_id, customer_id, tier, before, since, cause, why, version_id)
SELECT %(program)s, customer_id, tier, before, %(at)s, cause, why::jsonb, %(version)s
FROM unnest(%(customer)s::bigint[], %(tier)s::text[], %(before)s::text[], %(cause)s::text[], %(why)s::text[])
    AS g(customer_id, tier, before, cause, why)
"""


def _standing_columns(graded: list[_Graded]) -> dict[str, list[Any]]:
    fields = ("tier", "secured", "period_from", "period_until", "fall_on", "fall_to")
    return {"customer": [one.customer_id for one in graded]} | {
        field: [getattr(one.standing, field) for one in graded] for field in fields
    }


def _spell_columns(moves: list[tuple[int, Move]]) -> dict[str, list[Any]]:
    return {
        "customer": [customer for customer, _ in moves],
        "tier": [move.tier for _, move in moves],
        "before": [move.before for _, move in moves],
        "cause": [move.cause for _, move in moves],
        "why": [why_of(move) for _, move in moves],
    }
