"""A recorded sale of the till, read back for whoever takes some of it back.

For `taking_back`: the receipt with lines, discounts and tenders, and how much of each line has come back so far.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from regulars.loyalty.checkout.rules.refunds import SoldDiscount, SoldLine, SoldTender, Use


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale as it stands."""

    receipt_id: int
    external_id: str
    store_id: int
    customer_id: int | None
    channel: str
    currency: str
    sold_at: datetime
    is_voided: bool
    has_returns: bool
    transfer_id: int | None  # of the ledger, that took what was paid with points and stored value
    uses: tuple[Use, ...]
    lines: tuple[SoldLine, ...]
    tenders: tuple[SoldTender, ...]


def find(cursor: psycopg.Cursor[tuple[Any, ...]], *, source: str, sale_id: str) -> Sold | None:
    """Return the sale that the till committed as `sale_id`; the caller holds the lock of the sale."""
    cursor.execute(_SALE, {"source": source, "sale_id": sale_id})
    head = cursor.fetchone()
    if head is None:
        return None
    receipt = {"receipt": head[0]}
    discounts: defaultdict[int, list[SoldDiscount]] = defaultdict(list)
    cursor.execute(_DISCOUNTS, receipt)
    for line_no, *discount in cursor.fetchall():
        discounts[line_no].append(SoldDiscount(*discount))
    cursor.execute(_LINES, receipt)
    lines = tuple(
        SoldLine(line_no, product_id, sku, quantity, paid, tuple(discounts[line_no]), returned, refunded)
        for line_no, product_id, sku, quantity, paid, returned, refunded in cursor.fetchall()
    )
    cursor.execute(_TENDERS, receipt)
    tenders = tuple(SoldTender(*row) for row in cursor.fetchall())
    receipt_id, external_id, store_id, customer_id, channel, currency, sold_at, is_voided, has_returns, content = head
    spent = json.loads(content) if content else {}
    return Sold(
        receipt_id=receipt_id,
        external_id=external_id,
        store_id=store_id,
        customer_id=customer_id,
        channel=channel,
        currency=currency,
        sold_at=sold_at,
        is_voided=is_voided,
        has_returns=has_returns,
        transfer_id=spent.get("transfer"),
        uses=tuple(Use(*use) for use in spent.get("uses", ())),
        lines=lines,
        tenders=tenders,
    )


_SALE = """
SELECT r.id, r.external_id, r.store_id, r.customer_id, r.channel, r.currency, r.sold_at,
    EXISTS (SELECT FROM checkout_message v WHERE v.source = %(source)s AND v.sale_id = %(sale_id)s
        AND v.kind = 'void' AND v.state = 'done'),
    EXISTS (SELECT FROM sales_returnlink l WHERE l.original_id = r.id),
    (SELECT m.content FROM checkout_message m WHERE m.receipt_id = r.id AND m.kind = 'sale')
FROM sales_receipt r
WHERE r.kind = 'sale' AND r.source = %(source)s AND r.external_id = %(sale_id)s
"""

_LINES = """
SELECT l.line_no, l.product_id, p.sku, l.quantity_milli, l.paid_amount, back.quantity_milli, back.amount
FROM sales_receiptline l JOIN catalog_product p ON p.id = l.product_id
CROSS JOIN LATERAL (
    SELECT coalesce(-sum(b.quantity_milli), 0)::bigint AS quantity_milli, coalesce(-sum(b.paid_amount), 0)::bigint AS amount
    FROM sales_returnlink k JOIN sales_receiptline b USING (receipt_id, line_no)
    WHERE k.original_id = l.receipt_id AND k.original_line_no = l.line_no
) back
WHERE l.receipt_id = %(receipt)s::bigint ORDER BY l.line_no
"""

_DISCOUNTS = """
SELECT line_no, discount_no, kind, amount, funded_by, reference
FROM sales_linediscount WHERE receipt_id = %(receipt)s::bigint ORDER BY line_no, discount_no
"""

_TENDERS = """
SELECT tender_no, kind, amount, reference FROM sales_tender WHERE receipt_id = %(receipt)s::bigint ORDER BY tender_no
"""
