"""The designer's form: earning rules and tiers as rows, everything else as settings; read into the body of a version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core import money
from regulars.core.errors import DomainError
from regulars.criteria.fields import ASKS_NOTHING
from regulars.loyalty.condition_field import SaleConditionField
from regulars.loyalty.program import wording
from regulars.loyalty.program.rules.body import When
from regulars.ui.forms import Form

_WEEKDAYS = [
    ("0", _("Mon")),
    ("1", _("Tue")),
    ("2", _("Wed")),
    ("3", _("Thu")),
    ("4", _("Fri")),
    ("5", _("Sat")),
    ("6", _("Sun")),
]
TENDERS = [
    ("cash", _("Cash")), ("card", _("Bank card")), ("wallet", _("Mobile wallet")), ("stored_value", _("Stored value")),
    ("gift_card", _("Gift card")), ("points", _("Points")), ("invoice", _("Invoice")), ("other", _("Other")),
]  # fmt: skip
CHANNELS = [
    ("store", _("Store")), ("online", _("Web shop")), ("app", _("App")), ("marketplace", _("Marketplace")),
    ("phone", _("By phone")),
]  # fmt: skip
KINDS = {
    "per_amount": _("Points for an amount"), "per_item": _("Points for a piece"), "multiply": _("Multiply points"),
    "bonus": _("Bonus from an amount on"),
}  # fmt: skip
_FIELDS = {
    "per_amount": ("points", "amount"), "per_item": ("points",), "multiply": ("factor",),
    "bonus": ("points", "from_amount", "each"),
}  # fmt: skip
_NAMES = ("categories", "brands", "skus", "stores", "tiers")


_CONDITIONS = (
    "categories", "brands", "skus", "stores", "tiers", "from_date", "until_date", "from_time", "until_time",
    "basket_from_amount", "weekdays", "channels", "tenders", "full_price_only", "condition",
)  # fmt: skip
_GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Earning"), (
        "rounding", "multipliers", "pending_days", "points_per_day", "receipts_per_day", "excluded", "no_tenders",
    )),
    (_("Expiry and redemption"), (
        "expiry", "months", "end", "redeem_points", "redeem_amount", "min_points", "step_points", "max_share_percent",
        "missing",
    )),
    (_("Friends and sign-ins"), (
        "refers", "referrer_points", "referred_points", "referral_from", "keep_days", "per_month", "sign_in_points",
        "row_days", "row_points",
    )),
    (_("Growth value and tiers"), (
        "growth", "growth_amount", "measure", "period_months", "anchor", "grace_days", "falls",
    )),
)  # fmt: skip


class AmountField(forms.CharField):
    """An amount of money, kept as minor units of the form's currency."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    currency = "USD"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return money.to_minor(text, self.currency) if text else None
        except DomainError as error:
            raise forms.ValidationError(error.message) from None


class NamesField(forms.CharField):
    """Several names, one a line or with semicolons between."""

    def clean(self, value: Any) -> Any:
        return [name for part in re.split(r"[\n;;]", super().clean(value) or "") if (name := part.strip())]


class Priced(Form):
    """A form whose amounts are of one currency."""

    def __init__(self, *args: Any, currency: str = "USD", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency
            if isinstance(field, SaleConditionField):
                field.currency = lambda: currency


class RuleForm(Priced):
    """One earning rule."""

    kind = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80)
    points = forms.IntegerField(label=_("Points"), min_value=1, required=False)
    amount = AmountField(label=_("for every"), required=False)
    factor = forms.DecimalField(label=_("Times"), min_value=1, decimal_places=3, required=False)
    from_amount = AmountField(label=_("Starts at"), required=False)
    each = forms.BooleanField(label=_("Each time the amount is reached"), required=False)
    categories = NamesField(
        label=_("Categories"), required=False, help_text=_("Like “GROCERY” or “GROCERY / TEA”; several with semicolons.")
    )
    brands = NamesField(label=_("Brands"), required=False)
    skus = NamesField(label=_("Articles (SKU)"), required=False)
    stores = NamesField(label=_("Stores (code)"), required=False)
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    tiers = NamesField(label=_("Tiers (code)"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("Weekdays"), choices=_WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    from_date = forms.DateField(label=_("First day"), required=False)
    until_date = forms.DateField(label=_("Last day"), required=False)
    from_time = forms.TimeField(
        label=_("From (time)"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until_time = forms.TimeField(
        label=_("To (time)"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    tenders = forms.MultipleChoiceField(
        label=_("Paid with"), choices=TENDERS, required=False, widget=forms.CheckboxSelectMultiple
    )
    basket_from_amount = AmountField(label=_("Basket from"), required=False)
    full_price_only = forms.BooleanField(label=_("At full price only"), required=False)
    condition = SaleConditionField()
    per_receipt = forms.IntegerField(label=_("Points a receipt, at most"), min_value=1, required=False)
    per_day = forms.IntegerField(label=_("Points a day, at most"), min_value=1, required=False)
    per_member = forms.IntegerField(label=_("Points a member, at most"), min_value=1, required=False)

    def kind_name(self) -> str:
        return str(KINDS.get(self.kind_value(), ""))

    def kind_value(self) -> str:
        return str(self["kind"].value() or "per_amount")

    def main(self) -> list[forms.BoundField]:
        shown = [self[name] for name in ("name", *_FIELDS[self.kind_value()])]
        for one in shown:
            one.field.is_needed = True  # type: ignore[attr-defined] # by rules of this kind: read where the field is drawn
        return shown

    def conditions(self) -> list[forms.BoundField]:
        return [self[name] for name in _CONDITIONS]

    def caps(self) -> list[forms.BoundField]:
        return [self[name] for name in ("per_receipt", "per_day", "per_member")]

    def has_fault(self) -> bool:
        """Return whether something below the fold has to be mended."""
        return any(field.errors for field in (*self.conditions(), *self.caps()))

    @property
    def said(self) -> str:
        """The conditions of the rule as it was saved, in words."""
        return str(self.initial.get("said", ""))

    def rule(self, number: int) -> dict[str, Any]:
        """Return the rule as the body has it."""
        said = self.cleaned_data
        rule: dict[str, Any] = {"kind": said["kind"], "code": said["code"] or f"rule-{number}", "name": said["name"]}
        for name in _FIELDS[said["kind"]]:
            if name == "factor":
                rule["factor_milli"] = int((said["factor"] or 1) * 1000)
            else:
                rule[name] = said[name]
        when = {name: said[name] for name in (*_NAMES, "channels", "tenders") if said[name]}
        when |= {name: said[name] for name in ("from_date", "until_date", "from_time", "until_time") if said[name]}
        when |= {"weekdays": [int(day) for day in said["weekdays"]]} if said["weekdays"] else {}
        when |= {name: said[name] for name in ("basket_from_amount", "full_price_only", "condition") if said[name]}
        caps = {name: said[name] for name in ("per_receipt", "per_day", "per_member") if said[name]}
        return rule | {"when": when, "caps": caps}


class TierForm(Priced):
    """One tier of the ladder."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80, required=False)
    from_value = forms.DecimalField(label=_("Starts at"), min_value=0)
    keep_value = forms.DecimalField(label=_("Kept with"), min_value=0, required=False)
    factor = forms.DecimalField(label=_("Points times"), min_value=1, decimal_places=3, initial=1)


class SettingsForm(Priced):
    """What is said once for a version."""

    note = forms.CharField(label=_("What changes, and why"), max_length=300, required=False)
    rounding = forms.ChoiceField(
        label=_("Round down"), choices=[("receipt", _("for the whole receipt")), ("line", _("line by line"))]
    )
    multipliers = forms.ChoiceField(
        label=_("Several multipliers"), choices=[("highest", _("the highest counts")), ("add", _("add up"))]
    )
    pending_days = forms.IntegerField(label=_("Days until points can be used"), min_value=0, max_value=366)
    points_per_day = forms.IntegerField(label=_("Points a day, at most"), min_value=1, required=False)
    receipts_per_day = forms.IntegerField(label=_("Receipts a day, at most"), min_value=1, required=False)
    excluded = NamesField(label=_("Categories that earn nothing"), required=False)
    no_tenders = forms.MultipleChoiceField(
        label=_("Paid with these, nothing is earned"),
        choices=TENDERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expiry = forms.ChoiceField(
        label=_("Points last"),
        choices=[
            ("lot", _("so many months each")),
            ("year_end", _("to the end of the next year")),
            ("inactivity", _("until so many months without a purchase")),
            ("never", _("for ever")),
        ],
    )
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=120, required=False)
    end = forms.ChoiceField(
        label=_("To the end of the"), choices=[("day", _("day")), ("month", _("month")), ("year", _("year"))], required=False
    )
    redeem_points = forms.IntegerField(
        label=_("So many points"), min_value=1, required=False, help_text=_("Empty: points pay nothing at the till.")
    )
    redeem_amount = AmountField(label=_("pay"), required=False)
    min_points = forms.IntegerField(label=_("From so many points on"), min_value=0, required=False)
    step_points = forms.IntegerField(label=_("In steps of"), min_value=1, required=False)
    max_share_percent = forms.IntegerField(label=_("Of a bill, at most (%)"), min_value=1, max_value=100, required=False)
    growth = forms.IntegerField(label=_("Growth value"), min_value=1, required=False, help_text=_("Empty: there is none."))
    growth_amount = AmountField(label=_("for every"), required=False)
    missing = forms.ChoiceField(
        label=_("Points of returned goods that are spent already"),
        choices=[("debt", _("become a debt")), ("refund", _("are taken off the refund")), ("forgive", _("are let go"))],
    )
    refers = forms.BooleanField(label=_("Members who bring a friend are rewarded"), required=False)
    referrer_points = forms.IntegerField(label=_("Points for the member"), min_value=0, required=False)
    referred_points = forms.IntegerField(label=_("Points for the friend"), min_value=0, required=False)
    referral_from = AmountField(label=_("First purchase from"), required=False)
    keep_days = forms.IntegerField(
        label=_("Kept for so many days"), min_value=0, max_value=366, required=False,
        help_text=_("Nothing of it may have come back by then."),
    )  # fmt: skip
    per_month = forms.IntegerField(
        label=_("Friends a month, at most"), min_value=1, required=False, help_text=_("More are held back and looked at."),
    )  # fmt: skip
    sign_in_points = forms.IntegerField(
        label=_("Points for signing in each day"), min_value=1, required=False, help_text=_("Empty: there are none."),
    )  # fmt: skip
    row_days = forms.IntegerField(label=_("After so many days in a row"), min_value=2, max_value=366, required=False)
    row_points = forms.IntegerField(label=_("so many points more"), min_value=0, required=False)
    measure = forms.ChoiceField(
        label=_("Tiers count"),
        choices=[
            ("spend", _("what was paid")),
            ("visits", _("visits")),
            ("points", _("points")),
            ("growth", _("growth value")),
        ],
    )
    period_months = forms.ChoiceField(label=_("Within"), choices=[(str(number), number) for number in (1, 3, 6, 12, 24)])
    anchor = forms.ChoiceField(
        label=_("Periods begin"), choices=[("member", _("when a member joins")), ("calendar", _("on 1 January"))]
    )
    grace_days = forms.IntegerField(label=_("Days of grace"), min_value=0, max_value=366)
    falls = forms.ChoiceField(
        label=_("Who does not keep a tier falls"),
        choices=[("one_step", _("one step")), ("to_base", _("to the first tier")), ("to_earned", _("to what was earned"))],
    )

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in _GROUPS]


def body_of(
    settings: SettingsForm, rules: list[RuleForm], tiers: list[TierForm], *, before: Mapping[str, Any], currency: str
) -> dict[str, Any]:
    """Return the body that the forms say; what they do not show stays as it is."""
    said = settings.cleaned_data
    body = dict(before)
    body["earning"] = [rule.rule(number) for number, rule in enumerate(rules, start=1)]
    body |= {name: said[name] for name in ("rounding", "multipliers", "pending_days")}
    body["limits"] = {name: said[name] for name in ("points_per_day", "receipts_per_day") if said[name]}
    body["exclusions"] = {"tenders": said["no_tenders"], "goods": {"categories": said["excluded"]}}
    body["expiry"] = _expiry(said)
    body["redemption"] = {
        "points": said["redeem_points"], "amount": said["redeem_amount"] or 1, "min_points": said["min_points"] or 0,
        "step_points": said["step_points"] or 1, "max_share_percent": said["max_share_percent"] or 100,
    } if said["redeem_points"] else None  # fmt: skip
    body["growth"] = {"growth": said["growth"], "amount": said["growth_amount"] or 100} if said["growth"] else None
    body["referral"] = _referral(said)
    body["sign_in"] = {
        "points": said["sign_in_points"], "row_days": said["row_days"] or 7, "row_points": said["row_points"] or 0,
    } if said["sign_in_points"] else None  # fmt: skip
    body["returns"] = dict(before.get("returns") or {}) | {"missing": said["missing"]}
    scale = 10 ** money.minor_digits(currency) if said["measure"] == "spend" else 1
    body["ladder"] = {
        "measure": said["measure"], "period_months": int(said["period_months"]), "anchor": said["anchor"],
        "grace_days": said["grace_days"], "falls": said["falls"],
        "tiers": [
            {
                "code": tier["code"], "name": tier["name"], "from_value": int(tier["from_value"] * scale),
                "keep_value": None if tier["keep_value"] is None else int(tier["keep_value"] * scale),
                "factor_milli": int(tier["factor"] * 1000),
            }
            for tier in (form.cleaned_data for form in tiers)
        ],
    }  # fmt: skip
    return body


def initial_of(
    body: Mapping[str, Any], note: str, currency: str
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what the three forms show of a body."""
    ladder, expiry, redemption = body["ladder"], body["expiry"], body.get("redemption")
    scale = 10 ** money.minor_digits(currency) if ladder["measure"] == "spend" else 1
    settings = {name: body[name] for name in ("rounding", "multipliers", "pending_days")} | dict(body["limits"])
    settings |= {
        "note": note, "excluded": "; ".join(body["exclusions"]["goods"]["categories"]),
        "no_tenders": body["exclusions"]["tenders"], "expiry": expiry["kind"], "months": expiry.get("months", 12),
        "end": expiry.get("end", "day"), "missing": body["returns"]["missing"], "measure": ladder["measure"],
        "period_months": str(ladder["period_months"]), "anchor": ladder["anchor"], "grace_days": ladder["grace_days"],
        "falls": ladder["falls"],
    }  # fmt: skip
    if redemption:
        settings |= {"redeem_points": redemption["points"], "redeem_amount": _shown(redemption["amount"], currency)}
        settings |= {name: redemption[name] for name in ("min_points", "step_points", "max_share_percent")}
    if body.get("growth"):
        settings |= {"growth": body["growth"]["growth"], "growth_amount": _shown(body["growth"]["amount"], currency)}
    if referral := body.get("referral"):
        settings |= {name: referral[name] for name in ("referrer_points", "referred_points", "keep_days", "per_month")}
        settings |= {"refers": True, "referral_from": _shown(referral["from_amount"], currency)}
    if sign_in := body.get("sign_in"):
        settings |= {"sign_in_points": sign_in["points"], "row_days": sign_in["row_days"], "row_points": sign_in["row_points"]}
    tiers = [
        {
            "code": tier["code"], "name": tier["name"], "from_value": _plain(tier["from_value"] / scale),
            "keep_value": None if tier["keep_value"] is None else _plain(tier["keep_value"] / scale),
            "factor": _plain(tier["factor_milli"] / 1000),
        }
        for tier in ladder["tiers"]
    ]  # fmt: skip
    return settings, [_rule_initial(rule, currency) for rule in body["earning"]], tiers


def _rule_initial(rule: Mapping[str, Any], currency: str) -> dict[str, Any]:
    when, shown = rule["when"], {name: rule.get(name) for name in ("kind", "code", "name", "points", "each")}
    shown["name"] = rule["name"] or rule["code"]
    shown["said"] = wording.when_text(When.model_validate(when), currency)
    for name in ("amount", "from_amount"):
        if rule.get(name):
            shown[name] = _shown(rule[name], currency)
    if rule.get("factor_milli"):
        shown["factor"] = _plain(rule["factor_milli"] / 1000)
    shown |= {name: "; ".join(when[name]) for name in _NAMES}
    shown |= {name: when[name] for name in ("channels", "tenders", "from_date", "until_date", "full_price_only")}
    shown |= {name: (when[name] or "")[:5] for name in ("from_time", "until_time")}
    shown["weekdays"] = [str(day) for day in when["weekdays"]]
    shown["basket_from_amount"] = _shown(when["basket_from_amount"], currency) if when["basket_from_amount"] else ""
    shown["condition"] = when.get("condition", ASKS_NOTHING)
    return shown | dict(rule["caps"])


def _referral(said: Mapping[str, Any]) -> dict[str, Any] | None:
    if not said["refers"]:
        return None
    usual = {"referrer_points": 100, "referred_points": 50, "keep_days": 14, "per_month": 5}
    chosen = {name: value if said[name] is None else said[name] for name, value in usual.items()}
    return chosen | {"from_amount": said["referral_from"] or 0}


def _expiry(said: Mapping[str, Any]) -> dict[str, Any]:
    match said["expiry"]:
        case "lot":
            return {"kind": "lot", "months": said["months"] or 12, "end": said["end"] or "day"}
        case "inactivity":
            return {"kind": "inactivity", "months": said["months"] or 12}
        case kind:
            return {"kind": kind}


def _shown(amount: int, currency: str) -> str:
    return str(money.to_decimal(amount, currency))


def _plain(value: float) -> str:
    return f"{value:g}" if value < 1_000_000 else f"{value:.0f}"
