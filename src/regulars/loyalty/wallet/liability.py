"""What the company owes to its members: the roll-forward of each unit by month, and the points' share of revenue (F37).

For finance. Months are those in which things happened; `late` is the part that we learned of after the month had ended, so
that a closed month can be compared with what was reported (X3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from regulars.core import bulk
from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.rules.liability import Allocation, Movement, Worth, deferred_by_month, reversal
from regulars.organization.models import Company


@dataclass(slots=True)
class Month:
    """One month of one unit: what it began with, what came and went by reason, what it ended with."""

    month: date
    opening: int = 0
    by_house: dict[str, int] = field(default_factory=dict)
    late: int = 0
    deferred_amount: int = 0  # of points, in the company's currency
    allocated_amount: int = 0
    reversed_amount: int = 0  # of what was allocated before, and went with goods that came back

    @property
    def closing(self) -> int:
        return self.opening + sum(self.by_house.values())

    @property
    def reported(self) -> int:
        """What the month ended with as it was known on its last day."""
        return self.closing - self.late


# Business months; what has no business date (an expiry, a merge) counts by the company's own calendar.
_MONTH = "date_trunc('month', coalesce(t.business_date, (t.at AT TIME ZONE %(zone)s)::date))::date"
_MOVED = f"""
SELECT {_MONTH}, e.house, sum(e.amount)::bigint,
    coalesce(sum(e.amount) FILTER (WHERE (t.recorded_at AT TIME ZONE %(zone)s)::date
        >= ({_MONTH} + interval '1 month')::date), 0)::bigint
FROM wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id JOIN wallet_unit u ON u.id = e.unit_id
WHERE u.code = %(unit)s AND e.account_id IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""

_COHORTS = f"""
SELECT date_trunc('month', (coalesce(l.earned_at, t.at) AT TIME ZONE %(zone)s)::date)::date, {_MONTH},
    coalesce(sum(e.amount) FILTER (WHERE e.house IN ('issued', 'opening')), 0)::bigint,
    coalesce(-sum(e.amount) FILTER (WHERE e.house = 'redeemed'), 0)::bigint,
    coalesce(-sum(e.amount) FILTER (WHERE e.house NOT IN ('issued', 'opening', 'redeemed')), 0)::bigint
FROM wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id JOIN wallet_unit u ON u.id = e.unit_id
LEFT JOIN wallet_lot l ON l.id = e.lot_id
WHERE u.code = %(unit)s AND e.account_id IS NOT NULL
GROUP BY 1, 2
"""

# The price of each sale that gave points is split between goods and points; points without a sale are provided for whole.
_DEFERRING = f"""
SELECT id, receipt_id, month, points,
    CASE WHEN price > 0 THEN round(price * ssp / (price + ssp)) ELSE round(ssp) END::bigint AS amount
FROM (
    SELECT t.id, t.receipt_id, {_MONTH} AS month, sum(e.amount)::bigint AS points,
        sum(e.amount) * %(value)s::numeric * %(rate)s / 1000000 AS ssp, max(r.paid_amount)::numeric AS price
    FROM wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id JOIN wallet_unit u ON u.id = e.unit_id
    LEFT JOIN sales_receipt r ON r.id = t.receipt_id
    WHERE u.code = %(unit)s AND e.account_id IS NOT NULL AND e.house IN ('issued', 'opening') AND e.amount > 0
    GROUP BY t.id, 3
) given
"""
_ALLOCATED = f"SELECT month, month, sum(amount)::bigint FROM ({_DEFERRING}) d GROUP BY 1"

# Points that go with goods that came back, by sale: the refund takes back both parts of its price. An undone import takes the
# points of its own receipts, and gives again what its returns had taken.
_TAKEN_BACK = f"""
WITH sale AS (
    SELECT DISTINCT ON (receipt_id) * FROM ({_DEFERRING}) d WHERE receipt_id IS NOT NULL ORDER BY receipt_id, points DESC
), taken AS (
    SELECT coalesce((o.why ->> 'sale')::bigint, (t.why ->> 'sale')::bigint, t.receipt_id) AS receipt_id, {_MONTH} AS month,
        -sum(e.amount)::bigint AS points
    FROM wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id JOIN wallet_unit u ON u.id = e.unit_id
    LEFT JOIN wallet_entry undone ON undone.id = e.undoes_id LEFT JOIN wallet_transfer o ON o.id = undone.transfer_id
    WHERE u.code = %(unit)s AND e.account_id IS NOT NULL AND e.house = 'clawed_back'
    GROUP BY 1, 2
)
SELECT s.month, k.month, s.amount, s.points, k.points,
    coalesce(sum(k.points) OVER (
        PARTITION BY k.receipt_id ORDER BY k.month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint
FROM taken k JOIN sale s USING (receipt_id)
"""


def worth_of(unit: str) -> Worth:
    """Return how finance values the unit: `Company.settings["wallet"]["points"][unit]`, else one minor unit a point."""
    company = Company.objects.first()
    chosen = (company.settings if company else {}).get("wallet", {}).get("points", {}).get(unit, {})
    return Worth(int(chosen.get("value_milli", 1_000)), int(chosen.get("redeemed_permille", 1_000)))


def roll_forward(unit: Unit) -> list[Month]:
    """Return every month from the first entry on, without gaps; each begins with what the one before ended with."""
    values = {"unit": unit.code, "zone": _zone()}
    months: dict[date, Month] = {}
    for month, house, amount, late in bulk.fetch(_MOVED, values):
        one = months.setdefault(month, Month(month))
        one.by_house[house] = amount
        one.late += late
    rolled = [months.get(month, Month(month)) for month in _months(sorted(months))]
    carried = 0
    for one in rolled:
        one.opening, carried = carried, carried + sum(one.by_house.values())
    if unit.kind == Unit.Kind.POINTS:
        _defer(unit, rolled, values)
    return rolled


def houses(months: Sequence[Month]) -> list[str]:
    """Return the reasons that occur, in the order in which a statement shows them."""
    found = {house for one in months for house in one.by_house if one.by_house[house]}
    return [house for house in House if house in found]


def _defer(unit: Unit, months: Sequence[Month], values: dict[str, str]) -> None:
    worth = worth_of(unit.code)
    movements = [Movement(*row) for row in bulk.fetch(_COHORTS, values)]
    priced = values | {"value": worth.point_value_milli, "rate": worth.redeemed_permille}
    allocated = [Allocation(*row) for row in bulk.fetch(_ALLOCATED, priced)]
    reversed_ = [
        Allocation(cohort, month, -reversal(amount, given=given, taken_back=points, before=before), points)
        for cohort, month, amount, given, points, before in bulk.fetch(_TAKEN_BACK, priced)
    ]
    owed = deferred_by_month(movements, [*allocated, *reversed_], [one.month for one in months], worth)
    for one in months:
        one.deferred_amount = owed[one.month]
        one.allocated_amount = sum(each.amount for each in allocated if each.month == one.month)
        one.reversed_amount = -sum(each.amount for each in reversed_ if each.month == one.month)


def _months(known: Sequence[date]) -> list[date]:
    months = []
    month = known[0] if known else None
    while month is not None and month <= known[-1]:
        months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months


def _zone() -> str:
    company = Company.objects.first()
    return company.timezone if company else "UTC"
