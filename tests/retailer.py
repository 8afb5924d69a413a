"""A small retailer with a history, made through the rooms' own services: for stories and for pages.

Three stores in two regions, a dozen products, forty members over a year. Ana buys every week, Ben stopped in spring, Chiara
has only a card without a name.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from regulars.catalog import services as catalog
from regulars.customers import services as customers
from regulars.insight.customers.write_back import refresh_figures
from regulars.insight.lake import sync
from regulars.organization import services as organization
from regulars.organization.access import system
from regulars.organization.models import Company, Person
from regulars.sales import services as sales

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LAST_DAY = date(2026, 11, 15)
ZONE = "Asia/Shanghai"
STORES = (("SH-1", "Nanjing Road", "East"), ("SH-2", "Xujiahui", "East"), ("BJ-1", "Wangfujing", "North"))
PRODUCTS = tuple((f"P{number}", f"{kind} {number}", f"{area} / {kind}") for number, (area, kind) in enumerate(
    [("Drinks", "Tea"), ("Drinks", "Coffee"), ("Drinks", "Juice"), ("Bakery", "Bread"), ("Bakery", "Cake"), ("Dairy", "Milk"),
     ("Dairy", "Cheese"), ("Fruit", "Apples"), ("Fruit", "Pears"), ("Home", "Candles"), ("Home", "Towels"), ("Beauty", "Soap")],
    start=1))  # fmt: skip
_VIEWER = system("tests")


def open_company(*, currency: str = "CNY") -> None:
    """Make the company, its stores and its products."""
    Company.objects.get_or_create(
        pk=1, defaults={"name": "East Wind Grocers", "currency": currency, "timezone": ZONE, "country": "CN"}
    )
    stores = [
        {"code": code, "name": name, "region_code": region, "timezone": ZONE, "currency": currency, "city": "Shanghai"}
        for code, name, region in STORES
    ]
    organization.save_stores(pa.Table.from_pylist(stores), viewer=_VIEWER, now=NOW)
    products = [
        {"row": row, "sku": sku, "name": name, "category": path, "brand": "East Wind", "price_amount": 1000}
        for row, (sku, name, path) in enumerate(PRODUCTS, start=1)
    ]
    catalog.save_products(pa.Table.from_pylist(products), source="test", now=NOW, viewer=_VIEWER)


def enroll_members(count: int = 40) -> None:
    """Make the members: M1 is Ana, M2 is Ben."""
    names = {1: "Ana Lopez", 2: "Ben Fischer", 3: "张敏", 4: "王小明"}
    rows = [
        {
            "row": number,
            "external_id": f"M{number}",
            "name": names.get(number, f"Member {number}"),
            "phone": f"+8613800{number:06d}",
            "email": f"member{number}@example.test",
            "gender": "F" if number % 2 else "M",
            "home_store": STORES[number % 3][0],
            "tags": "tea;morning" if number % 5 == 0 else None,
        }
        for number in range(1, count + 1)
    ]
    customers.save_customers(pa.Table.from_pylist(rows), source="test", now=NOW, viewer=_VIEWER)


def sell_a_year(count: int = 40) -> int:
    """Record a year of receipts, Chiara's card and some returns among them; return how many."""
    dice = random.Random(7)
    lines: list[dict[str, object]] = []
    for number in range(1, count + 1):
        interval = 7 if number == 1 else dice.choice([5, 9, 14, 21, 35])
        day = LAST_DAY - timedelta(days=dice.randrange(300, 364))
        end = date(2026, 4, 1) if number == 2 else LAST_DAY
        while day <= end:
            lines += _receipt(dice, len(lines), day, f"M{number}", "external", STORES[number % 3][0])
            day += timedelta(days=max(1, round(dice.gauss(interval, interval / 5))))
    for week in range(20):
        lines += _receipt(dice, len(lines), LAST_DAY - timedelta(weeks=week), "8800001", "card", "SH-1")  # Chiara
        lines += _receipt(dice, len(lines), LAST_DAY - timedelta(weeks=week), None, None, "BJ-1")
    lines += [
        line | {"row": len(lines) + row, "receipt_id": f"RET-{line['receipt_id']}", "kind": "return",
                "original_receipt_id": line["receipt_id"], "original_line_no": line["line_no"]}
        for row, line in enumerate(lines[:200:50], start=1)
    ]  # fmt: skip
    outcome = sales.record_receipts(
        pa.Table.from_pylist(lines, schema=_schema(lines)), source="test", now=NOW, viewer=_VIEWER, historical=True
    )
    assert not outcome.problems, outcome.problems[:3]
    return outcome.created


def learn() -> None:
    """Copy everything into the lake and compute every customer's figures."""
    sync.sync(now=NOW)
    refresh_figures()


def open_with_history() -> None:
    """Do all of the above."""
    open_company()
    enroll_members()
    sell_a_year()
    learn()


def owner() -> Person:
    """Return somebody with every head-office role."""
    found = Person.objects.filter(email="owner@example.test").first()
    if found is not None:
        return found
    made = organization.create_person(email="owner@example.test", name="Olivia Owner", viewer=_VIEWER, now=NOW)
    organization.give_head_office_roles(made, viewer=_VIEWER, now=NOW)
    return made


def _receipt(
    dice: random.Random, row: int, day: date, customer: str | None, kind: str | None, store: str
) -> list[dict[str, object]]:
    sold_at = datetime.combine(day, time(dice.randrange(8, 21), dice.randrange(60)), ZoneInfo(ZONE)).astimezone(UTC)
    articles = dice.sample(PRODUCTS, dice.randrange(1, 5))
    tender = dice.choice(["cash", "wallet", "card"])
    return [
        {
            "row": row + number,
            "receipt_id": f"R{row}",
            "store": store,
            "sold_at": sold_at,
            "customer": customer,
            "customer_kind": kind,
            "line_no": number,
            "product": sku,
            "quantity_milli": 1000 * dice.randrange(1, 4),
            "gross_amount": dice.randrange(300, 5000),
            "discount_loyalty_price": dice.choice([0, 0, 100]),
            "tender": tender,
        }
        for number, (sku, _, _) in enumerate(articles, start=1)
    ]


def _schema(lines: list[dict[str, object]]) -> pa.Schema:
    kinds = {int: pa.int64(), str: pa.string(), datetime: pa.timestamp("us", "UTC")}
    columns = {key for line in lines for key in line}
    values = {key: next((line[key] for line in lines if line.get(key) is not None), "") for key in columns}
    return pa.schema([(key, kinds[type(value)]) for key, value in sorted(values.items())])
