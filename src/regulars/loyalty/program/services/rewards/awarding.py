"""Give badges for visits: after the receipts of the last days are rated, to everybody who has reached one (F35)."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.core import bulk
from regulars.loyalty.program.models import Badge, Program
from regulars.loyalty.program.services.rewards.playing import give_badges
from regulars.organization.access import Viewer

_BACK = timedelta(days=2)  # looked at more than once, so that what was rated during the last run is not missed
_REACHED = """
WITH lately AS (
    SELECT DISTINCT coalesce(c.merged_into_id, c.id) AS customer_id
    FROM program_earning e JOIN customers_customer c ON c.id = e.customer_id
    WHERE e.program_id = %(program)s AND e.earned_at >= %(since)s
), mine AS (
    SELECT customer_id, customer_id AS id FROM lately
    UNION ALL SELECT l.customer_id, c.id FROM lately l JOIN customers_customer c ON c.merged_into_id = l.customer_id
), visits AS (
    SELECT m.customer_id, count(*) AS counted FROM mine m JOIN program_earning e ON e.customer_id = m.id
    WHERE e.program_id = %(program)s AND e.spend_amount > 0 GROUP BY 1
)
SELECT v.customer_id FROM visits v WHERE EXISTS (
    SELECT FROM program_badge b
    WHERE b.program_id = %(program)s AND b.is_active AND b.measure = 'visits' AND b.from_value <= v.counted
        AND NOT EXISTS (SELECT FROM program_badgeheld h WHERE h.badge_id = b.id AND h.customer_id = v.customer_id)
) ORDER BY v.customer_id LIMIT 5000
"""


def give_visit_badges(program: Program, *, viewer: Viewer, now: datetime) -> int:
    """Give what the visits of the last days have reached; return how many badges."""
    if not Badge.objects.filter(program=program, is_active=True, measure=Badge.Measure.VISITS).exists():
        return 0
    reached = bulk.fetch(_REACHED, {"program": program.pk, "since": now - _BACK})
    return sum(len(give_badges(customer, program=program.code, viewer=viewer, now=now)) for (customer,) in reached)
