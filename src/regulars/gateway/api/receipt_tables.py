"""From receipts as the API takes them to the flat tables that the sales room records, and its faults back to field
names.

Between `resources/receipts.py` and `sales.services.record_receipts`: no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from regulars.core.errors import DomainError, Problem
from regulars.gateway.api import fields, problems
from regulars.gateway.api.shapes.receipts import LineIn, ReceiptIn
from regulars.sales import normalize

# Columns of the flat table that belong to a line; all others belong to the receipt's head.
_OF_LINE = {"line_no", "product", "quantity_milli", "gross_amount", "net_amount", "paid_amount", "discount"}
_OUR_NAMES = {
    "quantity_milli": "quantity",
    "discount": "discounts",
    "customer_kind": "customer.kind",
    "tender": "tenders",
}


@dataclass(slots=True)
class ReceiptTables:
    """The tables of one call; a row's number tells which message (1-based) and which of its lines it was."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    discounts: list[dict[str, Any]] = field(default_factory=list)
    tenders: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, receipt: ReceiptIn, *, message: int, currency: str) -> None:
        """Add one receipt, reading its amounts in `currency`; refuse an amount that the currency cannot hold."""
        lines, discounts = [], []
        head = _head(receipt)
        for index, line in enumerate(receipt.lines):
            line_no = line.line_no or index + 1
            place = f"lines[{index}]"
            lines.append(head | {"line_no": line_no} | _line(line, currency=currency, place=place))
            discounts += _discounts(receipt.receipt_id, line, line_no=line_no, currency=currency, place=place)
        tenders = [
            {
                "receipt_id": receipt.receipt_id,
                "kind": tender.kind,
                "amount": fields.minor(tender.amount, currency=currency, field=f"tenders[{index}].amount"),
                "reference": tender.reference,
            }
            for index, tender in enumerate(receipt.tenders)
        ]
        for index, line_row in enumerate(lines):
            self.places.append((message, index))
            self.lines.append(line_row | {"row": len(self.places)})
        self.discounts += discounts
        self.tenders += tenders

    def arrow(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Return lines, discounts and tenders as the sales room takes them."""
        return (
            pa.Table.from_pylist(self.lines, normalize.LINES),
            pa.Table.from_pylist(self.discounts, normalize.DISCOUNTS),
            pa.Table.from_pylist(self.tenders, normalize.TENDERS),
        )

    def faults(self, found: list[Problem]) -> dict[int, list[problems.FieldProblem]]:
        """Return the room's faults by message, with the names of our fields."""
        faults: dict[int, list[problems.FieldProblem]] = {}
        for problem in found:
            message, index = self.places[(problem.row or 1) - 1]
            name = _OUR_NAMES.get(problem.column or "", problem.column)
            place = f"lines[{index}].{name}" if problem.column in _OF_LINE else name
            fault = problems.FieldProblem(field=place, row=None, code=problem.code, detail=problem.message)
            faults.setdefault(message, []).append(fault)
        return faults


class UnknownStoreError(DomainError):
    """There is no such store, or it is not this caller's."""

    code = "not_found"
    status_code = 404


def currency_of(receipt: ReceiptIn, stores: Mapping[str, str]) -> str:
    """Return the currency in which a receipt's decimal amounts are read; `stores` maps code to currency."""
    if receipt.store not in stores:
        raise UnknownStoreError("Not found.", field="store")
    return receipt.currency or stores[receipt.store]


def _head(receipt: ReceiptIn) -> dict[str, Any]:
    known = receipt.customer
    is_instant = receipt.sold_at.tzinfo is not None
    return {
        "receipt_id": receipt.receipt_id,
        "kind": receipt.kind,
        "store": receipt.store,
        "sold_at": receipt.sold_at if is_instant else None,
        "sold_at_local": None if is_instant else receipt.sold_at,
        "till": receipt.till,
        "cashier": receipt.cashier,
        "channel": receipt.channel,
        "customer_kind": known.kind if known else None,
        "customer_namespace": known.namespace if known else None,
        "customer": known.value if known else None,
        "currency": receipt.currency,
    }


def _line(line: LineIn, *, currency: str, place: str) -> dict[str, Any]:
    amounts = {
        name: fields.minor(value, currency=currency, field=f"{place}.{name}")
        for name in ("gross_amount", "net_amount", "paid_amount")
        if (value := getattr(line, name)) is not None
    }
    original = line.original
    return amounts | {
        "product": line.product,
        "quantity_milli": fields.milli(line.quantity),
        "original_receipt_id": original.receipt_id if original else None,
        "original_line_no": original.line_no if original else None,
    }


def _discounts(receipt_id: str, line: LineIn, *, line_no: int, currency: str, place: str) -> list[dict[str, Any]]:
    return [
        {
            "receipt_id": receipt_id,
            "line_no": line_no,
            "kind": discount.kind,
            "amount": fields.minor(discount.amount, currency=currency, field=f"{place}.discounts[{index}].amount"),
            "funded_by": discount.funded_by or normalize.DEFAULT_FUNDING[discount.kind],
            "reference": discount.reference,
        }
        for index, discount in enumerate(line.discounts)
    ]
