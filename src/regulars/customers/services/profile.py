"""Open and change the record of one customer, as a person at the screen does it; every change leaves its before and after.

For the pages of this room. Files and the API write many at once through `saving`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import pii
from regulars.customers import rules, selectors
from regulars.customers.models import Customer, CustomerStore, CustomField
from regulars.customers.services import data_keys, holding
from regulars.customers.services.errors import ChangedMeanwhileError, FieldError
from regulars.customers.services.saving import LENGTHS
from regulars.customers.services.writing import PROFILE, SEALED, completeness
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Store

Values = Mapping[str, Any]  # profile fields, birth_date, address, home_store, joined_on, custom: {key: text}
_NAMED_KINDS = (Customer.Kind.PERSON, Customer.Kind.HOUSEHOLD, Customer.Kind.COMPANY)


@transaction.atomic
def create_customer(values: Values, *, identifiers: Iterable[holding.Given] = (), viewer: Viewer, now: datetime) -> Customer:
    """Open a customer; refuse if anybody is known by one of the identifiers already."""
    scope = viewer.scope("customer.edit")
    home: Store | None = values.get("home_store")
    if not scope.is_everything and (home is None or not scope.covers(home.pk)):
        raise FieldError(_("Choose one of your stores as the home store."), field="home_store")
    customer = Customer.objects.create(
        kind=values.get("kind") or Customer.Kind.PERSON,
        source=viewer.source or "manual",
        joined_on=values.get("joined_on"),
        created_at=now,
        updated_at=now,
    )
    _apply(customer, {"joined_through": "staff"} | dict(values), viewer, now)
    for given in identifiers:
        holding.hold(customer, given, viewer=viewer, now=now)
    after = _told(customer, values)
    audit.record(
        viewer, "customer.created", "customer", customer.pk, now=now, after=after,
        store_id=selectors.store_of(viewer, customer, "customer.edit"),
    )  # fmt: skip
    return customer


@transaction.atomic
def edit_profile(
    customer_id: int, values: Values, *, seen_at: datetime | None = None, viewer: Viewer, now: datetime
) -> Customer:
    """Change what `values` name and leave the rest; a card whose holder gets a name keeps its history (F3).

    `seen_at` is the record's `updated_at` when the form was filled in: if somebody changed it since, nothing is written.
    """
    customer = selectors.lock_customer(viewer, customer_id, "customer.edit")
    if seen_at is not None and customer.updated_at != seen_at:
        raise ChangedMeanwhileError(_("Somebody changed this customer meanwhile. Look at the new state and try again."))
    _refuse_foreign_home(customer, values, viewer)
    was_nameless = customer.kind == Customer.Kind.NAMELESS
    before = _told(customer, values)
    _apply(customer, values, viewer, now)
    after = _told(customer, values)
    was, became = audit.changed(before, after)
    if was or became:
        action = "customer.named" if was_nameless and customer.kind in _NAMED_KINDS else "customer.changed"
        audit.record(
            viewer, action, "customer", customer.pk, now=now, before=was, after=became,
            store_id=selectors.store_of(viewer, customer, "customer.edit"),
        )  # fmt: skip
    return customer


def _refuse_foreign_home(customer: Customer, values: Values, viewer: Viewer) -> None:
    """Refuse to move a customer to a store that is not the viewer's, or away from one."""
    scope = viewer.scope("customer.edit")
    if scope.is_everything or "home_store" not in values:
        return
    home: Store | None = values["home_store"]
    new = home.pk if home else None
    if new != customer.home_store_id and not (
        scope.covers(new) and (customer.home_store_id is None or scope.covers(customer.home_store_id))
    ):
        raise FieldError(_("Only head office moves a customer between stores that are not yours."), field="home_store")


def _apply(customer: Customer, values: Values, viewer: Viewer, now: datetime) -> None:
    """Lay the values over the record and save it, with its store and its degree of completeness."""
    for name in PROFILE:
        if name in values:
            setattr(customer, name, _text(name, values[name]))
    if "kind" not in values and customer.kind == Customer.Kind.NAMELESS and customer.name:
        customer.kind = Customer.Kind.PERSON
    if "home_store" in values:
        customer.home_store = values["home_store"]
    if "joined_on" in values:
        customer.joined_on = values["joined_on"]
    _apply_custom(customer, values.get("custom") or {}, viewer, now)
    _apply_sealed(customer, {name: values[name] for name in SEALED if name in values})
    customer.completeness = completeness({name: getattr(customer, name) for name in (*PROFILE, "home_store_id", "joined_on")})
    customer.updated_at = now
    customer.save()
    if customer.home_store_id is not None:
        CustomerStore.objects.get_or_create(customer=customer, store_id=customer.home_store_id, defaults={"since": now})


def _text(name: str, value: object) -> str:
    text = str(value or "").strip()
    longest = LENGTHS[name]
    if len(text) > longest or "\0" in text:
        raise FieldError(_("At most %(count)s characters.") % {"count": longest}, field=name)
    if name == "kind" and text not in _NAMED_KINDS:
        raise FieldError(_("Choose person, household or company."), field=name)
    if name == "gender" and text not in Customer.Gender.values:
        raise FieldError(_("Choose one of the answers."), field=name)
    return text


def _apply_custom(customer: Customer, said: Mapping[str, str], viewer: Viewer, now: datetime) -> None:
    if not said:
        return
    known = {field.key: field for field in CustomField.objects.filter(key__in=said)}
    custom = dict(customer.custom)
    for key, text in said.items():
        if key not in known:
            raise FieldError(_("There is no such field."), field=f"custom_{key}")
        value = rules.custom_value(known[key].type, text, choices=known[key].choices)
        if isinstance(value, rules.Misfit):
            raise FieldError(_(value.message), field=f"custom_{key}")
        if value is None:
            custom.pop(key, None)
        elif custom.get(key, {}).get("value") != value:
            custom[key] = {"value": value, "source": viewer.label, "at": now.isoformat()}
    customer.custom = custom


def _apply_sealed(customer: Customer, said: Mapping[str, str | date | None]) -> None:
    """Seal address and birthday anew if they changed; an empty one is forgotten."""
    if not said:
        return
    key = data_keys.key_of(customer)
    known = selectors.open_contact(customer, {customer.pk: key})
    wanted = known | {name: str(value or "").strip() for name, value in said.items()}
    wanted = {name: text for name, text in wanted.items() if text}
    if "birth_date" in said and "birth_date" in wanted and not rules.is_birthday(wanted["birth_date"]):
        raise FieldError(_("Write the birthday as 1986-05-04."), field="birth_date")
    if len(wanted.get("address", "")) > 300:
        raise FieldError(_("At most %(count)s characters.") % {"count": 300}, field="address")
    customer.birth_month = rules.birth_month(wanted.get("birth_date", ""))
    if wanted != known:
        text = json.dumps(wanted, ensure_ascii=False)
        customer.sealed = pii.seal(key, text, purpose=selectors.CONTACT) if wanted else None


def _told(customer: Customer, values: Values) -> dict[str, Any]:
    """Return the named fields as the audit trail may hold them."""
    shown: dict[str, Any] = {name: getattr(customer, name) for name in PROFILE if name in values}
    shown |= {"kind": customer.kind}
    if "home_store" in values:
        shown["home_store"] = customer.home_store.code if customer.home_store else None
    if "joined_on" in values:
        shown["joined_on"] = customer.joined_on.isoformat() if customer.joined_on else None
    if any(name in values for name in SEALED):
        contact = selectors.open_contact(customer, selectors.data_keys([customer.pk]))
        shown |= {name: contact.get(name, "") for name in SEALED if name in values}
    said = values.get("custom") or {}
    secret = set(CustomField.objects.filter(key__in=said, is_personal=True).values_list("key", flat=True))
    shown |= {f"custom.{key}": customer.custom.get(key, {}).get("value") for key in said}
    personal = rules.PERSONAL | {f"custom.{key}" for key in secret}
    return rules.told(shown, personal=personal, mask=audit.masked)
