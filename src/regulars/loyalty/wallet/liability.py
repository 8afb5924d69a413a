"""What the company owes to its members: the roll-forward of each unit by month, and the points' share of revenue (F37).

For finance. Months are those in which things happened; `late` is the part that we learned of after the month had ended, so
that a closed month can be compared with what was reported (X3). What `services.keep_months` has added up is not added again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from regulars.core import bulk
from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.rules.liability import Allocation, Movement, Worth, deferred_by_month, reversal
from regulars.organization.models import Company


class _Sum(NamedTuple):
    """What came or went in a month of one cohort for one reason; without a reason, the part of prices that points took."""

    cohort: date
    month: date
    house: str
    amount: int
    late: int
    allocated_amount: int


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
# The price of each sale that gave points is split between goods and points; points without a sale are provided for whole.
_SHARE = "CASE WHEN price > 0 THEN round(price * ssp / (price + ssp)) ELSE round(ssp) END::bigint"
_SSP = "points * %(value)s::numeric * %(rate)s / 1000000"

# One pass over what transactions from `from` on, and before `to`, have written. A transaction writes whole transfers.
SUMS = f"""
WITH moved AS MATERIALIZED (
    SELECT e.transfer_id, t.receipt_id, e.house, e.amount, {_MONTH} AS month,
        date_trunc('month', (coalesce(l.earned_at, t.at) AT TIME ZONE %(zone)s)::date)::date AS cohort,
        (t.recorded_at AT TIME ZONE %(zone)s)::date >= ({_MONTH} + interval '1 month')::date AS is_late
    FROM wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id LEFT JOIN wallet_lot l ON l.id = e.lot_id
    WHERE e.unit_id = %(unit)s AND e.account_id IS NOT NULL AND e.written_xid >= %(from)s AND e.written_xid < %(to)s
), given AS (
    SELECT transfer_id, month, receipt_id, sum(amount) AS points
    FROM moved WHERE %(splits)s AND house IN ('issued', 'opening') AND amount > 0 GROUP BY 1, 2, 3
)
SELECT cohort, month, house, sum(amount)::bigint AS amount, coalesce(sum(amount) FILTER (WHERE is_late), 0)::bigint AS late,
    0::bigint AS allocated_amount
FROM moved GROUP BY 1, 2, 3
UNION ALL
SELECT month, month, '', 0, 0, sum({_SHARE})::bigint
FROM (SELECT g.month, r.paid_amount::numeric AS price, {_SSP} AS ssp
    FROM given g LEFT JOIN sales_receipt r ON r.id = g.receipt_id) split
GROUP BY 1
"""
_KEPT = """
SELECT cohort, month, house, amount, late, allocated_amount FROM wallet_liabilitymonth WHERE unit_id = %(unit)s
    AND EXISTS (SELECT 1 FROM wallet_liabilitymark WHERE unit_id = %(unit)s AND to_xid = %(from)s)
"""
_MARK = """
SELECT to_xid FROM wallet_liabilitymark WHERE unit_id = %(unit)s AND zone = %(zone)s AND value_milli = %(value)s
    AND redeemed_permille = %(rate)s
"""
_MARKED = """
SELECT NULL, NULL, '', (SELECT coalesce(max(to_xid), 0) FROM wallet_liabilitymark WHERE unit_id = %(unit)s), 0, 0
"""
_LAST_XID = 2**63 - 1

# Points that go with goods that came back, by sale: the refund takes back both parts of its price. An undone import takes the
# points of its own receipts, and gives again what its returns had taken.
_TAKEN_BACK = f"""
WITH taken AS (
    SELECT coalesce((o.why ->> 'sale')::bigint, (t.why ->> 'sale')::bigint, t.receipt_id) AS receipt_id, {_MONTH} AS month,
        -sum(e.amount)::bigint AS points
    FROM wallet_entry e JOIN wallet_transfer t ON t.id = e.transfer_id
    LEFT JOIN wallet_entry undone ON undone.id = e.undoes_id LEFT JOIN wallet_transfer o ON o.id = undone.transfer_id
    WHERE e.unit_id = %(unit)s AND e.account_id IS NOT NULL AND e.house = 'clawed_back'
    GROUP BY 1, 2
), given AS (
    SELECT t.id, t.receipt_id, {_MONTH} AS month, sum(e.amount)::bigint AS points
    FROM wallet_transfer t JOIN wallet_entry e ON e.transfer_id = t.id
    WHERE t.receipt_id IN (SELECT receipt_id FROM taken) AND e.unit_id = %(unit)s AND e.account_id IS NOT NULL
        AND e.house IN ('issued', 'opening') AND e.amount > 0
    GROUP BY t.id, 3
), sale AS (
    SELECT DISTINCT ON (receipt_id) receipt_id, month, points, {_SHARE} AS amount
    FROM (SELECT g.*, r.paid_amount::numeric AS price, {_SSP} AS ssp
        FROM given g LEFT JOIN sales_receipt r ON r.id = g.receipt_id) split
    ORDER BY receipt_id, points DESC
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
    terms = terms_of(unit)
    sums = _sums(terms)
    months: dict[date, Month] = {}
    for one in sums:
        if one.house:
            month = months.setdefault(one.month, Month(one.month))
            month.by_house[one.house] = month.by_house.get(one.house, 0) + one.amount
            month.late += one.late
    rolled = [months.get(month, Month(month)) for month in _months(sorted(months))]
    carried = 0
    for month in rolled:
        month.opening, carried = carried, carried + sum(month.by_house.values())
    if unit.kind == Unit.Kind.POINTS:
        _defer(unit, rolled, sums, terms)
    return rolled


def terms_of(unit: Unit) -> dict[str, Any]:
    """Return what the sums of a unit depend on, as parameters of `SUMS`; all but the span."""
    worth = worth_of(unit.code)
    return {
        "unit": unit.pk, "zone": _zone(), "value": worth.point_value_milli, "rate": worth.redeemed_permille,
        "splits": unit.kind == Unit.Kind.POINTS,
    }  # fmt: skip


def _sums(terms: dict[str, Any]) -> list[_Sum]:
    """Return what is kept, and what was written since; anew, if more was kept in between."""
    for _attempt in range(3):
        span = {"from": (bulk.fetch(_MARK, terms) or [(0,)])[0][0], "to": _LAST_XID}
        rows = bulk.fetch(f"{_KEPT} UNION ALL SELECT * FROM ({SUMS}) written UNION ALL {_MARKED}", terms | span)
        reach = next(row[3] for row in rows if row[0] is None)
        if not span["from"] or reach == span["from"]:
            return [_Sum(*row) for row in rows if row[0] is not None]
    return [_Sum(*row) for row in bulk.fetch(SUMS, terms | {"from": 0, "to": _LAST_XID})]


def houses(months: Sequence[Month]) -> list[str]:
    """Return the reasons that occur, in the order in which a statement shows them."""
    found = {house for one in months for house in one.by_house if one.by_house[house]}
    return [house for house in House if house in found]


def _defer(unit: Unit, months: Sequence[Month], sums: Sequence[_Sum], terms: dict[str, Any]) -> None:
    worth = worth_of(unit.code)
    movements = [_movement(one) for one in sums if one.house]
    allocated = [Allocation(one.cohort, one.month, one.allocated_amount) for one in sums if not one.house]
    reversed_ = [
        Allocation(cohort, month, -reversal(amount, given=given, taken_back=points, before=before), points)
        for cohort, month, amount, given, points, before in bulk.fetch(_TAKEN_BACK, terms)
    ]
    owed = deferred_by_month(movements, [*allocated, *reversed_], [one.month for one in months], worth)
    for one in months:
        one.deferred_amount = owed[one.month]
        one.allocated_amount = sum(each.amount for each in allocated if each.month == one.month)
        one.reversed_amount = -sum(each.amount for each in reversed_ if each.month == one.month)


def _movement(one: _Sum) -> Movement:
    if one.house in {House.ISSUED, House.OPENING}:
        return Movement(one.cohort, one.month, given=one.amount)
    if one.house == House.REDEEMED:
        return Movement(one.cohort, one.month, redeemed=-one.amount)
    return Movement(one.cohort, one.month, gone=-one.amount)


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
