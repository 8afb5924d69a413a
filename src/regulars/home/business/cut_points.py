"""The form for the cut points of RFM: a fifth of the customers for each score, or the company's own figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core import money
from regulars.core.errors import InvalidInputError
from regulars.insight.customers.rfm import SHARES, CutPoints
from regulars.organization.company import get_company
from regulars.ui.forms import Form

KINDS = [("fifths", _("A fifth of the customers for each score")), ("own", _("Cut points of our own"))]
_PLACES = range(len(SHARES))


class CutPointsForm(Form):
    """Four rising figures for each of recency, frequency and value; needed only for cut points of one's own."""

    kind = forms.ChoiceField(label=_("How customers are scored"), choices=KINDS, widget=forms.RadioSelect)
    rows: tuple[tuple[str, str | Promise, str | Promise], ...] = (
        ("recency", _("Recency"), _("Days since the last purchase; fewer days score higher.")),
        ("frequency", _("Frequency"), _("Purchase days in 12 months; more score higher.")),
        ("monetary", pgettext_lazy("RFM", "Value"), _("Net sales in 12 months; more score higher.")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, _hint in self.rows:
            for place in _PLACES:
                box = forms.TextInput(attrs={"inputmode": "decimal", "class": "input num"})
                shown = _("%(figure)s, cut point %(place)s") % {"figure": label, "place": place + 1}
                self.fields[f"{name}_{place}"] = forms.CharField(label=shown, max_length=16, required=False, widget=box)

    @property
    def cut_rows(self) -> Iterator[tuple[str | Promise, str | Promise, list[BoundField], list[str]]]:
        """Yield each of the three with its explanation, its four boxes and what is wrong with them."""
        for name, label, hint in self.rows:
            boxes = [self[f"{name}_{place}"] for place in _PLACES]
            yield label, hint, boxes, [str(error) for box in boxes for error in box.errors]

    def clean(self) -> dict[str, Any]:
        """Put the cut points together as `cut_points`; None for fifths."""
        said: dict[str, Any] = super().clean() or {}
        said["cut_points"] = None
        if said.get("kind") != "own":
            return said
        figures = {name: self._figures(name, said) for name, _label, _hint in self.rows}
        if not self.errors:
            said["cut_points"] = CutPoints.parse(figures)
        return said

    def _figures(self, name: str, said: dict[str, Any]) -> list[int]:
        """Return the four figures of one row; complain at its first box unless they are whole and rising."""
        try:
            figures = [_read(str(said.get(f"{name}_{place}", "")), is_money=name == "monetary") for place in _PLACES]
        except InvalidInputError:
            figures = []
        if not figures or figures != sorted(set(figures)) or (name != "monetary" and figures[0] < 0):
            self.add_error(f"{name}_0", _("Write four rising numbers, such as 7, 14, 30, 90."))
        return figures


def initial(cut_points: CutPoints | None) -> dict[str, Any]:
    """Return what stands in the boxes before anybody types."""
    if cut_points is None:
        return {"kind": "fifths"}
    currency = get_company().currency
    shown: dict[str, Any] = {"kind": "own"}
    for name, _label, _hint in CutPointsForm.rows:
        for place, value in enumerate(getattr(cut_points, name)):
            shown[f"{name}_{place}"] = money.to_decimal(int(value), currency) if name == "monetary" else int(value)
    return shown


def _read(text: str, *, is_money: bool) -> int:
    plain = text.replace(",", "").replace("，", "").strip()
    return money.to_minor(plain, get_company().currency if is_money else "JPY")  # the yen has no decimals, as days have none
