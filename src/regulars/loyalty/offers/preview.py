"""A basket to try an offer on: what it takes off, and why the others are refused, before anything is published.

For the editor. The basket is made of the catalog's own articles; the live promotions join in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulars.catalog.models import Product
from regulars.core import money
from regulars.core.errors import InvalidInputError
from regulars.loyalty.basket import Article, Basket, Line, Member, Place
from regulars.loyalty.offers import selectors
from regulars.loyalty.offers.rules import Candidate, Deal, Live, solve
from regulars.loyalty.offers.rules.deals import Refusal
from regulars.loyalty.offers.rules.terms import Terms
from regulars.organization.models import Company, Store

LINES_MAX = 40


class PreviewBasketError(InvalidInputError):
    """A line of the basket to try on cannot be read."""

    code = "offer.preview_basket"


@dataclass(frozen=True, slots=True)
class Tried:
    """The basket, the deal, and the names of its articles by line."""

    basket: Basket
    deal: Deal
    names: dict[int, str]
    offer: Refusal | None  # why the offer itself is not used
    saved: int  # by the offer itself


def sample(terms: Terms | None, *, currency: str) -> str:
    """Return a basket to begin with: articles that the offer is about, and two others."""
    found: list[Product] = []
    body: Any = terms.body.model_dump(mode="json", by_alias=True) if terms else {}
    conditions = [body.get("items"), *(part.get("items") for part in body.get("parts", ()))]
    for condition in conditions:
        found += _matching(condition or {})
    prices = [each["sku"] for each in body.get("prices", ())][:2]
    found += Product.objects.filter(sku__in=prices)
    found += Product.objects.filter(price_amount__gt=100).exclude(pk__in=[each.pk for each in found]).order_by("pk")[:2]
    unique = {each.sku: each for each in found}.values()
    return "\n".join(f"{each.sku} 2 {money.to_decimal(each.price_amount or 1_00, currency)}" for each in list(unique)[:6])


def _matching(condition: dict[str, Any]) -> list[Product]:
    lookups = {
        "product.categories": "category__path__icontains", "product.brand": "brand__name", "product.sku": "sku",
        "product.supplier": "supplier__code",
    }  # fmt: skip
    lookup, names = lookups.get(condition.get("attr", "")), condition.get("value")
    if lookup is None or not isinstance(names, list | tuple) or not names:
        return []
    return list(Product.objects.filter(**{lookup: names[0]}, price_amount__gt=0).order_by("pk")[:2])


def basket(
    text: str, *, company: Company, store: Store | None, day: date, at: datetime, member: Member | None
) -> tuple[Basket, dict[int, str]]:
    """Return the basket that `text` says, one line an article: number, pieces, price of a piece."""
    lines = [line.split() for line in text.splitlines() if line.strip()][:LINES_MAX]
    known = {
        product.sku: product
        for product in Product.objects.filter(sku__in=[line[0] for line in lines]).select_related(
            "category", "brand", "supplier"
        )
    }
    made = [_line(number, words, known, company.currency) for number, words in enumerate(lines, start=1)]
    local = at.astimezone(ZoneInfo(store.timezone if store else company.timezone))
    place = Place(store.pk if store else 0, store.code if store else "", format=store.format if store else "")
    names = {number: known[words[0]].name if words[0] in known else words[0] for number, words in enumerate(lines, start=1)}
    return Basket(place, at, local, day, company.currency, tuple(made), member), names


def _line(number: int, words: Sequence[str], known: dict[str, Product], currency: str) -> Line:
    sku = words[0]
    product = known.get(sku)
    try:
        pieces = int(words[1]) if len(words) > 1 else 1
        price = money.to_minor(words[2], currency) if len(words) > 2 else (product.price_amount or 0 if product else 0)
    except (ValueError, InvalidInputError):
        raise PreviewBasketError(_("Write article number, pieces and price: 4711 2 3.50."), field="basket") from None
    if not 1 <= pieces <= 1_000 or price < 0:
        raise PreviewBasketError(_("Write article number, pieces and price: 4711 2 3.50."), field="basket")
    return Line(number, _article(product, sku), pieces * 1_000, pieces * price)


def _article(product: Product | None, sku: str) -> Article:
    if product is None:
        return Article(0, sku)
    return Article(
        product_id=product.pk,
        sku=sku,
        category=tuple(product.category.path.split(" / ")) if product.category else (),
        brand=product.brand.name if product.brand else "",
        supplier=product.supplier.code if product.supplier else "",
        list_price_amount=product.price_amount,
    )


def try_on(offer: Live, tried: Basket, names: dict[int, str], *, now: datetime) -> Tried:
    """Return the deal of a basket with `offer` among the live promotions; its own live version steps aside."""
    own = Candidate(replace(offer), coupon_id=0 if offer.is_coupon else None)
    others = [each for each in selectors.candidates(tried, now=now).candidates if each.offer.code != offer.code]
    deal = solve(tried, [own, *others])
    refusal = next((each.refusal for each in deal.refused if each.candidate.offer.code == offer.code), None)
    saved = sum(each.amount for each in deal.used if each.candidate.offer.code == offer.code)
    return Tried(tried, deal, names, refusal, saved)
