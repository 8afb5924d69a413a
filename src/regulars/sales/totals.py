"""The whole of what was sold, counted from the tables: for the demo, the control totals and whoever compares books."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Min, Sum

from regulars.organization.access import Viewer
from regulars.sales.models import LineDiscount, Receipt


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole of the receipts that a viewer may see; amounts in minor units."""

    receipts: int
    lines: int
    business_days: int
    net_amount: int
    gross_amount: int
    paid_amount: int
    first_business_date: str | None
    last_business_date: str | None
    discounts: dict[str, int]  # by kind


def count_totals(*, viewer: Viewer) -> Totals:
    """Return the totals of all receipts in the viewer's scope, counted from the tables."""
    receipts = viewer.restrict(Receipt.objects.all(), "receipt.list")
    whole = receipts.aggregate(
        receipts=Count("id"),
        lines=Sum("line_count", default=0),
        business_days=Count("business_date", distinct=True),
        net_amount=Sum("net_amount", default=0),
        gross_amount=Sum("gross_amount", default=0),
        paid_amount=Sum("paid_amount", default=0),
        first=Min("business_date"),
        last=Max("business_date"),
    )
    first, last = whole.pop("first"), whole.pop("last")
    discounts = viewer.restrict(LineDiscount.objects.all(), "receipt.list", store="receipt__store")
    by_kind = discounts.values_list("kind").annotate(amount=Sum("amount")).order_by("kind")
    return Totals(
        **whole,
        first_business_date=first.isoformat() if first else None,
        last_business_date=last.isoformat() if last else None,
        discounts=dict(by_kind),
    )
