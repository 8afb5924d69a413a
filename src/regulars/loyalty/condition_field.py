"""The form field in which a condition of the rule language is written, the same wherever one may stand.

For the editors of offers and of earning rules. What is shown is the JSON; an error names the place and how to mend it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from regulars import criteria
from regulars.loyalty import vocabulary

EVERYTHING: dict[str, Any] = {"all": []}


class ConditionField(forms.CharField):
    """A condition of the rule language, as JSON; nothing is no condition."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "label": _("Further condition"),
            "help_text": _('In the rule language, such as {"attr": "customer.tags", "op": "has_any", "value": ["vip"]}.'),
        }
        area = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(required=False, max_length=20_000, widget=area, **(words | kwargs))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return criteria.dump(criteria.parse(json.loads(text), vocabulary=vocabulary.SALE))
        except json.JSONDecodeError as error:
            raise forms.ValidationError(_now("This is no JSON: line %d.") % error.lineno) from None
        except RecursionError:
            raise forms.ValidationError(_now("This condition is nested too deeply.")) from None
        except criteria.CriteriaError as error:
            raise forms.ValidationError(error.message) from None


def shown(condition: Mapping[str, Any]) -> str:
    """Return a condition as the field shows it; nothing for one that asks nothing."""
    if condition == EVERYTHING:
        return ""
    tree = criteria.parse(condition, vocabulary=vocabulary.SALE)  # the database has its own order of keys
    return json.dumps(criteria.dump(tree), ensure_ascii=False, indent=1)
