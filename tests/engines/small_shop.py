"""A small invented shop that has everything a metric can trip over.

Returns, anonymous sales, merged customers, goods without units, goods without a category, two regions, two channels, coupons
worth more than the goods, days on which nothing is earned.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from regulars.insight.lake.facts import DISCOUNT_KINDS
from regulars.insight.lake.storage import Lake

FIRST, LAST = date(2025, 1, 1), date(2026, 6, 30)
# Customers 11 and 12 were merged into 1.
MERGED = {11: 1, 12: 1}
_PRODUCTS = [
    ("FOOD", "BREAD", "ROLLS"), ("FOOD", "BREAD", "LOAVES"), ("FOOD", "FRUIT", ""), ("FOOD", "", ""), ("HOME", "CARE", "SOAP"),
    ("FUEL", "PETROL", ""), ("", "", ""),
]  # fmt: skip


def write(lake: Lake) -> None:
    lines, receipts = _sales(random.Random(7))
    lake.replace("receipt", _table(receipts, _RECEIPT).to_reader(), partition=["business_month"])
    lake.replace("receipt_line", _table(lines, _LINE).to_reader(), partition=["business_month"])
    lake.replace("product", pa.Table.from_pylist([_product(number) for number in range(1, 8)]).to_reader())
    lake.replace("store", pa.Table.from_pylist([_store(number) for number in (1, 2, 3)]).to_reader())
    customers = [{"customer_id": number, "resolved_id": MERGED.get(number, number)} for number in range(1, 41)]
    lake.replace("customer", pa.Table.from_pylist(customers).to_reader())


def _sales(chance: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []
    receipts: list[dict[str, Any]] = []
    for receipt_id in range(1, 601):
        customer_id = min(40, int(chance.expovariate(0.08)) + 1) if chance.random() < 0.8 else None
        day = FIRST + timedelta(days=int((LAST - FIRST).days * chance.random() ** 0.8))
        header = {
            "receipt_id": receipt_id, "kind": "return" if chance.random() < 0.08 else "sale",
            "store_id": chance.choice([1, 1, 2, 3]), "customer_id": customer_id,
            "channel": chance.choice(["store", "store", "online"]), "business_date": day,
            "business_month": day.year * 100 + day.month, "hour": chance.randint(8, 21), "weekday": day.isoweekday(),
        }  # fmt: skip
        bought = [_line(chance, header, number) for number in range(1, chance.randint(2, 6))]
        lines += bought
        amounts = ("gross_amount", "discount_amount", "net_amount", "paid_amount")
        receipts.append(header | {name: sum(line[name] for line in bought) for name in amounts})
    return lines, receipts


def _line(chance: random.Random, header: dict[str, Any], number: int) -> dict[str, Any]:
    sign = -1 if header["kind"] == "return" else 1
    gross = chance.choice([0, 99, 250, 1299])
    discounts = {f"{kind}_amount": 0 for kind in DISCOUNT_KINDS}
    if chance.random() < 0.4:
        discounts[f"{chance.choice(DISCOUNT_KINDS)}_amount"] = sign * chance.choice([10, 99, 400])
    discount = sum(discounts.values())
    return header | discounts | {
        "line_no": number, "product_id": chance.randint(1, 7), "quantity_milli": sign * chance.choice([500, 1000, 3000]),
        "gross_amount": sign * gross, "discount_amount": discount, "net_amount": sign * gross - discount,
        "paid_amount": sign * gross - discount,
    }  # fmt: skip


def _product(number: int) -> dict[str, Any]:
    levels = _PRODUCTS[number - 1]
    path = [name for name in levels if name]
    return {
        "product_id": number, "category": " / ".join(path), "category2": " / ".join(path[:2]), "brand": f"B{number % 2}",
        "counts_units": levels[0] != "FUEL", **{f"level{depth}": name for depth, name in enumerate(levels, 1)},
    }  # fmt: skip


def _store(number: int) -> dict[str, Any]:
    return {"store_id": number, "region_id": 1 + number // 3, "region_path": "/1/2/" if number == 3 else "/1/"}


_HEADER = {
    "receipt_id": pa.int64(), "kind": pa.string(), "store_id": pa.int64(), "customer_id": pa.int64(), "channel": pa.string(),
    "business_date": pa.date32(), "business_month": pa.int32(), "hour": pa.int16(), "weekday": pa.int16(),
    "gross_amount": pa.int64(), "discount_amount": pa.int64(), "net_amount": pa.int64(), "paid_amount": pa.int64(),
}  # fmt: skip
_RECEIPT = pa.schema(_HEADER)
_LINE = pa.schema(
    _HEADER
    | {"line_no": pa.int32(), "product_id": pa.int64(), "quantity_milli": pa.int64()}
    | {f"{kind}_amount": pa.int64() for kind in DISCOUNT_KINDS}
)


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)
