"""The form of an offer, by kind: each asks only for what its kind needs.

For the editor and its preview. Fields are grouped as the page shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core import money
from regulars.core.errors import InvalidInputError
from regulars.loyalty import vocabulary
from regulars.loyalty.condition_field import SaleConditionField
from regulars.loyalty.offers import drafting, lines
from regulars.organization.company import get_company
from regulars.ui.forms import Form, dress

KINDS: dict[str, tuple[Any, Any, str]] = {
    "amount": (_("Amount off"), _("A fixed amount off the basket or off each piece."), "banknote"),
    "percent": (_("Percentage off"), _("A share off the basket, a category, a brand or single articles."), "percent"),
    "n_for_m": (_("Take more, pay fewer"), _("Three for two; the second at half price."), "layers"),
    "threshold": (
        _("From an amount on"),
        _("A reward from an amount or a number of pieces on, once or for every one."),
        "flag",
    ),
    "step": (_("Steps"), _("The more is bought, the higher the reward."), "chart-no-axes-column"),
    "product": (_("Free or cheaper piece"), _("One piece free or cheaper."), "gift"),
    "bundle": (_("Bundle"), _("Several articles together at one price."), "boxes"),
    "member_price": (_("Member price"), _("Articles at their own price for members."), "badge-percent"),
    "time": (_("Happy hour"), _("A percentage off in some hours of some weekdays."), "clock"),
    "shipping": (_("Delivery"), _("Free or cheaper delivery."), "truck"),
}


class AmountField(forms.CharField):
    """An amount of the company's currency, kept as minor units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return _minor(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return str(money.to_decimal(value, get_company().currency)) if isinstance(value, int) else value


class ShareField(forms.DecimalField):
    """A percentage, kept as hundredths of a percent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0.01, max_value=100, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        share = super().clean(value)
        return None if share is None else int(share * 100)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 100:g}" if isinstance(value, int) else value


def _minor(text: str) -> int:
    try:
        return money.to_minor(text.replace(",", ""), get_company().currency)
    except InvalidInputError as error:
        raise forms.ValidationError(error.message) from None


class LinesField(forms.CharField):
    """Several lines, each of them read by `read`, which raises ValueError for one that it cannot read."""

    def __init__(self, *, read: Callable[[str], Any], rows: int = 4, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), max_length=60_000, **kwargs)
        self._read = read

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [self._line(line.strip()) for line in text.splitlines() if line.strip()]

    def _line(self, line: str) -> Any:
        try:
            return self._read(line)
        except (ValueError, IndexError, OverflowError):
            raise forms.ValidationError(_now("This line cannot be read: %s") % line) from None


def _step(line: str) -> dict[str, int]:
    """`50 5` or `100 10%`: from this amount on, this much off."""
    start, off = line.split()
    if off.endswith("%"):
        return {"from_amount": _minor(start), "off_bp": round(float(off[:-1]) * 100)}
    return {"from_amount": _minor(start), "off_amount": _minor(off)}


def _price(line: str) -> dict[str, Any]:
    """`12345 2.49`: this article at this price."""
    sku, price = line.rsplit(maxsplit=1)
    return {"sku": sku, "price_amount": _minor(price)}


def _part(line: str) -> tuple[str, str, int]:
    """`1 category: Bakery`: so many pieces of these."""
    quantity, _space, rest = line.partition(" ")
    scope, _colon, names = rest.partition(":")
    if rest and scope.strip() not in drafting.SCOPES:
        raise ValueError(scope)
    return scope.strip(), names.strip(), int(quantity)


_WEEKDAYS = [(key, label) for key, label in vocabulary.SALE.terms["time.weekday"].choices.items()]
_CHANNELS = [(key, label) for key, label in vocabulary.SALE.terms["place.channel"].choices.items()]

_SCOPES = [
    ("", _("All articles")), ("category", _("Categories")), ("brand", _("Brands")), ("supplier", _("Suppliers")),
    ("sku", _("Article numbers")),
]  # fmt: skip


class OfferForm(Form):
    """What every kind asks for; the fields of one kind are put before."""

    GROUPS: ClassVar[list[tuple[Any, tuple[str, ...]]]] = [
        (_("When and where"),
         ("starts_on", "ends_on", "weekdays", "from_time", "to_time", "more_windows", "stores", "channels")),
        (_("For whom"), ("members_only", "tiers", "when")),
        (_("How much at most"), ("budget", "uses_max", "uses_per_person")),
        (pgettext_lazy("offer", "Coupons"),
         ("claims_max", "claims_per_person", "valid_days", "gifts_max", "grace_days", "stays_used")),
        (_("Together with what"), ("phase", "group", "exclusive", "not_on_reduced")),
        (_("Who bears it, and returns"), ("supplier_share", "supplier_name", "more_funders", "takes_back")),
    ]  # fmt: skip

    code = forms.CharField(
        label=pgettext_lazy("offer", "Code"), max_length=40, help_text=_("How tills, receipts and claims name it.")
    )
    title = forms.CharField(label=pgettext_lazy("offer", "Title"), max_length=120)
    description = forms.CharField(label=_("What customers read"), max_length=500, required=False)
    scope = forms.ChoiceField(label=_("Articles"), required=False, choices=_SCOPES)
    scope_names = forms.CharField(
        label=_("Which ones"), required=False, max_length=20_000, help_text=_("Names or numbers, with commas between."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    starts_on = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput)
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput, help_text=_("The whole business day of each store.")
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Weekdays"), required=False, choices=_WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    from_time = forms.CharField(
        label=pgettext_lazy("time", "From"), required=False, widget=forms.TextInput(attrs={"placeholder": "17:00"})
    )
    to_time = forms.CharField(
        label=pgettext_lazy("time", "To"), required=False, widget=forms.TextInput(attrs={"placeholder": "18:59"})
    )
    more_windows = LinesField(
        read=lines.window, rows=2, label=_("Further hours"), required=False,
        help_text=_("One a line: mon tue 17:00-18:59, or sat 22:00-02:00."),
    )  # fmt: skip
    stores = forms.CharField(label=_("Stores"), required=False, max_length=20_000, help_text=_("Codes with commas; none: all."))
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, choices=_CHANNELS, widget=forms.CheckboxSelectMultiple
    )
    members_only = forms.BooleanField(label=_("Members only"), required=False)
    tiers = forms.CharField(label=_("Tiers"), required=False, max_length=400, help_text=_("Codes with commas; none: all."))
    when = SaleConditionField()
    budget = AmountField(label=_("Budget"), required=False, help_text=_("What it takes off in all, never a cent more."))
    uses_max = forms.IntegerField(label=_("Uses in all"), required=False, min_value=1)
    uses_per_person = forms.IntegerField(label=_("Uses per person"), required=False, min_value=1)
    claims_max = forms.IntegerField(
        label=_("Stock to claim"), required=False, min_value=1, help_text=_("None: only printed batches and public codes.")
    )
    claims_per_person = forms.IntegerField(label=_("Claims per person"), required=False, min_value=1)
    valid_days = forms.IntegerField(label=_("Days it lives after the claim"), required=False, min_value=1, max_value=3_650)
    gifts_max = forms.IntegerField(label=_("How often it may be passed on"), required=False, min_value=0, max_value=10)
    grace_days = forms.IntegerField(
        label=_("Days it lives at least after a return"), required=False, min_value=0, max_value=365
    )
    stays_used = forms.BooleanField(label=_("Stays used when the goods come back"), required=False)
    phase = forms.ChoiceField(
        label=_("Comes off"),
        choices=[("item", _("1. On single articles")), ("basket", _("2. On the basket")), ("coupon", _("3. Coupons"))],
    )
    group = forms.CharField(label=_("Group"), required=False, max_length=40, help_text=_("Of one group, one offer is used."))
    exclusive = forms.ChoiceField(
        label=_("Not together with"), required=False,
        choices=[("nothing", _("Nothing else excluded")), ("phase", _("Others of the same step")),
                 ("all", _("Any other offer"))],
    )  # fmt: skip
    not_on_reduced = forms.BooleanField(label=_("Not on articles that are reduced already"), required=False)
    supplier_share = ShareField(label=_("The supplier bears, %"), required=False)
    supplier_name = forms.CharField(label=_("Supplier"), required=False, max_length=120)
    more_funders = LinesField(
        read=lines.funder, rows=2, label=_("Who else bears a part"), required=False,
        help_text=_("One a line: 20% Acme, or 10% partner: City Bank. The rest is your own."),
    )  # fmt: skip
    takes_back = forms.BooleanField(
        label=_("Take the discount back when a return breaks it"), required=False,
        help_text=_("Else the customer keeps it on what stays."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, is_coupon: bool, is_new: bool = True, **kwargs: Any) -> None:
        self.kind, self.is_coupon = kind, is_coupon
        kwargs["initial"] = {"phase": _first_phase(kind, is_coupon=is_coupon), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        own = OWN_FIELDS[kind]()
        self.own = list(own)
        self.fields = {**own, **self.fields}
        for name in _surplus(kind, is_coupon=is_coupon, is_new=is_new):
            self.fields.pop(name, None)
        for field in own.values():
            dress(field.widget)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("scope") and not said.get("scope_names", "").strip() and "scope_names" not in self.errors:
            self.add_error("scope_names", _now("Say which ones."))
        shares = [said.get("supplier_share") or 0, *(each["share_bp"] for each in said.get("more_funders") or ())]
        if sum(shares) > 10_000:
            self.add_error("more_funders" if len(shares) > 1 else "supplier_share", _now("Together they bear more than 100 %."))
        return said

    @property
    def head_fields(self) -> list[Any]:
        return [self[name] for name in ("code", "title", "description") if name in self.fields]

    @property
    def own_fields(self) -> list[Any]:
        return [self[name] for name in (*self.own, "scope", "scope_names") if name in self.fields]

    @property
    def groups(self) -> list[tuple[Any, list[Any], bool]]:
        """Return the other fields by heading, and whether a heading is open: something is said below it."""
        found = []
        for heading, names in self.GROUPS:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                found.append((heading, fields, any(field.errors or field.value() for field in fields)))
        return found

    def raw_terms(self, before: Any = None) -> dict[str, Any]:
        """Return the terms that the form says."""
        return drafting.raw_terms(self.cleaned_data, kind=self.kind, currency=get_company().currency, before=before)


def _first_phase(kind: str, *, is_coupon: bool) -> str:
    if is_coupon:
        return "coupon"
    return "item" if kind in {"n_for_m", "product", "bundle", "member_price"} else "basket"


def _surplus(kind: str, *, is_coupon: bool, is_new: bool) -> list[str]:
    """Return the fields that this kind does not have."""
    surplus = [] if is_coupon else ["claims_max", "claims_per_person", "valid_days", "gifts_max", "grace_days", "stays_used"]
    if kind in {"member_price", "bundle"}:
        surplus += ["scope", "scope_names"]
    if kind not in {"threshold", "step", "n_for_m", "bundle", "product"}:
        surplus += ["takes_back"]
    return surplus if is_new else [*surplus, "code"]


def _share(**kwargs: Any) -> ShareField:
    return ShareField(label=_("Percent off"), **kwargs)


def _off(**kwargs: Any) -> AmountField:
    return AmountField(label=_("Amount off"), **kwargs)


def _count(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=1_000, **kwargs)


OWN_FIELDS: dict[str, Any] = {
    "amount": lambda: {"off_amount": _off(), "each": forms.BooleanField(label=_("Off each piece"), required=False)},
    "percent": lambda: {"off_share": _share(), "off_max": AmountField(label=_("At most"), required=False)},
    "time": lambda: {"off_share": _share(), "off_max": AmountField(label=_("At most"), required=False)},
    "n_for_m": lambda: {
        "take": _count(_("Take")), "pay": _count(_("Pay for")),
        "off_share": _share(required=False, help_text=_("On the cheapest; empty: they are free.")),
    },
    "threshold": lambda: {
        "from_amount": AmountField(label=_("From this amount on"), required=False),
        "from_quantity": _count(_("or from so many pieces on"), required=False),
        "off_amount": _off(required=False), "off_share": _share(required=False),
        "every": forms.BooleanField(label=_("Again for every further such amount"), required=False),
    },
    "step": lambda: {
        "steps": LinesField(
            read=_step, label=_("Steps"), help_text=_("One a line: from which amount on, and how much: 50 5, or 100 10%."),
        ),
    },
    "product": lambda: {
        "quantity": _count(_("Pieces"), initial=1), "off_share": _share(initial=10_000),
        "times_max": _count(_("Times in one basket"), initial=1),
        "buy_quantity": _count(_("For so many pieces bought"), required=False, help_text=_("Empty: nothing must be bought.")),
        "buy_scope": forms.ChoiceField(label=_("Bought from"), required=False, choices=_SCOPES),
        "buy_names": forms.CharField(label=_("Which ones"), required=False, max_length=20_000),
    },
    "bundle": lambda: {
        "price": AmountField(label=_("Price together")),
        "parts": LinesField(read=_part, label=_("Parts"), help_text=_("One a line: 1 category: Bakery, or 2 sku: 4711, 4712.")),
    },
    "member_price": lambda: {
        "prices": LinesField(read=_price, label=_("Prices"), help_text=_("One a line: article number and price.")),
    },
    "shipping": lambda: {"off_share": _share(initial=10_000)},
}  # fmt: skip
