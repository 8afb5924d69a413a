"""A till's lines as a basket: articles from the catalog, prices from the catalog, the store's own time.

For quoting and selling, which go on with offers and points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.loyalty.basket import Article, Basket, Discount, Line
from regulars.loyalty.checkout import context as contexts
from regulars.loyalty.checkout import facts
from regulars.loyalty.checkout.context import Known
from regulars.loyalty.checkout.facts import Moment
from regulars.loyalty.checkout.members import Buyer, MemberUnknownError
from regulars.loyalty.checkout.messages import Ask, BasketLine
from regulars.loyalty.checkout.rules import prices
from regulars.loyalty.checkout.services.journal import Opened
from regulars.loyalty.program.rules import Book

_AT_THE_TILL = "till"  # the reference of what a till took off by itself, while it was alone


@dataclass(frozen=True, slots=True)
class Filled:
    """A basket with the words that a receipt prints and the customer who buys it."""

    basket: Basket
    names: Mapping[str, str]
    moment: Moment
    buyer: Buyer | None
    book: Book | None
    may_earn: bool


def fill(opened: Opened, ask: Ask, *, offline: bool = False, keep: bool = True) -> Filled:
    """Return the basket that `ask` means. With `keep`, articles nobody knows yet become placeholders of the catalog."""
    store, context = opened.store, opened.context
    assert context is not None, "a basket is opened with its context"
    currency = facts.currency_of(store, ask.currency)
    when = facts.moment(store, ask.at, now=opened.now, offline=offline)
    if keep:
        context = contexts.add_missing(context, ask, source=opened.viewer.source, now=opened.now)
    lines = _lines(ask.lines, context.articles, has_list_prices=store.has_list_prices, offline=offline)
    if ask.member and context.member is None:
        raise MemberUnknownError("Identify the member again.", field="member")
    basket = Basket(
        place=facts.place_of(store, till=ask.till, channel=ask.channel),
        sold_at=when.believed,
        local=when.local,
        business_date=when.business_date,
        currency=currency,
        lines=lines,
        member=context.member,
    )
    return Filled(
        basket=basket,
        names={sku: it.name for sku, it in context.articles.items()},
        moment=when,
        buyer=Buyer(context.member, opened.trust) if context.member else None,
        book=context.book,
        may_earn=context.may_earn,
    )


def _lines(
    said: tuple[BasketLine, ...], known: Mapping[str, Known], *, has_list_prices: bool, offline: bool
) -> tuple[Line, ...]:
    lines = []
    for index, line in enumerate(said):
        found = known.get(line.sku)
        article = found.article if found else Article(product_id=0, sku=line.sku)
        place = f"lines[{index}]"
        gross = prices.gross_of(line, article, has_list_prices=has_list_prices, offline=offline, place=place)
        lines.append(Line(line.line_no, article, line.quantity_milli, gross, _till_discount(line)))
    prices.refuse_overflow([line.gross_amount for line in lines])
    return tuple(lines)


def _till_discount(line: BasketLine) -> tuple[Discount, ...]:
    if not line.discount_amount:
        return ()
    return (Discount("promotion", line.discount_amount, reference=_AT_THE_TILL),)
