"""Let customers in: one door for till, store QR, web, app and file, through which the same person comes only once (F17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from regulars.core import bulk
from regulars.core.errors import NotFoundError
from regulars.customers import services as customers
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Membership, Program
from regulars.loyalty.program.rules.body import Body, Ladder
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.dates import period_of
from regulars.organization.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Who joins when and through whom; the first one counts, so that store and associate are credited once."""

    customer_id: int
    joined_on: date
    joined_at: datetime
    store_id: int | None = None
    associate: str = ""
    channel: str = ""


@transaction.atomic
def enroll(
    kind: str, value: str, *, namespace: str = "", program: str = "", store_id: int | None = None, associate: str = "",
    channel: str = "", source: str, viewer: Viewer, now: datetime,
) -> Membership:  # fmt: skip
    """Make whoever is known by this phone, e-mail, card or id a member, and the person known first if need be."""
    viewer.require("customer.edit", store_id=store_id)
    found = selectors.get_program(program)
    known = customers.recognize([(kind, namespace, value)], source=source, now=now)
    if not known:
        raise NotFoundError(f"This is no valid {kind}.", field="value")
    (customer_id,) = known.values()
    day = selectors.program_zone().date_of(now)
    enroll_many(
        [
            Joining(
                customer_id=customer_id, joined_on=day, joined_at=now, store_id=store_id, associate=associate, channel=channel
            )
        ],
        program=found,
    )
    return Membership.objects.get(program=found, customer_id=customer_id)


def enroll_many(joining: Iterable[Joining], *, program: Program) -> int:
    """Let several in at once, in the caller's transaction; return how many were new. Those inside already stay as they are."""
    rows = list(joining)
    if not rows:
        return 0
    books: dict[date, Book] = {}
    for day in {row.joined_on for row in rows}:
        books[day] = selectors.book_at(day, program=program.code) or Book(Body())
    return bulk.execute(_JOIN, _columns(rows, books) | {"program": program.pk})


_JOIN = """
WITH given AS (
    SELECT * FROM unnest(%(customer)s::bigint[], %(joined_on)s::date[], %(joined_at)s::timestamptz[], %(store)s::bigint[],
        %(associate)s::text[], %(channel)s::text[], %(tier)s::text[], %(since)s::date[], %(until)s::date[])
        AS g(customer_id, joined_on, joined_at, store_id, associate, channel, tier, period_from, period_until)
), joined AS (
    INSERT INTO program_membership (program_id, customer_id, joined_on, joined_at, store_id, associate, channel, tier,
        secured, period_from, period_until, fall_to)
    SELECT %(program)s, customer_id, joined_on, joined_at, store_id, associate, channel, tier,
        tier, period_from, period_until, ''
    FROM given ORDER BY customer_id
    ON CONFLICT (program_id, customer_id) DO NOTHING
    RETURNING customer_id, tier, joined_at
)
INSERT INTO program_tierspell (program_id, customer_id, tier, before, since, cause, why)
SELECT %(program)s, customer_id, tier, '', joined_at, 'joined', '{}' FROM joined
"""


def _columns(rows: Sequence[Joining], books: dict[date, Book]) -> dict[str, list[object]]:
    periods = [_period(row.joined_on, books[row.joined_on].body.ladder) for row in rows]
    return {
        "customer": [row.customer_id for row in rows],
        "joined_on": [row.joined_on for row in rows],
        "joined_at": [row.joined_at for row in rows],
        "store": [row.store_id for row in rows],
        "associate": [row.associate[:80] for row in rows],
        "channel": [row.channel[:40] for row in rows],
        "tier": [books[row.joined_on].base_tier for row in rows],
        "since": [since for since, _ in periods],
        "until": [until for _, until in periods],
    }


def _period(day: date, ladder: Ladder) -> tuple[date, date]:
    return period_of(day, joined_on=day, months=ladder.period_months, anchor=ladder.anchor)
