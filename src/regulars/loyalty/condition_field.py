"""The form field in which a condition on a sale is written, the same wherever one may stand.

For the editors of offers and of earning rules: `criteria.fields` over the vocabulary of a sale.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.criteria.fields import ConditionField
from regulars.criteria.grammar import Island
from regulars.loyalty import vocabulary
from regulars.organization.company import get_company

_ISLAND = Island("sale-criteria", vocabulary.SALE)


class SaleConditionField(ConditionField):
    """A condition on a sale; amounts are of the company's currency unless its form says otherwise."""

    def __init__(self, *, currency: Callable[[], str] = lambda: get_company().currency, **kwargs: Any) -> None:
        words = {
            "label": _("Further condition"),
            "example": _('In the rule language, such as {"attr": "customer.tags", "op": "has_any", "value": ["vip"]}.'),
        }
        super().__init__(island=_ISLAND, currency=currency, **(words | kwargs))
