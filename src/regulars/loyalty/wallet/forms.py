"""What people type into the pages of this room; each form names its fields, so that nothing else can be set (T-9)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core import money
from regulars.core.errors import InvalidInputError
from regulars.loyalty.wallet import naming
from regulars.loyalty.wallet.commands import Owner
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.services import Adjustment
from regulars.loyalty.wallet.wording import REASONS
from regulars.organization.company import get_company
from regulars.ui.forms import Form


class AdjustmentForm(Form):
    """A correction of one balance."""

    unit = forms.ChoiceField(label=_("Unit"))
    direction = forms.ChoiceField(label=_("Direction"), choices=[("give", _("Give")), ("take", _("Take away"))])
    amount = forms.CharField(
        label=_("Amount"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *REASONS.items()])
    note = forms.CharField(label=_("Note"), max_length=200, required=False, help_text=_("Shown in the statement."))
    last_day = forms.DateField(
        label=_("Valid through"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Only for what is given; empty means it does not expire."),
    )  # fmt: skip
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        kwargs["initial"] = {"key": secrets.token_hex(12)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self._units = {unit.code: unit for unit in units}
        named = naming.names()
        choices = [(unit.code, named[unit.code]) for unit in units]
        cast("forms.ChoiceField", self.fields["unit"]).choices = choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        unit = self._units.get(said.get("unit", ""))
        if unit is None or "amount" not in said:
            return said
        try:
            amount = money.to_minor(said["amount"].replace(",", ""), unit.currency or "JPY")  # no decimals without currency
        except InvalidInputError as refused:
            self.add_error("amount", refused.message)
            return said
        if amount <= 0:
            self.add_error("amount", _("An amount must be a whole number above zero."))
        said["amount"] = amount if said.get("direction") == "give" else -amount
        return said

    def as_adjustment(self, owner: Owner, *, store_id: int | None) -> Adjustment:
        """Return what was asked for; the last day counts to its end, in the company's zone."""
        said = self.cleaned_data
        day = said["last_day"]
        zone = ZoneInfo(get_company().timezone)
        return Adjustment(
            owner=owner,
            unit=said["unit"],
            amount=said["amount"],
            reason=said["reason"],
            note=said["note"],
            key=said["key"],
            store_id=store_id,
            expires_at=datetime.combine(day + timedelta(days=1), time(), zone) if day and said["amount"] > 0 else None,
        )
