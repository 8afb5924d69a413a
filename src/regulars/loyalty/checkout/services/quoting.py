"""Price a basket with every lawful advantage, before anybody pays.

For the till's door and the till screen. Nothing is written, unless the till asks to reserve.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from regulars.loyalty.basket import Basket
from regulars.loyalty.checkout.messages import Quote
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import baskets, journal, points
from regulars.loyalty.checkout.services.baskets import Filled
from regulars.loyalty.checkout.services.journal import Answer
from regulars.loyalty.program.rules import rate, redeemable
from regulars.organization.access import Viewer


def quote(asked: Quote, *, now: datetime, viewer: Viewer) -> Answer:
    """Return what the basket costs, what the points can pay of it, and why some offers do not apply."""
    opened = journal.open_basket(asked, now=now, viewer=viewer)
    filled = baskets.fill(opened, asked, keep=False)
    basket = filled.basket
    body = {"state": "quoted", **receipts.priced(basket, filled.names)}
    if filled.buyer is not None:
        body |= _of_member(asked, filled, basket, now)
    return Answer(200, receipts.write(body))


def _of_member(asked: Quote, filled: Filled, basket: Basket, now: datetime) -> dict[str, Any]:
    """Return what a member has, can use here and would earn."""
    assert filled.buyer is not None
    book = filled.book
    balances = points.balances_of(filled.buyer.customer_id, now=now)
    body = points.shown(balances, book, currency=basket.currency, today=basket.business_date)
    if book is None:
        return body
    there = points.spendable(balances, book.points_unit)
    most = redeemable(basket.paid_amount, there, book.body.redemption)
    body["points"] |= {"usable": most.points, "usable_amount": most.amount, "limit": most.code or None}
    tenders: tuple[tuple[str, int], ...] = ()
    body["payments"] = []
    if asked.points:
        chosen = redeemable(basket.paid_amount, there, book.body.redemption, wanted=asked.points)
        body["points"] |= {"use": chosen.points}
        if chosen.amount:
            body["payments"] = [{"kind": "points", "amount": chosen.amount}]
            tenders = (("points", chosen.amount),)
    body["due"] = basket.paid_amount - sum(amount for _, amount in tenders)
    body["points"]["earns"] = rate(replace(basket, tenders=tenders), book).points if filled.may_earn else 0
    return body
