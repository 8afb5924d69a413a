"""What people type into the pages of this room; each form names its fields, so that nothing else can be set (T-9)."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.core import money
from regulars.core.errors import InvalidInputError
from regulars.customers.models import Customer
from regulars.loyalty.cards import wording
from regulars.loyalty.cards.models import CardType, NumberRange, Partner, TopUpRule
from regulars.organization.company import get_company
from regulars.organization.models import Store
from regulars.ui.forms import Form, ModelForm

TENDERS = [
    ("cash", _("Cash")),
    ("card", _("Card payment")),
    ("wallet", _("Mobile payment")),
    ("invoice", _("Bank transfer")),
]
Data = dict[str, Any]


class AmountField(forms.CharField):
    """An amount of the company's currency, kept as minor units."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.to_minor(text.replace(",", ""), get_company().currency)
        except InvalidInputError as error:
            raise forms.ValidationError(error.message) from None

    def prepare_value(self, value: Any) -> Any:
        return str(money.to_decimal(value, get_company().currency)) if isinstance(value, int) else value


class KeyedForm(Form):
    """A form that does its deed once, however often it is sent."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": secrets.token_hex(12)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class PlacedForm(KeyedForm):
    """A deed at one of the viewer's stores."""

    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), empty_label=None)

    def __init__(self, *args: Any, stores: QuerySet[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]  # a choice of models


class ActivationForm(PlacedForm):
    """Make a card somebody's."""

    customer = forms.IntegerField(
        label=_("Customer’s number"), required=False, min_value=1,
        help_text=_("As it stands in the address of the customer’s page. Leave empty for a card without a name."),
    )  # fmt: skip
    field_order = ("store", "customer", "key")


class TopUpForm(PlacedForm):
    """Pay in."""

    amount = AmountField(label=pgettext_lazy("card", "Amount"))
    tender = forms.ChoiceField(label=_("Paid by"), choices=TENDERS)
    by_company = forms.BooleanField(label=_("A company pays"), required=False)
    buyer_identified = forms.BooleanField(label=_("I have seen the buyer’s identity document"), required=False)
    field_order = ("amount", "tender", "store", "by_company", "buyer_identified", "key")


class RefundForm(PlacedForm):
    """Pay a top-up back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    field_order = ("reason", "store", "key")


class StepForm(Form):
    """Freeze, release, report lost or found."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("freeze", "thaw", "lose", "find", "renew")])
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ReplacementForm(PlacedForm):
    """A new card for an old one."""

    number = forms.CharField(label=_("Number of the new card"), max_length=40)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    field_order = ("number", "reason", "store", "key")


class HolderForm(KeyedForm):
    """Who holds the card from now on."""

    customer = forms.ModelChoiceField(
        label=_("Customer’s number"), queryset=Customer.objects.filter(merged_into=None), widget=forms.NumberInput,
        help_text=_("As it stands in the address of the customer’s page."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class SendForm(Form):
    """Cards to be sent from place to place."""

    from_store = forms.ChoiceField(label=pgettext_lazy("card", "From"), required=False)
    to_store = forms.ChoiceField(label=pgettext_lazy("card", "To"), required=False)
    type = forms.ModelChoiceField(label=_("Card type"), queryset=CardType.objects.order_by("name"), required=False)
    quantity = forms.IntegerField(label=_("How many"), min_value=1, required=False)
    first = forms.CharField(label=_("Or from number"), max_length=32, required=False)
    last = forms.CharField(label=_("To number"), max_length=32, required=False)
    note = forms.CharField(label=pgettext_lazy("card", "Note"), max_length=200, required=False)

    def __init__(self, *args: Any, own: list[tuple[str, Any]], every: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_store"].choices = own  # type: ignore[attr-defined]  # a choice
        self.fields["to_store"].choices = every  # type: ignore[attr-defined]


class WantedForm(Form):
    """Cards that a store needs."""

    store = forms.ModelChoiceField(label=_("Store"), queryset=Store.objects.none(), empty_label=None)
    type = forms.ModelChoiceField(label=_("Card type"), queryset=CardType.objects.order_by("name"), empty_label=None)
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=1_000_000)
    note = forms.CharField(label=pgettext_lazy("card", "Note"), max_length=200, required=False)

    def __init__(self, *args: Any, stores: QuerySet[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]  # a choice of models


class OrderForm(Form):
    """Cards to be ordered from the maker."""

    range = forms.ModelChoiceField(label=pgettext_lazy("card", "Numbers"), queryset=NumberRange.objects.none())
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=1_000_000)
    maker = forms.CharField(label=pgettext_lazy("card", "Maker"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["range"]
        field.queryset = NumberRange.objects.select_related("type").order_by("type__name", "prefix")
        field.label_from_instance = lambda each: f"{each.type.name} · {each.prefix}…"


class CountForm(Form):
    """A place to be counted."""

    store = forms.ChoiceField(label=pgettext_lazy("card", "Place"), required=False)
    type = forms.ModelChoiceField(
        label=_("Card type"), queryset=CardType.objects.order_by("name"), required=False, empty_label=_("All types")
    )
    note = forms.CharField(label=pgettext_lazy("card", "Note"), max_length=200, required=False)

    def __init__(self, *args: Any, own: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = own  # type: ignore[attr-defined]


class SeenForm(Form):
    """Numbers that were seen."""

    numbers = forms.CharField(
        label=pgettext_lazy("card", "Numbers"), max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "inputmode": "numeric"}),
        help_text=_("Scan one after the other, or write the first and the last of a stack: 8600…–8600…"),
    )  # fmt: skip


class CardTypeForm(ModelForm):
    """A kind of card."""

    face_amount = AmountField(label=_("Fixed amount"), required=False, help_text=_("Empty: any amount."))
    price_amount = AmountField(label=_("Price of all uses"), required=False)
    rule_pack = forms.ChoiceField(label=pgettext_lazy("card", "Law"), choices=list(wording.PACKS.items()))

    class Meta:
        model = CardType
        fields = (
            "code", "name", "kind", "is_named", "rule_pack", "spend_order", "takes_top_ups", "has_pin", "lasts_months",
            "face_amount", "uses", "price_amount", "is_active",
        )  # fmt: skip
        labels = {
            "code": _("Code"), "name": pgettext_lazy("card", "Name"), "kind": _("Kind"),
            "is_named": _("Issued to a named holder"), "spend_order": _("Order of use"), "takes_top_ups": _("Can be topped up"),
            "has_pin": _("Has a PIN"),
            "lasts_months": _("Valid for months"), "uses": _("Number of uses"), "is_active": _("Offered"),
        }  # fmt: skip


class NumberRangeForm(ModelForm):
    """Numbers for a type."""

    class Meta:
        model = NumberRange
        fields = ("prefix", "serial_digits", "last", "partner")
        labels = {
            "prefix": _("Prefix"), "serial_digits": _("Digits of the serial"), "last": _("Last serial"),
            "partner": _("Co-branded with"),
        }  # fmt: skip


class PartnerForm(ModelForm):
    """A partner and its shares."""

    share = forms.DecimalField(label=_("Share of the bonus, %"), min_value=0, max_value=100, decimal_places=2)
    purchase_share = forms.DecimalField(
        label=_("Share of purchases, %"), min_value=0, max_value=100, decimal_places=2, required=False,
        help_text=_("What the partner pays of each purchase that is paid with its cards."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        known: Partner | None = kwargs.get("instance")
        if known is not None and known.pk:
            shares = {"share": Decimal(known.share_bp) / 100, "purchase_share": Decimal(known.purchase_share_bp) / 100}
            kwargs["initial"] = shares | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def filled(self) -> Partner:
        """Return the partner with the shares as they are kept."""
        partner: Partner = self.save(commit=False)
        partner.share_bp = int(self.cleaned_data["share"] * 100)
        partner.purchase_share_bp = int((self.cleaned_data["purchase_share"] or 0) * 100)
        return partner

    class Meta:
        model = Partner
        fields = ("code", "name")
        labels = {"code": _("Code"), "name": pgettext_lazy("card", "Name")}


class TopUpRuleForm(ModelForm):
    """Pay so much, get so much."""

    pay_amount = AmountField(label=_("Pay at least"))
    bonus_amount = AmountField(label=_("Get as bonus"))

    class Meta:
        model = TopUpRule
        fields = ("name", "type", "pay_amount", "bonus_amount", "repeats", "bonus_lasts_days")
        labels = {
            "name": pgettext_lazy("card", "Name"), "type": _("Card type"), "repeats": _("For each such amount"),
            "bonus_lasts_days": _("Bonus lasts days"),
        }  # fmt: skip
