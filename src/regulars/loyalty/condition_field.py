"""The form field in which a condition on a sale is written, the same wherever one may stand.

For the editors of offers and of earning rules: `criteria.fields` over the vocabulary of a sale, with the values in use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.catalog.models import Brand, Category
from regulars.criteria.fields import ConditionField
from regulars.criteria.grammar import Island, Known
from regulars.customers.models import Customer, Tag
from regulars.loyalty import vocabulary
from regulars.organization.company import get_company
from regulars.organization.models import Region, Store

KNOWN_MAX = 200  # a longer list of suggestions nobody reads; what is not in it is typed
_TENDERS: dict[str, str | Promise] = {
    "cash": _("Cash"), "card": _("Bank card"), "wallet": _("Mobile wallet"), "stored_value": _("Stored value"),
    "gift_card": _("Gift card"), "points": _("Points"), "invoice": _("Invoice"), "other": _("Other"),
}  # fmt: skip
_GENDERS: dict[str, str | Promise] = {Customer.Gender.FEMALE: _("Female"), Customer.Gender.MALE: _("Male")}


def _known() -> Known:
    """Return the values in use, by attribute, with the names that people know them by."""
    stores = _listed(Store.objects.order_by("code"), "code", "name")
    return {
        "basket.categories": _listed(Category.objects.order_by("level", "name"), "name", "name"),
        "basket.brands": _listed(Brand.objects.order_by("name"), "name", "name"),
        "basket.tenders": [(key, str(label)) for key, label in _TENDERS.items()],
        "place.store": stores,
        "place.regions": _listed(Region.objects.order_by("code"), "code", "name"),
        "customer.home_store": stores,
        "customer.tags": _listed(Tag.objects.order_by("name"), "name", "name"),
        "customer.gender": [(key, str(label)) for key, label in _GENDERS.items()],
    }


def _listed(rows: QuerySet[Any], value: str, label: str) -> list[tuple[str, str]]:
    return list(dict.fromkeys(rows.values_list(value, label)[:KNOWN_MAX]))


_ISLAND = Island("sale-criteria", vocabulary.SALE, known=_known)


class SaleConditionField(ConditionField):
    """A condition on a sale; amounts are of the company's currency unless its form says otherwise."""

    def __init__(self, *, currency: Callable[[], str] = lambda: get_company().currency, **kwargs: Any) -> None:
        words = {
            "label": _("Further condition"),
            "example": _('In the rule language, such as {"attr": "customer.tags", "op": "has_any", "value": ["vip"]}.'),
        }
        super().__init__(island=_ISLAND, currency=currency, **(words | kwargs))
