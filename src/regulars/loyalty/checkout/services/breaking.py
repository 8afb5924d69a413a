"""Find out what a part return breaks: offers whose policy takes a discount back that what stays no longer earns (P39).

For `taking_back`. The kept goods are judged as they were sold: at that moment, in that store, under the offer's terms of then.
Where the whole sale would not be judged as it was (a tag that a customer had is gone), the customer keeps the discount.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from regulars.loyalty.basket import Basket, Line
from regulars.loyalty.checkout import context as contexts
from regulars.loyalty.checkout import facts
from regulars.loyalty.checkout.facts import StoreFacts
from regulars.loyalty.checkout.rules.breaking import Broken
from regulars.loyalty.checkout.rules.refunds import SoldLine, part
from regulars.loyalty.checkout.services.journal import Opened
from regulars.loyalty.checkout.services.sold import Sold
from regulars.loyalty.offers import selectors as offers
from regulars.loyalty.offers.rules import broken_by_return
from regulars.loyalty.offers.selectors import ConditionalUse


def find(opened: Opened, found: Sold, returned_milli: Mapping[int, int]) -> Broken | None:
    """Return what the lines that stay lose; `returned_milli` is what has come back of each line, this return included."""
    if not any(line.discounts for line in found.lines):
        return None
    uses = offers.conditional_uses(source=opened.viewer.source, key=found.external_id)
    if not uses:
        return None
    whole = _basket(opened, found)
    uses = [use for use in uses if not broken_by_return(use.offer, whole, use.lines)]
    earlier = {line.line_no: line.returned_milli for line in found.lines}
    return Broken(
        before={use.offer.offer_id: _lost(use, whole, found.lines, earlier) for use in uses},
        after={use.offer.offer_id: _lost(use, whole, found.lines, returned_milli) for use in uses},
        codes={use.offer.offer_id: use.offer.code for use in uses},
    )


def _lost(use: ConditionalUse, whole: Basket, sold: tuple[SoldLine, ...], back: Mapping[int, int]) -> dict[int, int]:
    """Return what each line that stays loses of an offer."""
    if not any(back.values()):
        return {}
    kept, had = [], {}
    for was, line in zip(sold, whole.lines, strict=True):
        gone, pieces = back.get(was.line_no, 0), was.quantity_milli
        if gone < pieces:
            gross = line.gross_amount - part(line.gross_amount, gone, pieces)
            kept.append(replace(line, quantity_milli=pieces - gone, gross_amount=gross))
            if amount := use.lines.get(was.line_no, 0):
                had[was.line_no] = amount - part(amount, gone, pieces)
    return broken_by_return(use.offer, replace(whole, lines=tuple(kept)), had)


def _basket(opened: Opened, found: Sold) -> Basket:
    """Return what was sold, as the rules saw it."""
    opened.cursor.execute(_SALE, {"receipt": found.receipt_id})
    row = opened.cursor.fetchone()
    assert row is not None, "the sale was found a moment ago"
    store, (till, business_date, at) = StoreFacts(*row[:8]), row[8:]
    skus = [line.sku for line in found.lines]
    context = contexts.of_sale(skus, store=store.code, at=at, customer_id=found.customer_id)
    articles = {sku: known.article for sku, known in context.articles.items()}
    return Basket(
        place=facts.place_of(store, till=till, channel=found.channel),
        sold_at=at,
        local=at.astimezone(ZoneInfo(store.timezone)),
        business_date=business_date,
        currency=found.currency,
        lines=tuple(Line(line.line_no, articles[line.sku], line.quantity_milli, line.gross_amount) for line in found.lines),
        member=context.member,
        tenders=tuple((tender.kind, tender.amount) for tender in found.tenders),
    )


_SALE = """
SELECT s.id, s.code, s.timezone, s.day_cutoff_minutes, s.currency, true, s.format, s.region_id,
    r.till, r.business_date, CASE WHEN r.clock_off THEN r.received_at ELSE r.sold_at END
FROM sales_receipt r JOIN organization_store s ON s.id = r.store_id WHERE r.id = %(receipt)s::bigint
"""
