"""What paid plans bring, month by month: sold, paid, paid back, and what the days that are over have earned (F33).

For the page of the plans. A fee is earned day by day over its period, the same for each day; what was paid for days to come
is still owed to the member.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from regulars.core import bulk


class Month(NamedTuple):
    """One month of all plans together."""

    month: date
    sold: int
    paid_amount: int
    refunded_amount: int
    earned_amount: int


_MONTHS = """
WITH months AS (
    SELECT m::date AS since, least((m + interval '1 month')::date, %(today)s) AS until, (m + interval '1 month')::date AS next
    FROM generate_series(date_trunc('month', %(today)s::timestamp) - interval '11 months', %(today)s::timestamp,
        interval '1 month') m
), periods AS (
    SELECT d.*, (d.paid_at AT TIME ZONE %(zone)s)::date AS paid_on, d.price_amount - d.refunded_amount AS kept,
        greatest(coalesce(d.ended_on, d.ends_on) - d.starts_on, 1) AS days
    FROM program_paidperiod d JOIN program_paidplan l ON l.id = d.plan_id WHERE l.program_id = %(program)s
)
SELECT m.since, count(*) FILTER (WHERE paid_on >= since AND paid_on < next),
    coalesce(sum(price_amount) FILTER (WHERE paid_on >= since AND paid_on < next), 0)::bigint,
    coalesce(sum(refunded_amount) FILTER (WHERE ended_on >= since AND ended_on < next), 0)::bigint,
    coalesce(sum(kept * least(greatest(until - starts_on, 0), days) / days
        - kept * least(greatest(since - starts_on, 0), days) / days), 0)::bigint
FROM months m CROSS JOIN periods GROUP BY m.since ORDER BY m.since DESC
"""


def by_month(program_id: int, *, today: date, zone: str) -> list[Month]:
    """Return the last twelve months, the newest first; months in which nothing happened are left out."""
    rows = bulk.fetch(_MONTHS, {"program": program_id, "today": today, "zone": zone})
    return [month for row in rows if any((month := Month(*row))[1:])]
