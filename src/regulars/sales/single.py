"""Record one receipt that is normalized and judged already, in one statement: the light path of a checkout.

For `loyalty.checkout`, which knows store, products and customer by their ids and must not pay for staging tables. The rules
are those of `services`: the same tables, constraints and triggers, once under `(source, external_id)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from regulars.core import arrays
from regulars.sales.models import Funding, Receipt


@dataclass(frozen=True, slots=True)
class Line:
    """One article; a return has negative amounts. `takes_back` is the line of the original receipt."""

    line_no: int
    product_id: int
    quantity_milli: int
    gross_amount: int
    discount_amount: int = 0
    refunded_amount: int = 0  # the part of the discount that others bear
    takes_back: int | None = None

    @property
    def paid_amount(self) -> int:
        return self.gross_amount - self.discount_amount


@dataclass(frozen=True, slots=True)
class Discount:
    """What was taken off one line."""

    line_no: int
    discount_no: int
    kind: str
    amount: int
    funded_by: str = Funding.RETAILER
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Tender:
    """One part of the payment."""

    kind: str
    amount: int
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleReceipt:
    """A receipt with everything on it; `original` names the sale that a return takes back: id, external id."""

    source: str
    external_id: str
    digest: bytes
    kind: str
    store_id: int
    sold_at: datetime
    received_at: datetime
    business_date: date
    currency: str
    lines: Sequence[Line]
    discounts: Sequence[Discount] = ()
    tenders: Sequence[Tender] = ()
    clock_off: bool = False
    till: str = ""
    cashier: str = ""
    customer_id: int | None = None
    channel: str = Receipt.Channel.STORE
    original: tuple[int, str] | None = None
    id: int | None = None  # from `next_id`, where others have to name the receipt before it stands


def next_id(cursor: psycopg.Cursor[tuple[Any, ...]]) -> int:
    """Return the id that a receipt will have."""
    cursor.execute(_NEXT_ID)
    row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def record(cursor: psycopg.Cursor[tuple[Any, ...]], receipt: SingleReceipt) -> int:
    """Insert the receipt in the caller's transaction and return its id; a repeat breaks the unique key."""
    lines, discounts, tenders = receipt.lines, receipt.discounts, receipt.tenders
    paid = sum(line.paid_amount for line in lines)
    refunded = sum(line.refunded_amount for line in lines)
    if paid != sum(tender.amount for tender in tenders):
        raise AssertionError("the tenders of a receipt add up to what was paid")
    cursor.execute(
        _INSERT,
        {
            "id": receipt.id,
            "source": receipt.source,
            "external_id": receipt.external_id,
            "digest": receipt.digest,
            "kind": receipt.kind,
            "store": receipt.store_id,
            "till": receipt.till,
            "cashier": receipt.cashier,
            "customer": receipt.customer_id,
            "channel": receipt.channel,
            "sold_at": receipt.sold_at,
            "received_at": receipt.received_at,
            "business_date": receipt.business_date,
            "clock_off": receipt.clock_off,
            "currency": receipt.currency,
            "gross": sum(line.gross_amount for line in lines),
            "discount": sum(line.discount_amount for line in lines),
            "net": paid + refunded,
            "paid": paid,
            "line_count": len(lines),
            "l_no": arrays.integers([line.line_no for line in lines]),
            "l_product": arrays.integers([line.product_id for line in lines]),
            "l_quantity": arrays.integers([line.quantity_milli for line in lines]),
            "l_gross": arrays.integers([line.gross_amount for line in lines]),
            "l_discount": arrays.integers([line.discount_amount for line in lines]),
            "l_net": arrays.integers([line.paid_amount + line.refunded_amount for line in lines]),
            "l_paid": arrays.integers([line.paid_amount for line in lines]),
            "d_line": arrays.integers([discount.line_no for discount in discounts]),
            "d_no": arrays.integers([discount.discount_no for discount in discounts]),
            "d_kind": arrays.texts([discount.kind for discount in discounts]),
            "d_amount": arrays.integers([discount.amount for discount in discounts]),
            "d_funded": arrays.texts([discount.funded_by for discount in discounts]),
            "d_reference": arrays.texts([discount.reference for discount in discounts]),
            "t_kind": arrays.texts([tender.kind for tender in tenders]),
            "t_amount": arrays.integers([tender.amount for tender in tenders]),
            "t_reference": arrays.texts([tender.reference for tender in tenders]),
        },
        prepare=True,
    )
    row = cursor.fetchone()
    assert row is not None
    receipt_id: int = row[0]
    if receipt.original is not None:
        _link(cursor, receipt_id, receipt)
    return receipt_id


def _link(cursor: psycopg.Cursor[tuple[Any, ...]], receipt_id: int, receipt: SingleReceipt) -> None:
    assert receipt.original is not None
    original_id, original_external_id = receipt.original
    cursor.execute(
        _LINK,
        {
            "receipt": receipt_id,
            "source": receipt.source,
            "original": original_id,
            "original_external_id": original_external_id,
            "now": receipt.received_at,
            "l_no": arrays.integers([line.line_no for line in receipt.lines]),
            "l_original": arrays.integers([line.takes_back for line in receipt.lines]),
        },
        prepare=True,
    )


_NEXT_ID = "SELECT nextval(pg_get_serial_sequence('sales_receipt', 'id'))"

_INSERT = """
WITH receipt AS (
    INSERT INTO sales_receipt (id, source, external_id, digest, kind, store_id, till, cashier, customer_id, channel, sold_at,
        received_at, business_date, clock_off, currency, gross_amount, discount_amount, net_amount, paid_amount, line_count)
    VALUES (coalesce(%(id)s::bigint, nextval(pg_get_serial_sequence('sales_receipt', 'id'))),
        %(source)s, %(external_id)s, %(digest)s, %(kind)s, %(store)s::bigint, %(till)s, %(cashier)s, %(customer)s::bigint,
        %(channel)s, %(sold_at)s, %(received_at)s, %(business_date)s, %(clock_off)s, %(currency)s, %(gross)s::bigint,
        %(discount)s::bigint, %(net)s::bigint, %(paid)s::bigint, %(line_count)s::int)
    RETURNING id
), lines AS (
    INSERT INTO sales_receiptline
        (receipt_id, line_no, product_id, quantity_milli, gross_amount, discount_amount, net_amount, paid_amount)
    SELECT receipt.id, l.* FROM receipt, unnest(%(l_no)s::int[], %(l_product)s::bigint[], %(l_quantity)s::bigint[],
        %(l_gross)s::bigint[], %(l_discount)s::bigint[], %(l_net)s::bigint[], %(l_paid)s::bigint[]) AS l
), discounts AS (
    INSERT INTO sales_linediscount (receipt_id, line_no, discount_no, kind, amount, funded_by, reference)
    SELECT receipt.id, d.* FROM receipt, unnest(%(d_line)s::int[], %(d_no)s::smallint[], %(d_kind)s::text[],
        %(d_amount)s::bigint[], %(d_funded)s::text[], %(d_reference)s::text[]) AS d
), tenders AS (
    INSERT INTO sales_tender (receipt_id, tender_no, kind, amount, reference)
    SELECT receipt.id, t.ordinality, t.kind, t.amount, t.reference
    FROM receipt, unnest(%(t_kind)s::text[], %(t_amount)s::bigint[], %(t_reference)s::text[]) WITH ORDINALITY
        AS t (kind, amount, reference, ordinality)
), known AS (
    INSERT INTO customers_customerstore (customer_id, store_id, since)
    SELECT %(customer)s::bigint, %(store)s::bigint, %(received_at)s::timestamptz WHERE %(customer)s::bigint IS NOT NULL
    ON CONFLICT (store_id, customer_id) DO NOTHING
)
SELECT id FROM receipt
"""

_LINK = """
INSERT INTO sales_returnlink
    (receipt_id, line_no, original_source, original_external_id, original_line_no, original_id, resolved_at)
SELECT %(receipt)s::bigint, l.line_no, %(source)s, %(original_external_id)s, l.original_line_no, %(original)s::bigint, %(now)s
FROM unnest(%(l_no)s::int[], %(l_original)s::int[]) AS l (line_no, original_line_no)
"""
