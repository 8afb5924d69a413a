"""A till's lines as a basket: articles from the catalog, prices from the catalog, the store's own time.

For quoting and selling, which go on with offers and points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.loyalty.basket import Article, Basket, Discount, Line
from regulars.loyalty.checkout import facts, members
from regulars.loyalty.checkout.facts import Known, Moment
from regulars.loyalty.checkout.members import Buyer
from regulars.loyalty.checkout.messages import Ask, BasketLine
from regulars.loyalty.checkout.rules import prices
from regulars.loyalty.checkout.services.journal import Opened

_AT_THE_TILL = "till"  # the reference of what a till took off by itself, while it was alone


@dataclass(frozen=True, slots=True)
class Filled:
    """A basket with the words that a receipt prints and the customer who buys it."""

    basket: Basket
    names: Mapping[str, str]
    moment: Moment
    buyer: Buyer | None


def fill(opened: Opened, ask: Ask, *, offline: bool = False, keep: bool = True) -> Filled:
    """Return the basket that `ask` means. With `keep`, articles nobody knows yet become placeholders of the catalog."""
    store, cursor = opened.store, opened.cursor
    currency = facts.currency_of(store, ask.currency)
    when = facts.moment(store, ask.at, now=opened.now, offline=offline)
    known = _articles(opened, ask, keep=keep)
    lines = _lines(ask.lines, known, has_list_prices=store.has_list_prices, offline=offline)
    buyer = members.find_buyer(cursor, ask.member, source=opened.viewer.source, now=opened.now)
    place = facts.place_of(cursor, store, till=ask.till, channel=ask.channel)
    basket = Basket(
        place=place, sold_at=when.believed, local=when.local, business_date=when.business_date, currency=currency, lines=lines
    )
    return Filled(basket, {sku: it.name for sku, it in known.items()}, when, buyer)


def _articles(opened: Opened, ask: Ask, *, keep: bool) -> dict[str, Known]:
    skus = [line.sku for line in ask.lines]
    if keep:
        return facts.articles(opened.cursor, skus, source=opened.viewer.source, now=opened.now)
    known = facts.known_articles(opened.cursor, skus)
    return {sku: known.get(sku) or Known(Article(product_id=0, sku=sku), sku) for sku in skus}


def _lines(
    said: tuple[BasketLine, ...], known: Mapping[str, Known], *, has_list_prices: bool, offline: bool
) -> tuple[Line, ...]:
    lines = tuple(
        Line(
            line_no=line.line_no,
            article=known[line.sku].article,
            quantity_milli=line.quantity_milli,
            gross_amount=prices.gross_of(
                line, known[line.sku].article, has_list_prices=has_list_prices, offline=offline, place=f"lines[{index}]"
            ),
            discounts=_till_discount(line),
        )
        for index, line in enumerate(said)
    )
    prices.refuse_overflow([line.gross_amount for line in lines])
    return lines


def _till_discount(line: BasketLine) -> tuple[Discount, ...]:
    if not line.discount_amount:
        return ()
    return (Discount("promotion", line.discount_amount, reference=_AT_THE_TILL),)
