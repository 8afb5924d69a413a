"""How far members are with challenges: counted from what they bought and kept, every time anew (F35).

For `services.challenges`, which gives the rewards, and for the pages. Nothing is added up and kept, so that replays, returns
and merged customers cannot leave a wrong count behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from regulars.core import bulk
from regulars.loyalty.program.models import Challenge
from regulars.loyalty.program.rules.body import Goods
from regulars.loyalty.program.rules.dates import add_months


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one member stands in the period of today."""

    challenge: Challenge
    value: int
    is_met: bool
    until: date  # this business day belongs to it

    @property
    def percent(self) -> int:
        return min(100, 100 * self.value // self.challenge.target)

    @property
    def missing(self) -> int:
        return max(0, self.challenge.target - self.value)


# `touched`: whom and which period to look at, with the period's last day. A purchase counts with what is left of it.
_COUNTED = """
, mine AS (
    SELECT t.customer_id, t.since, t.until, c.id AS buyer_id
    FROM touched t JOIN customers_customer c ON c.id = t.customer_id OR c.merged_into_id = t.customer_id
), bought AS (
    SELECT m.customer_id, m.since, r.id, sum(l.quantity_milli + coalesce(b.quantity_milli, 0)) AS quantity_milli,
        sum(l.paid_amount + coalesce(b.paid_amount, 0)) AS amount
    FROM mine m
    JOIN sales_receipt r ON r.customer_id = m.buyer_id AND r.kind = 'sale' AND r.business_date BETWEEN m.since AND m.until
    JOIN sales_receiptline l ON l.receipt_id = r.id
    JOIN catalog_product p ON p.id = l.product_id
    LEFT JOIN catalog_category g ON g.id = p.category_id
    LEFT JOIN catalog_brand n ON n.id = p.brand_id
    LEFT JOIN LATERAL (
        SELECT sum(x.quantity_milli) AS quantity_milli, sum(x.paid_amount) AS paid_amount
        FROM sales_returnlink k JOIN sales_receiptline x ON x.receipt_id = k.receipt_id AND x.line_no = k.line_no
        WHERE k.original_id = r.id AND coalesce(k.original_line_no, (
            SELECT min(o.line_no) FROM sales_receiptline o WHERE o.receipt_id = r.id AND o.product_id = x.product_id
        )) = l.line_no
    ) b ON true
    WHERE (%(channels)s::text[] = '{}' OR r.channel = ANY (%(channels)s))
        AND (%(skus)s::text[] = '{}' OR p.sku = ANY (%(skus)s)) AND (%(brands)s::text[] = '{}' OR n.name = ANY (%(brands)s))
        AND (%(categories)s::text[] = '{}' OR EXISTS (
            SELECT FROM unnest(%(categories)s::text[]) w WHERE g.path = w OR starts_with(g.path, w || ' / ')))
    GROUP BY 1, 2, 3
    HAVING sum(l.quantity_milli + coalesce(b.quantity_milli, 0)) > 0
        AND sum(l.paid_amount + coalesce(b.paid_amount, 0)) >= %(from_amount)s
)
SELECT t.customer_id, t.since, coalesce((
    SELECT CASE %(measure)s WHEN 'purchases' THEN count(*) WHEN 'pieces' THEN floor(sum(b.quantity_milli) / 1000)
        ELSE sum(b.amount) END
    FROM bought b WHERE b.customer_id = t.customer_id AND b.since = t.since), 0)::bigint AS value, coalesce(e.is_met, false)
FROM touched t LEFT JOIN program_challengemet e
    ON e.challenge_id = %(challenge)s AND e.customer_id = t.customer_id AND e.period_from = t.since
"""
_ONE = "WITH touched AS (SELECT %(customer)s::bigint AS customer_id, %(since)s::date AS since, %(until)s::date AS until)"
# What came in since the last time, and what came back of older sales, of members; each in the period of the sale.
_NEW = """
WITH touched AS (
    SELECT DISTINCT m.customer_id, greatest(s.since, %(starts_on)s::date) AS since, least(s.until, %(ends_on)s::date) AS until
    FROM sales_receipt r
    LEFT JOIN sales_returnlink k ON k.receipt_id = r.id
    LEFT JOIN sales_receipt o ON o.id = k.original_id
    JOIN customers_customer c ON c.id = coalesce(o.customer_id, r.customer_id)
    JOIN program_membership m ON m.program_id = %(program)s AND m.customer_id = coalesce(c.merged_into_id, c.id)
        AND m.left_at IS NULL
    CROSS JOIN LATERAL (SELECT coalesce(o.business_date, r.business_date) AS day) d
    CROSS JOIN LATERAL (
        SELECT CASE %(period)s WHEN 'once' THEN %(starts_on)s::date ELSE date_trunc(%(period)s, d.day)::date END AS since,
            CASE %(period)s WHEN 'once' THEN %(ends_on)s::date
                ELSE (date_trunc(%(period)s, d.day) + ('1 ' || %(period)s)::interval)::date - 1 END AS until
    ) s
    WHERE r.written_xid >= %(mark)s AND d.day BETWEEN %(starts_on)s AND %(ends_on)s
)
"""


def changed(challenge: Challenge, *, mark: int) -> list[tuple[int, date, int]]:
    """Return who has met or lost a challenge by what was written from `mark` on: customer, period, value; in order."""
    about = _about(challenge) | {
        "mark": mark, "starts_on": challenge.starts_on, "ends_on": challenge.ends_on, "period": challenge.period,
        "program": challenge.program_id,
    }  # fmt: skip
    rows = bulk.fetch(_NEW + _COUNTED, about)
    return sorted((who, since, value) for who, since, value, is_met in rows if (value >= challenge.target) is not is_met)


def progress_of(customer_id: int, *, today: date) -> list[Progress]:
    """Return the challenges that run today with how far this member is in each."""
    running = Challenge.objects.select_related("program", "badge").filter(
        program__is_active=True, program__members__customer=customer_id, program__members__left_at=None, is_active=True,
        starts_on__lte=today, ends_on__gte=today,
    )  # fmt: skip
    return [_progress(challenge, customer_id, today) for challenge in running.order_by("ends_on", "pk")]


def _progress(challenge: Challenge, customer_id: int, today: date) -> Progress:
    since, until = period_of(challenge, today)
    about = _about(challenge) | {"customer": customer_id, "since": since, "until": until}
    ((_customer, _since, value, is_met),) = bulk.fetch(_ONE + _COUNTED, about)
    return Progress(challenge, value, is_met, until)


def period_of(challenge: Challenge, day: date) -> tuple[date, date]:
    """Return the first and last day of the period of a challenge in which `day` lies."""
    first, last = challenge.starts_on, challenge.ends_on
    match challenge.period:
        case Challenge.Period.WEEK:
            monday = day - timedelta(days=day.weekday())
            return max(first, monday), min(last, monday + timedelta(days=6))
        case Challenge.Period.MONTH:
            month = day.replace(day=1)
            return max(first, month), min(last, add_months(month, 1) - timedelta(days=1))
    return first, last


def _about(challenge: Challenge) -> dict[str, Any]:
    goods = Goods.model_validate(challenge.goods)
    return {
        "challenge": challenge.pk, "measure": challenge.measure, "from_amount": challenge.from_amount,
        "channels": challenge.channels, "skus": list(goods.skus), "brands": list(goods.brands),
        "categories": list(goods.categories),
    }  # fmt: skip
