"""Find the purchases that returns without a receipt most likely take back: the customer's newest ones of the same article.

For `rating`. A till or shop that does not know the sale must not let points be kept for goods that are back (P8); points that
no purchase of the customer can have earned are not invented (P44). A return that names its sale never comes here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from regulars.core import bulk
from regulars.loyalty.program.services.purchases.returning import ReturnedLine

# Returned articles of known customers, of returns that have not taken anything yet; by the customer that each became.
_UNLINKED = """
SELECT r.id, coalesce(c.merged_into_id, c.id), l.product_id, -sum(l.quantity_milli)::bigint, -sum(l.paid_amount)::bigint,
    r.sold_at, r.business_date, r.store_id
FROM sales_receipt r
JOIN customers_customer c ON c.id = r.customer_id
JOIN sales_receiptline l ON l.receipt_id = r.id AND l.quantity_milli < 0
WHERE r.kind = 'return' AND r.written_xid = %(xid)s
    AND NOT EXISTS (SELECT FROM sales_returnlink k WHERE k.receipt_id = r.id AND k.line_no = l.line_no)
    AND NOT EXISTS (SELECT FROM program_takenback t WHERE t.receipt_id = r.id)
GROUP BY r.id, 2, 3 ORDER BY r.sold_at, r.id, 3
"""
# What these customers bought of these articles and still have, as far as it earned anything; newest first.
_KEPT = """
SELECT DISTINCT ON (r.sold_at, r.id, l.line_no) coalesce(c.merged_into_id, c.id), l.product_id, r.id, l.line_no,
    l.quantity_milli - coalesce((
        SELECT sum((t.by_line -> l.line_no::text ->> 0)::bigint) FROM program_takenback t WHERE t.earning_id = e.id
    ), 0)::bigint,
    r.sold_at
FROM program_earning e
JOIN sales_receipt r ON r.id = e.receipt_id
JOIN customers_customer c ON c.id = r.customer_id
JOIN sales_receiptline l ON l.receipt_id = r.id AND l.quantity_milli > 0
WHERE e.customer_id = ANY (%(customers)s) AND l.product_id = ANY (%(products)s)
ORDER BY r.sold_at DESC, r.id DESC, l.line_no, e.program_id
"""


@dataclass(frozen=True, slots=True)
class _Returned:
    """One article of one return."""

    receipt_id: int
    customer_id: int
    product_id: int
    quantity_milli: int
    amount: int
    at: datetime
    business_date: date
    store_id: int


@dataclass(slots=True)
class _Kept:
    """A bought line with the pieces of it that are still out."""

    receipt_id: int
    line_no: int
    left_milli: int
    sold_at: datetime


def unlinked_lines(written_xid: int) -> list[ReturnedLine]:
    """Return what the returns of one recorded set that name no sale take back of which sales."""
    returned = [_Returned(*row) for row in bulk.fetch(_UNLINKED, {"xid": written_xid})]
    if not returned:
        return []
    customers, products = {one.customer_id for one in returned}, {one.product_id for one in returned}
    kept: dict[tuple[int, int], list[_Kept]] = defaultdict(list)
    for customer, product, *line in bulk.fetch(_KEPT, {"customers": _same_people(customers), "products": list(products)}):
        kept[customer, product].append(_Kept(*line))
    return [line for one in returned for line in _spread(one, kept[one.customer_id, one.product_id])]


def _same_people(customers: set[int]) -> list[int]:
    merged = bulk.fetch(
        "SELECT id FROM customers_customer WHERE merged_into_id = ANY (%(customers)s)", {"customers": list(customers)}
    )
    return sorted(customers | {row[0] for row in merged})


def _spread(one: _Returned, kept: list[_Kept]) -> Iterator[ReturnedLine]:
    """Spread what came back over the purchases before it, each at its share of what was paid back."""
    before, whole = 0, one.quantity_milli
    for line in kept:
        part = min(line.left_milli, whole - before)
        if part <= 0 or line.sold_at > one.at:
            continue
        share = one.amount * (before + part) // whole - one.amount * before // whole
        line.left_milli -= part
        before += part
        yield ReturnedLine(one.receipt_id, line.receipt_id, line.line_no, part, share, one.at, one.business_date, one.store_id)
