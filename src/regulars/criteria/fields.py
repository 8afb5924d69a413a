"""The form field in which a condition is written: as rows in a browser that runs scripts, as JSON everywhere.

For the editors of the rooms above. What is posted is the JSON in any case; an error names the row and how to mend it.
Pages put `{{ form.media }}` into their head, which brings the rows' script, style and grammar.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import Script
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.core import money
from regulars.criteria import parsing
from regulars.criteria.grammar import Island
from regulars.criteria.tree import EVERYTHING

ASKS_NOTHING = parsing.dump(EVERYTHING)


class ConditionWidget(forms.Textarea):
    """The text of a condition, and the place for its rows."""

    template_name = "criteria/condition.html"

    def __init__(self, *, island: Island, example: str | Promise = "") -> None:
        super().__init__(attrs={"rows": 6, "spellcheck": "false"})
        self.island, self.example = island, example

    @property
    def media(self) -> forms.Media:
        script = Script("criteria/builder.js", type="module")
        assets: list[Any] = [self.island, script]
        return forms.Media(css={"all": ["criteria/builder.css"]}, js=assets)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "island": self.island.name, "example": self.example}


class _BoundCondition(BoundField):
    """Tells the rows which of them the server refused, and in which currency they count."""

    field: ConditionField

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        currency, faults = self.field.currency(), self.form.errors.as_data().get(self.name, ()) if self.form.is_bound else ()
        own = {"data-currency": currency, "data-digits": money.minor_digits(currency)}
        if told := [each.params for each in faults if each.params]:
            own["data-faults"] = json.dumps(told)
        return super().build_widget_attrs(attrs, widget) | own


class ConditionField(forms.CharField):
    """A condition over one vocabulary; nothing is no condition."""

    bound_field_class = _BoundCondition

    def __init__(
        self, *, island: Island, currency: Callable[[], str] = str, example: str | Promise = "", **kwargs: Any
    ) -> None:
        widget = ConditionWidget(island=island, example=example)
        super().__init__(required=False, max_length=20_000, widget=widget, **kwargs)
        self.vocabulary, self.currency = island.vocabulary, currency

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            raw = json.loads(text)
            return parsing.dump(parsing.parse(raw, vocabulary=self.vocabulary))
        except json.JSONDecodeError as error:
            raise forms.ValidationError(_("This is no JSON: line %d.") % error.lineno) from None
        except RecursionError:
            raise forms.ValidationError(_("This condition is nested too deeply.")) from None
        except parsing.CriteriaError as error:
            raise forms.ValidationError([self._told(fault, raw) for fault in error.faults]) from None

    def prepare_value(self, value: Any) -> Any:
        """Return a condition as the text shows it; nothing for one that asks nothing."""
        if not isinstance(value, Mapping):
            return value
        if value == ASKS_NOTHING:
            return ""
        tree = parsing.parse(value, vocabulary=self.vocabulary)  # the database has its own order of keys
        return json.dumps(parsing.dump(tree), ensure_ascii=False, indent=1)

    def _told(self, fault: parsing.Fault, raw: Any) -> forms.ValidationError:
        """Return a fault as people read it: the row by its number and name where it is one."""
        place, _dot, _part = fault.place.rpartition(".")
        rows = list(_rows(raw, "")) if fault.code in {"attribute", "operator", "value"} else []
        found = next((number for number, (where, _attr) in enumerate(rows, start=1) if where == place), 0)
        if not found:
            return forms.ValidationError(f"{fault.place}: {fault.message}" if fault.place else fault.message)
        term = self.vocabulary.find(rows[found - 1][1])
        said = {"number": found, "name": term.label if term else rows[found - 1][1], "message": fault.message}
        message = _("Condition %(number)d, %(name)s: %(message)s") % said
        return forms.ValidationError(message.replace("%", "%%"), params={"row": found, "message": fault.message})


def _rows(raw: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield where each attribute stands and which it is, in the order of the rows."""
    for word in ("all", "any"):
        for number, part in enumerate(raw.get(word, ())):
            yield from _rows(part, f"{place}.{word}.{number}".lstrip("."))
    if "not" in raw:
        yield from _rows(raw["not"], f"{place}.not".lstrip("."))
    if "attr" in raw:
        yield place, str(raw["attr"])
