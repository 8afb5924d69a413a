"""Receipts and figures for customers, through the services that everybody else uses."""

from __future__ import annotations

from datetime import date, datetime
from datetime import time as clock
from typing import Any

import pyarrow as pa
from django.test import Client

from regulars.customers.models import Customer, Identifier
from regulars.insight.models import CustomerFigures
from regulars.organization.models import Person, Store
from regulars.sales import services as sales
from regulars.sales.models import Receipt
from tests.customers.factories import NOW, SYSTEM

NOON = clock(12, 30)


def signed_in(someone: Person) -> Client:
    client = Client()
    client.force_login(someone)
    return client


def sell(customer: Customer, at: Store, *days: date, amount: int = 1000, prefix: str = "R") -> list[Receipt]:
    """Record one receipt a day for the customer, by the e-mail address, external id or card they are known by."""
    held = Identifier.objects.filter(customer=customer, kind__in=["card", "external"]).first()
    named = {"customer_kind": held.kind, "customer": held.value, "customer_namespace": held.namespace} if held else {}
    rows: list[dict[str, Any]] = [
        {
            "row": number, "receipt_id": f"{prefix}-{customer.pk}-{at.pk}-{number}-{day}", "store": at.code,
            "sold_at_local": datetime.combine(day, NOON), "product": "milk", "quantity_milli": 2000,
            "paid_amount": amount, "discount_promotion": 100,
        } | named
        for number, day in enumerate(days)
    ]  # fmt: skip
    outcome = sales.record_receipts(pa.Table.from_pylist(rows), source="till", now=NOW, viewer=SYSTEM, historical=True)
    assert outcome.problems == []
    return list(Receipt.objects.filter(customer=customer, store=at).order_by("sold_at"))


def figures(customer: Customer, **fields: Any) -> CustomerFigures:
    """Give the customer figures as insight writes them."""
    usual: dict[str, Any] = {
        "as_of": date(2026, 11, 20), "first_purchase_date": date(2025, 11, 21), "last_purchase_date": date(2026, 10, 3),
        "recency_days": 48, "purchase_days": 12, "receipts": 12, "net_amount": 32100, "net_amount_12m": 32100,
        "discount_amount": 1200, "average_basket_amount": 2675, "interval_days": 21.0, "usual_days": 21.0,
        "long_days": 40.0, "due_date": date(2026, 10, 24), "stage": "declining", "pyramid": "large",
        "value_percentile": 0.93, "rfm_class": "key_keep", "recency_score": 2, "frequency_score": 4, "monetary_score": 5,
        "category": "GROCERY / MILK", "category_share": 0.4, "hour": 17, "weekday": 5, "channel": "store",
        "discount_share": 0.3, "discount_share_low": 0.2, "discount_share_high": 0.4,
    }  # fmt: skip
    return CustomerFigures.objects.create(customer_id=customer.pk, **usual | fields)
