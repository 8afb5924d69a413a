"""What one customer bought day by day, read from the receipts the viewer may see; sums and rhythm follow from it.

For viewers bound to stores, whose figures must not hold other stores' purchases, and for the charts. One query, also with ten
thousand receipts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from django.db.models import Count, Q, Sum

from regulars.organization.access import Viewer
from regulars.sales.models import Receipt

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Day:
    """One business date with a purchase or return."""

    date: date
    net_amount: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Purchases:
    """The days in their order, in one currency, as of one day."""

    days: Sequence[Day]
    currency: str
    as_of: date
    other_currencies: Sequence[str] = ()

    @property
    def purchase_days(self) -> list[date]:
        return [day.date for day in self.days if day.net_amount > 0]

    @property
    def last(self) -> date | None:
        return self.purchase_days[-1] if self.purchase_days else None

    @property
    def receipts(self) -> int:
        return sum(day.receipts for day in self.days)

    @property
    def year_amount(self) -> int:
        return sum(day.net_amount for day in self.days if day.date > self.as_of - YEAR)

    @property
    def usual_days(self) -> float | None:
        """The median pause between purchase days; unknown before the third."""
        days = self.purchase_days
        pauses = [(later - earlier).days for earlier, later in pairwise(days)]
        return float(median(pauses)) if len(pauses) > 1 else None

    @property
    def silent_days(self) -> int | None:
        return (self.as_of - self.last).days if self.last else None

    def by_month(self, *, months: int) -> list[tuple[date, int, int]]:
        """Return (first of month, net, receipts) for the last months, those without purchases too."""
        sums: dict[date, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for day in self.days:
            net, count = sums[day.date.replace(day=1)]
            sums[day.date.replace(day=1)] = net + day.net_amount, count + day.receipts
        first = min(sums, default=self.as_of.replace(day=1))
        return [(month, *sums[month]) for month in _months(self.as_of, months) if month >= first]


def read(viewer: Viewer, ids: Sequence[int], *, currency: str, as_of: date) -> Purchases:
    """Return what was bought, as far as the viewer may see receipts; of several currencies the one of most receipts."""
    scope = viewer.scope("receipt.read")
    receipts = Receipt.objects.filter(customer__in=ids)
    if scope.stores is not None:
        receipts = receipts.filter(store__in=scope.stores)
    rows = (
        receipts.order_by("business_date")
        .values_list("currency", "business_date")
        .annotate(net=Sum("net_amount"), count=Count("pk", filter=Q(kind=Receipt.Kind.SALE)))
    )
    found: dict[str, list[Day]] = defaultdict(list)
    for unit, day, net, count in rows:
        found[unit].append(Day(day, net, count))
    most = max(found, key=lambda unit: sum(day.receipts for day in found[unit]), default=currency)
    days = found.pop(most, [])
    return Purchases(days, most, max([as_of, *(day.date for day in days[-1:])]), sorted(found))


def _months(last: date, count: int) -> list[date]:
    found, month = [], last.replace(day=1)
    for _ in range(count):
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found[::-1]
