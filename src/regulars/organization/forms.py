"""What people type into the pages of this room; each form names its fields, so that nothing else can be set (T-9)."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.organization import access, wording
from regulars.organization.access import Holder, Place
from regulars.organization.models import Region, Store
from regulars.ui.forms import Form

LANGUAGES = [("", _("As the browser")), *settings.LANGUAGES]


def _places() -> list[tuple[str, Any]]:
    """Return where a role can be held, as one choice: head office, a region, a store."""
    regions = [(f"region:{region.pk}", region.name) for region in Region.objects.order_by("name")]
    stores = [(f"store:{store.pk}", f"{store.name} ({store.code})") for store in Store.objects.order_by("name")]
    found: list[tuple[str, Any]] = [("", _("Choose a place")), ("head_office", _("Head office"))]
    if regions:
        found.append((str(_("Regions")), regions))
    if stores:
        found.append((str(_("Stores")), stores))
    return found


def _roles(holder: Holder) -> list[tuple[str, str | Promise]]:
    held = [(code, wording.role_label(code)) for code, rule in access.roles().items() if holder in rule.held_by]
    return [("", _("Choose a role")), *held]


class PlacedForm(Form):
    """A form with a role and the place where it is held."""

    role = forms.ChoiceField(label=_("Role"))
    place = forms.ChoiceField(label=_("Scope"), choices=_places)
    holder = Holder.PERSON

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(self.holder)  # type: ignore[attr-defined]

    def place_chosen(self) -> dict[str, Region | Store]:
        """Return the region or store as the services take it; nothing for head office."""
        kind, _sep, pk = self.cleaned_data["place"].partition(":")
        match kind:
            case Place.REGION:
                return {"region": Region.objects.get(pk=pk)}
            case Place.STORE:
                return {"store": Store.objects.get(pk=pk)}
        return {}


class PersonForm(Form):
    """A new colleague."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Also opens the door for the company account with it."))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)


class GrantForm(PlacedForm):
    """A role for a colleague."""


class KeyForm(PlacedForm):
    """A new API key."""

    holder = Holder.KEY
    name = forms.CharField(label=_("Key name"), max_length=120, help_text=_("What uses it, such as “Till server Albany”."))
    source = forms.SlugField(
        label=_("Source"), max_length=64, required=False,
        help_text=_("Under which the client’s own ids are unique. Keep it when you replace a key."),
    )  # fmt: skip
    expires_on = forms.DateField(label=_("Valid until"), required=False, widget=forms.DateInput)
    field_order = ("name", "role", "place", "source", "expires_on")


class ProfileForm(Form):
    """What people may change about themselves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)


class CompanyForm(Form):
    """The company's name and what new stores start with."""

    name = forms.CharField(label=_("Company name"), max_length=200)
    country = forms.CharField(
        label=_("Country"), min_length=2, max_length=2,
        help_text=_("Two letters. Phone numbers without a country code are read as this country’s."),
    )  # fmt: skip
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())])


class RegionForm(Form):
    """A region: new, renamed or moved."""

    code = forms.CharField(label=_("Code"), max_length=64)
    name = forms.CharField(label=_("Region name"), max_length=200)
    parent = forms.ModelChoiceField(
        label=_("Below"), queryset=Region.objects.order_by("name"), required=False, empty_label=_("Head office")
    )


class SavedViewForm(Form):
    """A list page as it looks now."""

    page = forms.CharField(max_length=80)
    name = forms.CharField(max_length=80)
    query = forms.CharField(max_length=1000, required=False)
