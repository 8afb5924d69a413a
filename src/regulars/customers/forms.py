"""What people type into the pages of this room; each form names its fields, so that nothing else can be set (T-9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers import services
from regulars.customers.models import Customer, CustomField, Tag
from regulars.organization import selectors as organization
from regulars.organization.access import Viewer
from regulars.organization.models import Store
from regulars.ui.forms import Form, dress

Section = tuple[str | Promise, Sequence[str]]
UNKNOWN = ("", _("Not known"))
KINDS = [("person", pgettext_lazy("customer", "Person")), ("household", _("Household")), ("company", _("Company customer"))]
GENDERS = [UNKNOWN, ("F", _("Female")), ("M", _("Male")), ("X", _("Other"))]
IDENTIFIER_KINDS = [
    ("phone", _("Phone")),
    ("email", _("E-mail")),
    ("card", _("Card")),
    ("external", _("External id")),
    ("openid", _("WeChat")),
]
FIELD_TYPES = [
    ("text", _("Text")),
    ("number", _("Number")),
    ("date", _("Date")),
    ("yes_no", _("Yes or no")),
    ("choice", _("One of several answers")),
]


def _words(label: Any, length: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **options)


class ProfileForm(Form):
    """The record of one customer. Birthday and address are written here, never shown: an empty box leaves them as they are."""

    name = _words(_("Name"), 200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    gender = forms.ChoiceField(label=_("Gender"), choices=GENDERS, required=False)
    birth_date = _words(_("Birthday"), 10, help_text=_("Such as 1986-05-04, or --05-04 without the year."))
    age_band = _words(_("Age"), 20, help_text=_("Where only the range is known, such as 35-44."))
    address = _words(_("Address"), 300)
    city = _words(_("City"), 120)
    language = _words(_("Language"), 10)
    preferred_channel = _words(_("Preferred channel"), 40)
    home_store = forms.ModelChoiceField(label=_("Home store"), queryset=Store.objects.none(), required=False)
    joined_on = forms.DateField(label=_("Joined on"), required=False, widget=forms.DateInput)
    occupation = _words(_("Occupation"), 80)
    education = _words(_("Education"), 40)
    income_band = _words(_("Income"), 40)
    marital_status = _words(_("Marital status"), 20)
    household_size = _words(_("Household size"), 10)
    household_structure = _words(_("Household"), 60)
    children = _words(_("Children"), 20)
    home_ownership = _words(_("Home ownership"), 40)
    lifestyle = _words(_("Lifestyle"), 80)

    SECTIONS: Sequence[Section] = (
        (_("The person"), ("name", "kind", "gender", "birth_date", "age_band")),
        (_("Where and how"), ("address", "city", "language", "preferred_channel", "home_store", "joined_on")),
        (
            _("Life"),
            ("occupation", "education", "income_band", "marital_status", "household_size", "household_structure",
             "children", "home_ownership", "lifestyle"),
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        self.custom = list(CustomField.objects.order_by("label"))
        super().__init__(*args, **kwargs)
        for each in self.custom:
            self.fields[f"custom_{each.key}"] = _custom(each)
        stores = organization.list_stores(viewer) if viewer.may("store.read") else Store.objects.none()
        scope = viewer.scope("customer.edit")
        stores = stores if scope.stores is None else stores.filter(pk__in=scope.stores)
        home: Any = self.fields["home_store"]
        home.queryset, home.label_from_instance = stores.order_by("name"), lambda store: store.name
        home.empty_label = "–"
        home.required = not scope.is_everything and not self.initial
        for name in (f"custom_{each.key}" for each in self.custom):
            dress(self.fields[name].widget)

    def sections(self) -> Iterator[tuple[str | Promise, list[BoundField]]]:
        """Yield the groups of fields that the page shows one after the other."""
        for title, names in self.SECTIONS:
            yield title, [self[name] for name in names if name in self.fields]
        if self.custom:
            yield _("Your own fields"), [self[f"custom_{each.key}"] for each in self.custom]

    def said(self) -> dict[str, Any]:
        """Return what was changed, as the services take it."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name in ProfileForm.base_fields}
        custom = {
            each.key: str(self.cleaned_data[f"custom_{each.key}"] or "")
            for each in self.custom
            if f"custom_{each.key}" in self.changed_data
        }
        return changed | ({"custom": custom} if custom else {})


class NewCustomerForm(ProfileForm):
    """A new customer with the numbers and addresses to be known by."""

    phone = _words(_("Phone"), 40, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
    email = _words(_("E-mail"), 200, widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}))
    card = _words(_("Card"), 80)

    SECTIONS = ((_("Known by"), ("phone", "email", "card")), *ProfileForm.SECTIONS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in ("name", "phone", "email", "card")):
            self.add_error("name", _("Write a name, a phone, an e-mail or a card."))
        return data

    def identifiers(self) -> list[services.Given]:
        said = self.cleaned_data
        return [services.Given(kind, said[kind], field=kind) for kind in ("phone", "email", "card") if said[kind]]


class EditForm(ProfileForm):
    """The record as it is; `seen_at` tells which state the form was filled in from."""

    forget_birth_date = forms.BooleanField(label=_("Forget the birthday on file"), required=False)
    forget_address = forms.BooleanField(label=_("Forget the address on file"), required=False)
    seen_at = forms.CharField(widget=forms.HiddenInput)

    SECTIONS = (
        (_("The person"), ("name", "kind", "gender", "birth_date", "forget_birth_date", "age_band")),
        (
            _("Where and how"),
            ("address", "forget_address", "city", "language", "preferred_channel", "home_store", "joined_on"),
        ),
        *ProfileForm.SECTIONS[2:],
    )

    def __init__(self, *args: Any, viewer: Viewer, customer: Customer, on_file: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, initial=_initial(customer, viewer), **kwargs)
        for name in ("birth_date", "address"):
            if name in on_file:
                self.fields[name].help_text = _("On file. Leave empty to keep it, or write a new one.")
            else:
                del self.fields[f"forget_{name}"]
        if viewer.scope("customer.read").masked:
            for each in self.custom:
                if each.is_personal and each.key in customer.custom:
                    self.fields[f"custom_{each.key}"].help_text = _("On file. Leave empty to keep it, or write a new one.")
        home: Any = self.fields["home_store"]
        if customer.home_store_id and not home.queryset.filter(pk=customer.home_store_id).exists():
            del self.fields["home_store"]  # another store's customer who also buys here: not ours to move

    def said(self) -> dict[str, Any]:
        said = super().said()
        said |= {name: "" for name in ("birth_date", "address") if self.cleaned_data.get(f"forget_{name}")}
        return said

    def seen(self) -> datetime:
        return datetime.fromisoformat(self.cleaned_data["seen_at"])

    def clean_seen_at(self) -> str:
        text: str = self.cleaned_data["seen_at"]
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(_("Open the page again.")) from None
        return text


class IdentifierForm(Form):
    """One more thing to be known by."""

    kind = forms.ChoiceField(label=_("Kind"), choices=IDENTIFIER_KINDS)
    value = forms.CharField(label=_("Number or address"), max_length=200)
    namespace = _words(
        _("Issued by"),
        64,
        widget=forms.TextInput(attrs={"list": "namespaces"}),
        help_text=_("For cards and ids: the till, shop or app that knows it."),
    )


class TagForm(Form):
    """A tag for a customer, and why."""

    tag = forms.ModelChoiceField(label=_("Tag"), queryset=Tag.objects.none())
    reason = forms.CharField(label=_("Why"), max_length=300)
    expires_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["tag"]
        choice.queryset = Tag.objects.filter(kind=Tag.Kind.MANUAL).order_by("name")
        choice.label_from_instance = lambda tag: tag.name

    def expires_at(self) -> datetime | None:
        """Return the end of the chosen day."""
        day = self.cleaned_data["expires_on"]
        return datetime.combine(day, time(23, 59, 59), UTC) if day else None


class NoteForm(Form):
    """A note."""

    text = forms.CharField(label=_("Note"), max_length=4_000, widget=forms.Textarea)


class FileForm(Form):
    """A file."""

    file = forms.FileField(label=_("File"), help_text=_("PDF, JPEG, PNG, WebP or plain text, up to 10 MB."))


class TagDesignForm(Form):
    """A tag of the company."""

    name = forms.CharField(label=_("Name of the tag"), max_length=60)
    description = _words(_("What it means"), 300)
    lasts_days = forms.IntegerField(
        label=_("Lasts"), required=False, min_value=1, help_text=_("Days after which it falls off. Empty: it stays.")
    )


class FieldDesignForm(Form):
    """A profile field of the company."""

    label = forms.CharField(label=_("Name of the field"), max_length=80)
    type = forms.ChoiceField(label=_("Kind"), choices=FIELD_TYPES)
    choices = _words(_("Choices"), 4_000, widget=forms.Textarea, help_text=_("For one of several answers: one a line."))
    is_personal = forms.BooleanField(
        label=_("Personal"), required=False, help_text=_("Masked for roles that see no contact data; never analyzed.")
    )
    key = _words(_("Key"), 40, help_text=_("For files and the API, such as shoe_size. Empty: made from the name."))


def _custom(field: CustomField) -> forms.Field:
    """Return the form field of a custom field; the services check the value once more."""
    match field.type:
        case CustomField.Type.NUMBER:
            return forms.FloatField(label=field.label, required=False)
        case CustomField.Type.DATE:
            return forms.DateField(label=field.label, required=False, widget=forms.DateInput)
        case CustomField.Type.YES_NO:
            choices = [UNKNOWN, ("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(label=field.label, required=False, choices=choices)
        case CustomField.Type.CHOICE:
            return forms.ChoiceField(
                label=field.label, required=False, choices=[UNKNOWN, *((each, each) for each in field.choices)]
            )
    return forms.CharField(label=field.label, required=False, max_length=400)


def _initial(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    plain = {name: getattr(customer, name, None) for name in ProfileForm.base_fields if name not in {"birth_date", "address"}}
    masked = viewer.scope("customer.read").masked
    personal = set(CustomField.objects.filter(is_personal=True).values_list("key", flat=True)) if masked else set()
    custom = {f"custom_{key}": _shown(it["value"]) for key, it in customer.custom.items() if key not in personal}
    return plain | custom | {"seen_at": customer.updated_at.isoformat(), "home_store": customer.home_store_id}


def _shown(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
