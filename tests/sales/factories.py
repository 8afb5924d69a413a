"""Receipts as a till sends them, and what the database says of them afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from regulars.core.outcomes import SaveOutcome
from regulars.organization import access
from regulars.sales import services as sales
from regulars.sales.models import LineDiscount, Receipt, ReceiptLine, ReturnLink, Tender
from regulars.sales.normalize import DISCOUNTS, LINES, TENDERS

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # noon in New York
SYSTEM = access.system()
_WIDE = [(f"discount_{kind.value}", pa.int64()) for kind in LineDiscount.Kind]
Rows = Iterable[dict[str, Any]]


def line(receipt_id: str = "1001", **values: Any) -> dict[str, Any]:
    """A line of 10.00 sold at noon in the North store."""
    return {"receipt_id": receipt_id, "store": "N1", "sold_at": NOW, "product": "MILK", "gross_amount": 1000} | values


def table(rows: Rows) -> pa.Table:
    numbered = [{"row": number} | row for number, row in enumerate(rows, start=1)]
    named = {name for row in numbered for name in row}
    return pa.Table.from_pylist(numbered, pa.schema([*LINES, *(each for each in _WIDE if each[0] in named)]))


def sell(*rows: dict[str, Any], discounts: Rows = (), tenders: Rows = (), source: str = "till", **options: Any) -> SaveOutcome:
    """Record what a till sends."""
    return sales.record_receipts(
        table(rows),
        source=source,
        discounts=pa.Table.from_pylist(list(discounts), DISCOUNTS) if discounts else None,
        tenders=pa.Table.from_pylist(list(tenders), TENDERS) if tenders else None,
        **({"now": NOW, "viewer": SYSTEM} | options),
    )


def codes(outcome: SaveOutcome) -> list[str]:
    return [problem.code for problem in outcome.problems]


def state() -> dict[str, Any]:
    """Everything that the database holds of sales, without numbers and times that say only when it arrived."""
    receipts = {
        receipt.pk: (
            receipt.source, receipt.external_id, receipt.kind, receipt.store.code, receipt.customer_id is not None,
            receipt.business_date, receipt.gross_amount, receipt.discount_amount, receipt.net_amount,
            receipt.paid_amount, receipt.line_count, bytes(receipt.digest),
        )
        for receipt in Receipt.objects.select_related("store")
    }  # fmt: skip
    return {
        "receipts": sorted(receipts.values()),
        "lines": sorted(
            (*receipts[one.receipt_id][:2], one.line_no, one.product.sku, one.quantity_milli, one.gross_amount, one.net_amount)
            for one in ReceiptLine.objects.select_related("product")
        ),
        "discounts": sorted(
            (*receipts[one.receipt_id][:2], one.line_no, one.discount_no, one.kind, one.amount, one.funded_by, one.reference)
            for one in LineDiscount.objects.all()
        ),
        "tenders": sorted(
            (*receipts[one.receipt_id][:2], one.tender_no, one.kind, one.amount, one.reference)
            for one in Tender.objects.all()
        ),
        "links": sorted(
            (*receipts[one.receipt_id][:2], one.line_no, one.original_external_id,
             receipts[one.original_id][1] if one.original_id else "")
            for one in ReturnLink.objects.all()
        ),
    }  # fmt: skip
