"""What offers and earning rules can ask of a basket, a line, the place, the moment and the customer; and the facts that answer.

For `offers` and `program`: conditions on the whole sale use `SALE`, conditions that pick lines use `LINE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BeforeValidator, PlainSerializer

from regulars import criteria
from regulars.criteria.tree import All, AnyOf, Attribute, Node, Not
from regulars.criteria.vocabulary import Kind, Term, of
from regulars.loyalty.basket import Basket, Line

_WEEKDAYS: Mapping[str, str | Promise] = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"),
    "fri": _("Friday"), "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip
WEEKDAYS = tuple(_WEEKDAYS)
_CHANNELS: Mapping[str, str | Promise] = {
    "store": pgettext_lazy("sales channel", "Store"), "online": pgettext_lazy("sales channel", "Online"),
    "app": pgettext_lazy("sales channel", "App"), "marketplace": pgettext_lazy("sales channel", "Marketplace"),
    "phone": pgettext_lazy("sales channel", "Phone"),
}  # fmt: skip
_PROFILE = {
    "customer.gender": _("Gender"), "customer.age_band": _("Age band"), "customer.city": _("City"),
    "customer.language": _("Language"), "customer.home_store": _("Home store"),
    "customer.preferred_channel": _("Preferred channel"),
}  # fmt: skip
_SUBJECTS = {
    "basket": _("Basket"), "place": _("Store and channel"), "time": _("Day and time"), "customer": _("Customer"),
    "product": _("Articles"), "line": _("Line of the receipt"),
}  # fmt: skip

SALE = of(
    (
        Term("basket.amount", Kind.AMOUNT, _("Basket total")),
        Term("basket.quantity", Kind.NUMBER, _("Pieces in the basket")),
        Term("basket.lines", Kind.NUMBER, _("Articles in the basket")),
        Term("basket.skus", Kind.SET, _("Articles in the basket by number")),
        Term("basket.categories", Kind.SET, _("Categories in the basket")),
        Term("basket.brands", Kind.SET, _("Brands in the basket")),
        Term("basket.tenders", Kind.SET, _("Means of payment")),
        Term("place.store", Kind.TEXT, _("Store")),
        Term("place.regions", Kind.SET, _("Regions of the store")),
        Term("place.format", Kind.TEXT, _("Store format")),
        Term("place.channel", Kind.CHOICE, _("Channel"), _CHANNELS),
        Term("time.date", Kind.DATE, _("Business date")),
        Term("time.weekday", Kind.CHOICE, _("Weekday"), _WEEKDAYS),
        Term("time.of_day", Kind.TIME, _("Time of day")),
        Term("time.day_of_month", Kind.NUMBER, _("Day of the month")),
        Term("time.month", Kind.NUMBER, _("Month")),
        Term("customer.is_known", Kind.FLAG, _("Recognized customer")),
        Term("customer.tier", Kind.TEXT, _("Tier")),
        Term("customer.paid_plan", Kind.TEXT, _("Paid membership")),
        Term("customer.is_first_purchase", Kind.FLAG, _("First purchase")),
        Term("customer.joined_on", Kind.DATE, _("Joined on")),
        Term("customer.birth_month", Kind.NUMBER, _("Birthday month")),
        Term("customer.tags", Kind.SET, _("Tags")),
        *(Term(name, Kind.TEXT, label) for name, label in _PROFILE.items()),
    ),
    subjects=_SUBJECTS,
)
# The means of payment that «basket.tenders» knows (`sales.Tender.Kind`).
TENDERS = ("cash", "card", "wallet", "stored_value", "gift_card", "points", "invoice", "other", "unspecified")


def _read(raw: Any) -> Any:
    return raw if isinstance(raw, All | AnyOf | Not | Attribute) else criteria.parse(raw, vocabulary=SALE)


SaleCondition = Annotated[Node, BeforeValidator(_read), PlainSerializer(criteria.dump)]  # a field of terms and rules
LINE = of(
    (
        Term("product.sku", Kind.TEXT, _("Article number")),
        Term("product.categories", Kind.SET, _("Category")),
        Term("product.brand", Kind.TEXT, _("Brand")),
        Term("product.supplier", Kind.TEXT, _("Supplier")),
        Term("line.amount", Kind.AMOUNT, _("Amount of the line")),
        Term("line.quantity", Kind.NUMBER, _("Pieces of the line")),
        Term("line.unit_price", Kind.AMOUNT, _("Price of a piece")),
        Term("line.is_reduced", Kind.FLAG, _("Reduced already")),
    ),
    subjects=_SUBJECTS,
)


def sale_facts(basket: Basket) -> dict[str, object]:
    """Return what is known of the sale as a whole; a basket without a member leaves the customer's terms unknown."""
    lines, place, member = basket.lines, basket.place, basket.member
    facts: dict[str, object] = {
        "basket.amount": basket.paid_amount,
        "basket.quantity": sum(line.quantity_milli for line in lines) // 1000,
        "basket.lines": len(lines),
        "basket.skus": frozenset(line.article.sku for line in lines),
        "basket.categories": frozenset(name for line in lines for name in line.article.category),
        "basket.brands": frozenset(line.article.brand for line in lines if line.article.brand),
        "basket.tenders": frozenset(kind for kind, _amount in basket.tenders) or None,
        "place.store": place.store,
        "place.regions": place.regions,
        "place.format": place.format or None,
        "place.channel": place.channel,
        "time.date": basket.business_date,
        "time.weekday": WEEKDAYS[basket.local.weekday()],
        "time.of_day": basket.local.strftime("%H:%M"),
        "time.day_of_month": basket.business_date.day,
        "time.month": basket.business_date.month,
        "customer.is_known": member is not None,
    }
    if member is not None:
        facts |= {
            **member.attributes,
            "customer.tier": member.tier,  # known to be none where it is empty
            "customer.paid_plan": member.paid_plan,
            "customer.joined_on": member.joined_on,
            "customer.tags": member.tags,
        }
    return facts


def line_facts(line: Line) -> dict[str, object]:
    """Return what is known of one line, before any offer."""
    article = line.article
    return {
        "product.sku": article.sku,
        "product.categories": article.category,
        "product.brand": article.brand or None,
        "product.supplier": article.supplier or None,
        "line.amount": line.paid_amount,
        "line.quantity": line.quantity_milli // 1000,
        "line.unit_price": line.gross_amount * 1000 // line.quantity_milli if line.quantity_milli else None,
        "line.is_reduced": bool(line.discounts),
    }
