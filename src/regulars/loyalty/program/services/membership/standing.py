"""Keep where members stand: tiers as history rows with their cause, and what the next evaluation starts from (P20, P24)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

import pyarrow as pa

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Program
from regulars.loyalty.program.rules.simulation import Lived, Schedule
from regulars.loyalty.program.rules.tiers import Move
from regulars.loyalty.program.services.loading import Loaded

_JOIN = """
WITH joined AS (
    INSERT INTO program_membership (program_id, customer_id, joined_on, joined_at, store_id, associate, channel, tier, secured,
        period_from, period_until, fall_on, fall_to, closed_on)
    SELECT %(program)s, customer_id, joined_on, joined_at, store_id, '', 'history', tier, secured, period_from, period_until,
        fall_on, fall_to, %(closed_on)s
    FROM lived_member
    ON CONFLICT (program_id, customer_id) DO NOTHING
    RETURNING customer_id
)
INSERT INTO program_tierspell (program_id, customer_id, tier, before, since, until, cause, why, version_id)
SELECT %(program)s, customer_id, s.tier, s.before, s.since, s.until, s.cause, s.why::jsonb, s.version_id
FROM joined JOIN lived_spell s USING (customer_id)
ORDER BY customer_id, s.since
"""


def write_history(lived: Lived, loaded: Loaded, program: Program, schedule: Schedule, *, closed_on: date, now: datetime) -> int:
    """Make members of those who joined in a replay, with all the tiers they held; return how many. Members of before stay."""
    customers = loaded.customers.tolist()
    first_at = _first_sales(loaded)
    members = [
        {
            "customer_id": customers[member], "joined_on": joined_on, "joined_at": first_at[member][0],
            "store_id": first_at[member][1], "tier": lived.standings[member].tier, "secured": lived.standings[member].secured,
            "period_from": lived.standings[member].period_from, "period_until": lived.standings[member].period_until,
            "fall_on": lived.standings[member].fall_on, "fall_to": lived.standings[member].fall_to,
        }
        for member, joined_on in lived.joined.items()
    ]  # fmt: skip
    if not members:
        return 0
    bulk.stage("lived_member", pa.Table.from_pylist(members, _MEMBERS))
    bulk.stage("lived_spell", pa.Table.from_pylist(list(_spells(lived, customers, first_at, schedule)), _SPELLS))
    before = program.members.count()
    bulk.execute(_JOIN, {"program": program.pk, "closed_on": closed_on})
    Program.objects.filter(pk=program.pk, graded_on=None).update(graded_on=closed_on, graded_at=now)
    return program.members.count() - before


_MOMENT = pa.timestamp("us", "UTC")
_MEMBERS = pa.schema([
    ("customer_id", pa.int64()), ("joined_on", pa.date32()), ("joined_at", _MOMENT), ("store_id", pa.int64()),
    ("tier", pa.string()), ("secured", pa.string()), ("period_from", pa.date32()), ("period_until", pa.date32()),
    ("fall_on", pa.date32()), ("fall_to", pa.string()),
])  # fmt: skip
_SPELLS = pa.schema([
    ("customer_id", pa.int64()), ("tier", pa.string()), ("before", pa.string()), ("since", _MOMENT), ("until", _MOMENT),
    ("cause", pa.string()), ("why", pa.string()), ("version_id", pa.int64()),
])  # fmt: skip


def _spells(
    lived: Lived, customers: list[int], first_at: dict[int, tuple[datetime, int]], schedule: Schedule
) -> Iterable[dict[str, object]]:
    zone = selectors.program_zone()
    moves: dict[int, list[tuple[date, Move]]] = defaultdict(list)
    for member, day, move in lived.moves:
        moves[member].append((day, move))
    for member, joined_on in lived.joined.items():
        steps = moves[member]
        base = steps[0][1].before if steps else lived.standings[member].tier
        starts = [max(first_at[member][0], zone.start_of(joined_on)), *(zone.end_of(day) for day, _ in steps)]
        rows = [(base, "", "joined", "{}", joined_on)]
        rows += [(move.tier, move.before, move.cause, why_of(move), day) for day, move in steps]
        for at, (tier, before, cause, why, day) in enumerate(rows):
            yield {
                "customer_id": customers[member], "tier": tier, "before": before, "since": starts[at],
                "until": starts[at + 1] if at + 1 < len(starts) else None, "cause": cause, "why": why,
                "version_id": next((book.version_id for since, book in reversed(schedule) if since <= day), None),
            }  # fmt: skip


def why_of(move: Move) -> str:
    """Return the numbers behind a step, as they are kept."""
    return json.dumps({"value": move.value, "needed": move.needed})


def _first_sales(loaded: Loaded) -> dict[int, tuple[datetime, int]]:
    """Return when and where each member bought first."""
    first: dict[int, tuple[datetime, int]] = {}
    for at, member in enumerate(loaded.columns.member.tolist()):
        if member not in first:
            first[member] = (loaded.moment(at), int(loaded.store_id[at]))
    return first
