"""A real receipt, rated under the rules in force and under a draft: what the designer shows while people write (F18)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from regulars.core import bulk
from regulars.loyalty.basket import Basket, Discount, Line, Member
from regulars.loyalty.program import selectors
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.earning import Earned, rate
from regulars.loyalty.program.services import loading
from regulars.organization.models import Store

# A recent receipt of a member with a few lines, not of the newest ones: they may still be on their way in.
_RECEIPT = """
SELECT r.id, r.sold_at, r.business_date, r.currency, r.store_id, r.channel, r.customer_id, r.sold_at AT TIME ZONE s.timezone
FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id
WHERE r.kind = 'sale' AND r.customer_id IS NOT NULL AND r.line_count BETWEEN 4 AND 9 AND r.paid_amount > 2000
ORDER BY r.business_date DESC, r.id DESC OFFSET %(skip)s LIMIT 1
"""
_LINES = """
SELECT l.line_no, l.product_id, p.name, l.quantity_milli, l.gross_amount, l.discount_amount
FROM sales_receiptline l JOIN catalog_product p ON p.id = l.product_id WHERE l.receipt_id = %(id)s ORDER BY l.line_no
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the example: what it earns now, and by which rules of the draft."""

    name: str
    paid_amount: int
    points_now: int
    points: int
    by_rule: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Example:
    """The example receipt."""

    store: str
    sold_at: datetime
    currency: str
    tier: str
    paid_amount: int
    lines: list[Shown]
    bonuses: list[tuple[str, int]]
    points_now: int
    earned: Earned


def example(draft: Book, current: Book | None, *, tier: str = "", skip: int = 0) -> Example | None:
    """Return a real receipt under both sets of rules, as a member of `tier` would have it; None without any receipt."""
    found = bulk.fetch(_RECEIPT, {"skip": skip}) or bulk.fetch(_RECEIPT, {"skip": 0})
    if not found:
        return None
    receipt_id, sold_at, day, currency, store_id, channel, customer_id, local = found[0]
    rows = bulk.fetch(_LINES, {"id": receipt_id})
    articles = loading.articles_by_id([row[1] for row in rows])
    lines = tuple(
        Line(number, articles[product], quantity, gross, (Discount("promotion", discount),) if discount else ())
        for number, product, _name, quantity, gross, discount in rows
    )
    place = loading.place_of(store_id, channel)
    member = selectors.member_at(customer_id, book=draft, at=sold_at)
    basket = Basket(place, sold_at, local, day, currency, lines, replace(member or Member(customer_id), tier=tier))
    now = rate(basket, current) if current else Earned()
    then = rate(basket, draft)
    names = {rule.code: rule.name or rule.code for rule in draft.rates.all}
    tiers = {step.code: step.name or step.code for step in draft.body.ladder.tiers}
    before = {line.line_no: line.points for line in now.lines}
    earned = {line.line_no: line for line in then.lines}
    return Example(
        store=Store.objects.values_list("name", flat=True).get(pk=store_id), sold_at=sold_at, currency=currency,
        tier=tiers.get(tier or draft.base_tier, tier), paid_amount=basket.paid_amount,
        lines=[
            Shown(
                row[2], line.paid_amount, before.get(line.line_no, 0), earned[line.line_no].points,
                [(names[code], points) for code, points in earned[line.line_no].by_rule.items()],
            )
            for row, line in zip(rows, lines, strict=True)
            if line.line_no in earned
        ],
        bonuses=[(names[bonus.rule], bonus.points) for bonus in then.bonuses], points_now=now.points, earned=then,
    )  # fmt: skip
