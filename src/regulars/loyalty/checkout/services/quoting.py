"""Price a basket with every lawful advantage, before anybody pays.

For the till's door and the till screen. Nothing is written, unless the till asks to reserve.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from regulars.core.errors import InvalidInputError
from regulars.loyalty.basket import Basket
from regulars.loyalty.checkout import database
from regulars.loyalty.checkout.messages import Number, Quote
from regulars.loyalty.checkout.rules import receipts
from regulars.loyalty.checkout.services import baskets, deals, journal, points
from regulars.loyalty.checkout.services.baskets import Filled
from regulars.loyalty.checkout.services.deals import Dealt
from regulars.loyalty.checkout.services.journal import Answer
from regulars.loyalty.offers import services as offers
from regulars.loyalty.program.rules import rate, redeemable
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization.access import Viewer

RESERVED_FOR = timedelta(minutes=15)
_TOKEN_BYTES = 9


class NumberMissingError(InvalidInputError):
    """What is reserved is reserved for a sale, which has a number."""

    code = "quote.number_missing"


def quote(asked: Quote, *, now: datetime, viewer: Viewer) -> Answer:
    """Return what the basket costs, what the points can pay of it, and why some offers do not apply."""
    if asked.reserve and not asked.number:
        raise NumberMissingError("Send the number of the sale with «reserve».", field="number")
    filled, dealt, body = database.in_transaction(lambda: _look(asked, now=now, viewer=viewer))
    deals.count_guesses(viewer, dealt.wrong_codes, now=now)
    if asked.reserve:
        body |= _reserve(asked, dealt, filled, body.get("points", {}).get("use", 0), now=now, viewer=viewer)
    return Answer(200, receipts.write(body))


def _look(asked: Quote, *, now: datetime, viewer: Viewer) -> tuple[Filled, Dealt, dict[str, Any]]:
    """Read what the basket needs and return what it comes to."""
    opened = journal.open_basket(asked, now=now, viewer=viewer)
    filled = baskets.fill(opened, asked, keep=False)
    hold = deals.hold_key(viewer.source, asked.id) if asked.number else ""
    dealt = deals.best(opened, filled.basket, asked.coupons, hold=hold)
    basket = dealt.basket
    body = {"state": "quoted", **receipts.priced(basket, filled.names), "payments": [], "due": basket.paid_amount}
    if filled.buyer is not None:
        body |= _of_member(asked, filled, basket, now)
    return filled, dealt, body | deals.shown(dealt, language=asked.language)


def release(id: Number, token: str, *, now: datetime, viewer: Viewer) -> None:
    """Let go of what a quote reserved, when the customer leaves without buying."""
    journal.open_store(id.store, viewer=viewer)
    with transaction.atomic():
        offers.release(deals.hold_key(viewer.source, id))
        _release_points(points.hold_key(viewer.source, id, token), now=now, viewer=viewer)


def _reserve(asked: Quote, dealt: Dealt, filled: Filled, use: int, *, now: datetime, viewer: Viewer) -> dict[str, Any]:
    """Keep coupons and points for this sale; what an earlier quote (`asked.quote`) kept is let go first."""
    token, until = secrets.token_urlsafe(_TOKEN_BYTES), now + RESERVED_FOR
    buyer = filled.buyer
    with transaction.atomic():
        if asked.quote:
            _release_points(points.hold_key(viewer.source, asked.id, asked.quote), now=now, viewer=viewer)
        offers.reserve(
            dealt.deal.used,
            key=deals.hold_key(viewer.source, asked.id),
            until=until,
            customer_id=buyer.customer_id if buyer else None,
            now=now,
        )
        if use and buyer is not None and filled.book is not None:
            wallet.hold(
                Owner(OwnerKind.CUSTOMER, buyer.customer_id),
                filled.book.points_unit,
                use,
                key=points.hold_key(viewer.source, asked.id, token),
                until=until,
                at=now,
                now=now,
                viewer=viewer,
            )
    return {"quote": token, "reserved_until": until.isoformat(timespec="seconds")}


def _release_points(key: str, *, now: datetime, viewer: Viewer) -> None:
    try:
        wallet.release_hold(key, now=now, viewer=viewer)
    except wallet.HoldEndedError:
        return  # nothing was held, or it has been used: there is nothing to let go


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
    if asked.points:
        chosen = redeemable(basket.paid_amount, there, book.body.redemption, wanted=asked.points)
        body["points"] |= {"use": chosen.points}
        if chosen.amount:
            body["payments"] = [{"kind": "points", "amount": chosen.amount}]
            tenders = (("points", chosen.amount),)
    body["due"] = basket.paid_amount - sum(amount for _, amount in tenders)
    body["points"]["earns"] = rate(replace(basket, tenders=tenders), book).points if filled.may_earn else 0
    return body
