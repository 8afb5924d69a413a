"""Give badges for visits: after the receipts of the last days are rated, to everybody who has reached one (F35)."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.core import bulk
from regulars.loyalty.program.models import Badge, Program
from regulars.loyalty.program.services.playing import give_badges
from regulars.organization.access import Viewer

_BACK = timedelta(days=2)  # looked at more than once, so that what was rated during the last run is not missed
_REACHED = """
WITH lately AS (
    SELECT DISTINCT customer_id FROM program_earning WHERE program_id = %(program)s AND earned_at >= %(since)s
), visits AS (
    SELECT customer_id, count(*) AS counted FROM program_earning JOIN lately USING (customer_id)
    WHERE program_id = %(program)s AND spend_amount > 0 GROUP BY customer_id
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
