"""Which lines a rule holds for: what depends on the article alone, on the receipt alone, and on the line.

For `earning` and `columns`, which ask article and place once and remember the answer.
"""

from __future__ import annotations

from datetime import date, time

from regulars.loyalty.basket import Article, Basket, Member, Place
from regulars.loyalty.program.rules.body import Goods, When


def names_goods(goods: Goods) -> bool:
    """Return whether `goods` asks anything."""
    return bool(goods.categories or goods.brands or goods.suppliers or goods.skus)


def fits_article(goods: Goods, article: Article) -> bool:
    """Return whether an article is among `goods`.

    >>> tea = Article(1, "P1", category=("Drinks", "Tea"), brand="East Wind")
    >>> fits_article(Goods(categories=("Drinks",)), tea), fits_article(Goods(categories=("Drinks / Coffee",)), tea)
    (True, False)
    """
    return (
        (not goods.categories or any(_lies_below(article.category, path) for path in goods.categories))
        and (not goods.brands or article.brand in goods.brands)
        and (not goods.suppliers or article.supplier in goods.suppliers)
        and (not goods.skus or article.sku in goods.skus)
    )


def fits_place(when: When, place: Place) -> bool:
    """Return whether a rule holds at a place."""
    return (
        (not when.stores or place.store in when.stores)
        and (not when.regions or any(region in when.regions for region in place.regions))
        and (not when.formats or place.format in when.formats)
        and (not when.channels or place.channel in when.channels)
    )


def fits_day(when: When, day: date) -> bool:
    """Return whether a rule holds on a business date."""
    return (
        (when.from_date is None or when.from_date <= day)
        and (when.until_date is None or day <= when.until_date)
        and (not when.weekdays or day.weekday() in when.weekdays)
    )


def fits_time(when: When, clock: time) -> bool:
    """Return whether a rule holds at this time of day.

    >>> night = When(from_time=time(22), until_time=time(2))
    >>> fits_time(night, time(23, 30)), fits_time(night, time(2))
    (True, False)
    """
    start, end = when.from_time, when.until_time
    if start is None or end is None:
        return (start is None or clock >= start) and (end is None or clock < end)
    return start <= clock < end if start <= end else clock >= start or clock < end


def fits_member(when: When, member: Member) -> bool:
    """Return whether a rule holds for a member."""
    return (not when.tiers or member.tier in when.tiers) and (not when.plans or member.paid_plan in when.plans)


def fits_basket(when: When, basket: Basket, member: Member) -> bool:
    """Return whether a rule holds for a basket, its articles aside."""
    return (
        fits_member(when, member)
        and fits_place(when, basket.place)
        and fits_day(when, basket.business_date)
        and fits_time(when, basket.local.time())
        and (not when.basket_from_amount or basket.paid_amount >= when.basket_from_amount)
        and (not when.tenders or any(kind in when.tenders and amount > 0 for kind, amount in basket.tenders))
    )


def _lies_below(category: tuple[str, ...], path: str) -> bool:
    names = tuple(path.split(" / "))
    return category[: len(names)] == names
