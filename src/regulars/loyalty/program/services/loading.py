"""Read receipts as columns: a handful of statements for one receipt or for a year of them.

For `rating` and `replaying`. Whoever asks puts the receipts into the temporary table `rated_receipt` first (`choose`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection

from regulars.core import bulk
from regulars.loyalty.basket import Article, Place
from regulars.loyalty.program import known
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.returning import Back
from regulars.loyalty.program.rules.simulation import Returned
from regulars.loyalty.program.rules.table import Columns, Integers

# Sales of somebody, with who that is by now, in the order in which they are rated: by business date, and within it as they were
# rated already or, the others after them, as they came.
_CHOOSE = """
DROP TABLE IF EXISTS pg_temp.rated_receipt;
CREATE TEMPORARY TABLE rated_receipt ON COMMIT DROP AS
SELECT r.id, coalesce(c.merged_into_id, c.id) AS customer_id, r.business_date, r.store_id, r.channel, r.paid_amount, r.sold_at,
    extract(epoch FROM ((CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END) AT TIME ZONE s.timezone)::time)::int
        AS second,
    extract(isodow FROM (CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END) AT TIME ZONE s.timezone)::int - 1
        AS weekday,
    e.id AS earning_id, coalesce(e.points, 0) AS points, coalesce(e.tier, '') AS tier,
    coalesce(e.paid_plan, (
        SELECT l.code FROM program_paidperiod d JOIN program_paidplan l ON l.id = d.plan_id AND l.program_id = %(program)s
        WHERE d.customer_id = c.id AND d.starts_on <= r.business_date AND coalesce(d.ended_on, d.ends_on) > r.business_date
        ORDER BY l.price_amount DESC LIMIT 1), '') AS paid_plan
FROM sales_receipt r
JOIN customers_customer c ON c.id = r.customer_id
JOIN organization_store s ON s.id = r.store_id
LEFT JOIN program_earning e ON e.receipt_id = r.id AND e.program_id = %(program)s
WHERE r.kind = 'sale' AND {condition}
"""
_RECEIPTS = """
SELECT id, customer_id, business_date - DATE '0001-01-01' + 1 AS day, second, weekday, store_id, channel, paid_amount,
    (extract(epoch FROM sold_at) * 1000000)::bigint AS sold_at, tier, paid_plan, earning_id, points
FROM rated_receipt ORDER BY business_date, earning_id NULLS LAST, sold_at, id
"""
_KNOWN = """
SELECT {terms} FROM rated_receipt r JOIN customers_customer c ON c.id = r.customer_id
LEFT JOIN program_membership m ON m.customer_id = c.id AND m.program_id = {program:d} AND m.left_at IS NULL
WINDOW mine AS (PARTITION BY r.customer_id ORDER BY r.sold_at, r.id)
ORDER BY r.business_date, r.earning_id NULLS LAST, r.sold_at, r.id
"""
# Whoever is let in with these receipts only is a member from the second one on.
_JOINED = """CASE WHEN m.joined_at < r.sold_at THEN m.joined_on
    WHEN m.id IS NULL AND row_number() OVER mine > 1 THEN first_value(r.business_date) OVER mine END"""
_LINES = """
SELECT l.receipt_id, l.line_no, l.product_id, l.quantity_milli, l.paid_amount, (l.discount_amount <> 0)::int AS discounted
FROM sales_receiptline l JOIN rated_receipt r ON r.id = l.receipt_id
WHERE l.paid_amount >= 0 AND l.quantity_milli >= 0
"""
_TENDERS = """
SELECT t.receipt_id, t.kind, t.amount FROM sales_tender t JOIN rated_receipt r ON r.id = t.receipt_id
WHERE t.kind IN ({kinds})
"""
_ARTICLES = """
SELECT p.id, p.sku, coalesce(c.path, ''), coalesce(b.name, ''), coalesce(s.code, ''), p.price_amount
FROM catalog_product p LEFT JOIN catalog_category c ON c.id = p.category_id LEFT JOIN catalog_brand b ON b.id = p.brand_id
LEFT JOIN catalog_supplier s ON s.id = p.supplier_id
WHERE p.id = ANY (%(products)s)
"""
_STORES = """
WITH RECURSIVE above AS (
    SELECT s.id AS store_id, g.id AS region_id, g.parent_id, ARRAY[g.code::text] AS codes
    FROM organization_store s JOIN organization_region g ON g.id = s.region_id
    UNION ALL
    SELECT a.store_id, g.id, g.parent_id, a.codes || g.code::text FROM above a JOIN organization_region g ON g.id = a.parent_id
)
SELECT s.id, s.code, s.format, coalesce(
    (SELECT codes FROM above a WHERE a.store_id = s.id ORDER BY cardinality(codes) DESC LIMIT 1), ARRAY[]::text[])
FROM organization_store s
"""
_RETURNS = """
SELECT k.receipt_id, r.business_date, k.original_id, coalesce(k.original_line_no, (
        SELECT min(o.line_no) FROM sales_receiptline o WHERE o.receipt_id = k.original_id AND o.product_id = l.product_id)),
    -l.quantity_milli, -l.paid_amount
FROM sales_returnlink k JOIN rated_receipt sale ON sale.id = k.original_id
JOIN sales_receiptline l ON l.receipt_id = k.receipt_id AND l.line_no = k.line_no
JOIN sales_receipt r ON r.id = k.receipt_id
WHERE r.business_date <= %(until)s
ORDER BY r.business_date, k.receipt_id, k.line_no
"""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MANY = 1000  # receipts from which the planner should know how many they are


@dataclass(frozen=True)
class Loaded:
    """Receipts as columns, with who the members are and what stands beside each receipt."""

    columns: Columns
    customers: Integers  # by member number
    sold_at: Integers  # microseconds since 1970
    store_id: Integers
    tier: list[str]  # of what was rated already
    earning_id: list[int | None]
    points: list[int]  # of the ledger, 0 where nothing was rated

    def moment(self, at: int) -> datetime:
        """Return when a receipt was sold."""
        return _EPOCH + timedelta(microseconds=int(self.sold_at[at]))

    @property
    def members(self) -> dict[int, int]:
        return {customer: member for member, customer in enumerate(self.customers.tolist())}


def choose(condition: str, *, program_id: int, **values: Any) -> int:
    """Put the sales that fulfil `condition` (on `r`, `c` and `e`) into `rated_receipt`; return how many they are."""
    bulk.execute(_CHOOSE.format(condition=condition), {"program": program_id, **values})
    ((chosen,),) = bulk.fetch("SELECT count(*) FROM rated_receipt")
    if chosen >= _MANY:
        bulk.plan_for_many("rated_receipt")
    return int(chosen)


def load(*books: Book) -> Loaded:
    """Return the chosen sales as columns, with the tenders and the facts of customers that the rules of `books` ask for."""
    tender_kinds = tuple(sorted({kind for book in books for kind in book.tender_kinds}))
    asked = sorted({name for book in books for name in book.asked if name in known.KNOWN})
    receipts, lines = _read(_RECEIPTS), _read(_LINES)
    ids = _numbers(receipts, "id")
    customers, member = np.unique(_numbers(receipts, "customer_id"), return_inverse=True)
    places, place = _places(receipts)
    position, first, order = _order(ids, lines)
    products, article = np.unique(_numbers(lines, "product_id")[order], return_inverse=True)
    plans, plan = np.unique(np.array(_texts(receipts, "paid_plan"), dtype=str), return_inverse=True)
    tenders = _tenders(tender_kinds, position)
    columns = Columns(
        receipt_id=ids, member=member, day=_numbers(receipts, "day"), second=_numbers(receipts, "second"), place=place,
        plan=plan, paid=_numbers(receipts, "paid_amount"), first=first, line_no=_numbers(lines, "line_no")[order],
        article=article, quantity_milli=_numbers(lines, "quantity_milli")[order],
        line_paid=_numbers(lines, "paid_amount")[order], discounted=_numbers(lines, "discounted")[order] != 0,
        articles=articles_of(products), places=places, plans=[str(name) for name in plans] or [""],
        tender_kinds=tender_kinds, weekday=_numbers(receipts, "weekday"),
        known=_known(asked, books[0].program_id) if asked else {}, **tenders,
    )  # fmt: skip
    rated = [None if value == "" else int(value) for value in _texts(receipts, "earning_id")]
    return Loaded(
        columns, customers, _numbers(receipts, "sold_at"), _numbers(receipts, "store_id"), _texts(receipts, "tier"), rated,
        _numbers(receipts, "points").tolist(),
    )  # fmt: skip


def load_returns(loaded: Loaded, *, until: date) -> list[Returned]:
    """Return what came back of the chosen sales up to a business date, in order."""
    position = {receipt: at for at, receipt in enumerate(loaded.columns.receipt_id.tolist())}
    back: dict[tuple[int, int, int], dict[int, Back]] = defaultdict(dict)
    for receipt, day, sale, line_no, quantity, amount in bulk.fetch(_RETURNS, {"until": until}):
        if line_no is not None:
            lines = back[receipt, day.toordinal(), position[sale]]
            had = lines.get(line_no, Back())
            lines[line_no] = Back(had.quantity_milli + quantity, had.amount + amount)
    return [Returned(receipt, day, sale, lines) for (receipt, day, sale), lines in back.items()]


def articles_of(products: Integers) -> list[Article]:
    """Return the articles behind product ids, in their order."""
    known = articles_by_id(products.tolist())
    return [known[product] for product in products.tolist()]


def articles_by_id(products: Sequence[int]) -> dict[int, Article]:
    """Return articles as rules see them, by product id."""
    rows = bulk.fetch(_ARTICLES, {"products": list(products)})
    return {
        row[0]: Article(row[0], row[1], tuple(row[2].split(" / ")) if row[2] else (), row[3], row[4], row[5]) for row in rows
    }


def place_of(store_id: int, channel: str) -> Place:
    """Return a store as rules see it."""
    row = next(row for row in bulk.fetch(_STORES) if row[0] == store_id)
    return Place(store_id, row[1], tuple(row[3]), row[2], channel)


def _order(ids: Integers, lines: pa.Table) -> tuple[dict[str, Integers], Integers, Integers]:
    """Return where each receipt stands, where its lines begin, and the order that brings the lines there."""
    sorter = np.argsort(ids)
    receipt = sorter[np.searchsorted(ids, _numbers(lines, "receipt_id"), sorter=sorter)] if len(ids) else ids
    order = np.lexsort((_numbers(lines, "line_no"), receipt))
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(receipt, minlength=len(ids)))])
    return {"ids": ids, "sorter": sorter}, first, order


def _known(asked: Sequence[str], program_id: int) -> dict[str, tuple[Integers, Sequence[object]]]:
    """Return for each term a number a receipt, and what the numbers mean."""
    terms = {name: known.KNOWN[name].format(at="r.sold_at") for name in asked} | (
        {"customer.joined_on": _JOINED} if "customer.joined_on" in asked else {}
    )
    said = ", ".join(f"coalesce(to_json({terms[name]})::text, 'null') AS k{at}" for at, name in enumerate(asked))
    table = _read(_KNOWN.format(terms=said, program=program_id), [f"k{at}" for at in range(len(asked))])
    found: dict[str, tuple[Integers, Sequence[object]]] = {}
    for at, name in enumerate(asked):
        texts, numbers = np.unique(np.array(_texts(table, f"k{at}"), dtype=str), return_inverse=True)
        found[name] = (numbers.astype(np.int64), [known.from_json(name, json.loads(text)) for text in texts.tolist()])
    return found


def _places(receipts: pa.Table) -> tuple[list[Place], Integers]:
    stores = {row[0]: row for row in bulk.fetch(_STORES)}
    keys = list(zip(receipts["store_id"].to_pylist(), _texts(receipts, "channel"), strict=True))
    numbers = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    places = [Place(store, stores[store][1], tuple(stores[store][3]), stores[store][2], channel) for store, channel in numbers]
    return places, np.fromiter((numbers[key] for key in keys), np.int64, len(keys))


def _tenders(kinds: Sequence[str], position: dict[str, Integers]) -> dict[str, Integers]:
    if not kinds:
        nothing = np.zeros(0, np.int64)
        return {"tender_receipt": nothing, "tender_kind": nothing, "tender_amount": nothing}
    table = _read(_TENDERS.format(kinds=", ".join(f"'{kind}'" for kind in sorted(set(kinds)) if kind.isidentifier())))
    at = position["sorter"][np.searchsorted(position["ids"], _numbers(table, "receipt_id"), sorter=position["sorter"])]
    number = {kind: index for index, kind in enumerate(kinds)}
    return {
        "tender_receipt": at,
        "tender_kind": np.fromiter((number[kind] for kind in _texts(table, "kind")), np.int64, len(table)),
        "tender_amount": _numbers(table, "amount"),
    }


def _read(query: str, texts: Sequence[str] = ("channel", "tier", "paid_plan", "kind", "earning_id")) -> pa.Table:
    """Return what a query finds, by COPY: within this transaction, and without an object per row."""
    sink = pa.BufferOutputStream()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as rows:
        for block in rows:
            sink.write(block)
    text = dict.fromkeys(texts, pa.string())
    options = pa_csv.ConvertOptions(column_types=text, strings_can_be_null=False)
    return pa_csv.read_csv(pa.BufferReader(sink.getvalue()), convert_options=options)


def _numbers(table: pa.Table, name: str) -> Integers:
    return np.asarray(table[name].cast(pa.int64()).to_numpy(zero_copy_only=False), np.int64)


def _texts(table: pa.Table, name: str) -> list[str]:
    return [str(value) for value in table[name].to_pylist()]
