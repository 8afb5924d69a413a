"""A small shop through the rooms' own services, for tests of whole installations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from regulars.customers import services as customers  # noqa: F401 - the room that recognizes card holders
from regulars.organization import services as organization
from regulars.organization.access import system
from regulars.organization.models import Company
from regulars.sales import services as sales

NOW = datetime(2026, 9, 10, 16, 0, tzinfo=UTC)


def open_shop() -> None:
    """Make the company with one store."""
    viewer = system("tests")
    if not Company.objects.exists():
        Company.objects.create(pk=1, name="North", currency="USD", timezone="America/New_York", country="US")
    stores = pa.table({"code": ["S1"], "name": ["Store 1"], "timezone": ["America/New_York"], "currency": ["USD"]})
    organization.save_stores(stores, viewer=viewer, now=NOW)


def sell(first: int, last: int) -> int:
    """Record receipts number `first` to `last`, two lines each with a coupon on the second; return how many were new."""
    numbers = [number for number in range(first, last + 1) for _ in (1, 2)]
    lines = pa.table(
        {
            "row": pa.array(range(1, len(numbers) + 1), pa.int64()),
            "receipt_id": [f"R{number}" for number in numbers],
            "store": ["S1"] * len(numbers),
            "sold_at": pa.array([NOW - timedelta(minutes=number) for number in numbers], pa.timestamp("us", "UTC")),
            "customer_kind": ["card"] * len(numbers),
            "customer_namespace": [""] * len(numbers),
            "customer": [f"C{number % 7}" for number in numbers],
            "product": ["bread", "milk"] * (len(numbers) // 2),
            "gross_amount": pa.array([350, 199] * (len(numbers) // 2), pa.int64()),
            "discount_coupon": pa.array([0, 50] * (len(numbers) // 2), pa.int64()),
        }
    )
    outcome = sales.record_receipts(lines, source="test", now=datetime.now(UTC), viewer=system("tests"), historical=True)
    assert not outcome.problems, outcome.problems[:3]
    return outcome.created
