"""Price a basket with every lawful advantage, before anybody pays.

For the till's door and the till screen. Nothing is written, unless the till asks to reserve.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from regulars.loyalty.basket import Basket
from regulars.loyalty.checkout import database
from regulars.loyalty.checkout.members import Buyer
from regulars.loyalty.checkout.messages import Quote
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import baskets, journal, points
from regulars.loyalty.checkout.services.journal import Answer, Opened
from regulars.loyalty.program.rules import Book, rate, redeemable
from regulars.organization.access import Viewer


def quote(asked: Quote, *, now: datetime, viewer: Viewer) -> Answer:
    """Return what the basket costs, what the points can pay of it, and why some offers do not apply."""

    def attempt() -> Answer:
        cursor = database.cursor()
        store = journal.open_store(cursor, asked.store, viewer)
        opened = Opened(store, cursor, viewer, now, b"")
        filled = baskets.fill(opened, asked, keep=False)
        basket = filled.basket
        body = {"state": "quoted", **receipts.priced(basket, filled.names)}
        book = points.book_for(basket.business_date, basket.currency)
        if filled.buyer is not None:
            basket = replace(basket, member=points.with_standing(filled.buyer.member, book, at=now))
            body |= _of_member(asked, basket, filled.buyer, book, now)
        return Answer(200, receipts.write(body))

    return database.in_transaction(attempt)


def _of_member(asked: Quote, basket: Basket, buyer: Buyer, book: Book | None, now: datetime) -> dict[str, Any]:
    """Return what a member has, can use here and would earn."""
    balances = points.balances_of(buyer.customer_id, now=now)
    body = points.shown(balances, book, currency=basket.currency, today=basket.business_date)
    if book is None:
        return body
    there = points.spendable(balances, book.points_unit)
    most = redeemable(basket.paid_amount, there, book.body.redemption)
    body["points"] |= {"usable": most.points, "usable_amount": most.amount, "limit": most.code or None}
    tenders: tuple[tuple[str, int], ...] = ()
    if asked.points:
        chosen = redeemable(basket.paid_amount, there, book.body.redemption, wanted=asked.points)
        body["points"] |= {"use": chosen.points}
        body["payments"] = [{"kind": "points", "amount": chosen.amount}] if chosen.amount else []
        tenders = (("points", chosen.amount),)
    body["due"] = basket.paid_amount - sum(amount for _, amount in tenders)
    body["points"]["earns"] = rate(replace(basket, tenders=tenders), book).points
    return body
