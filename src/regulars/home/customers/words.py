"""The words and colors of the customer pages that are not insight's own: kinds, identifiers, profile fields."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.customers.models import Customer, Identifier
from regulars.insight.customers import explain
from regulars.insight.customers.rules import Place, RfmClass, Stage
from regulars.ui import lists

Text = str | Promise

KINDS: Mapping[str, Text] = {
    Customer.Kind.PERSON: pgettext_lazy("customer", "Person"),
    Customer.Kind.HOUSEHOLD: _("Household"),
    Customer.Kind.COMPANY: _("Company customer"),
    Customer.Kind.NAMELESS: _("Nameless card"),
}
IDENTIFIERS: Mapping[str, Text] = {
    Identifier.Kind.PHONE: _("Phone"),
    Identifier.Kind.EMAIL: _("E-mail"),
    Identifier.Kind.CARD: _("Card"),
    Identifier.Kind.EXTERNAL: _("External id"),
    Identifier.Kind.OPENID: _("WeChat"),
}
IDENTIFIER_ICONS = {"phone": "phone", "email": "mail", "card": "credit-card", "external": "hash", "openid": "message-circle"}
GENDERS: Mapping[str, Text] = {"F": _("Female"), "M": _("Male"), "X": _("Other")}
FIELDS: Mapping[str, Text] = {
    "kind": _("Kind"),
    "name": _("Name"),
    "gender": _("Gender"),
    "birth_date": _("Birthday"),
    "age_band": _("Age"),
    "address": _("Address"),
    "city": _("City"),
    "language": _("Language"),
    "preferred_channel": _("Preferred channel"),
    "occupation": _("Occupation"),
    "education": _("Education"),
    "income_band": _("Income"),
    "marital_status": _("Marital status"),
    "household_size": _("Household size"),
    "household_structure": _("Household"),
    "children": _("Children"),
    "home_ownership": _("Home ownership"),
    "lifestyle": _("Lifestyle"),
    "home_store": _("Home store"),
    "joined_on": _("Joined on"),
    "joined_through": _("Joined through"),
}
_STAGE_TONES = {
    Stage.NEW: "accent",
    Stage.ACTIVE: "good",
    Stage.DECLINING: "warn",
    Stage.DORMANT: "warn",
    Stage.LOST: "bad",
}


def stage(value: str) -> Text:
    """Return the name of a lifecycle stage."""
    return explain.STAGE_NAMES[Stage(value)] if value in set(Stage) else value


def stage_tone(value: str) -> str:
    return _STAGE_TONES[Stage(value)] if value in set(Stage) else "neutral"


def stage_cell(value: str) -> SafeString | str:
    return lists.status(stage(value), tone=stage_tone(value)) if value else ""


def place(value: str) -> Text:
    """Return the name of a place in the value pyramid."""
    return explain.PLACE_NAMES[Place(value)] if value in set(Place) else value


def rfm(value: str) -> Text:
    """Return the name of an RFM class."""
    return explain.RFM_NAMES[RfmClass(value)] if value in set(RfmClass) else value
