"""The one company: set up at the first start, its settings later. No default account: the first person gets a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError
from regulars.organization import access, audit
from regulars.organization.access import Holder, Place, Viewer
from regulars.organization.models import Company, Person
from regulars.organization.services.people import create_person, give_role


class AlreadySetUpError(DomainError):
    """The company is here already; its settings are changed, not made again."""

    code = "company.exists"
    status_code: ClassVar[int] = 409


@transaction.atomic
def setup_company(
    *,
    name: str,
    currency: str,
    timezone: str,
    country: str,
    owner_name: str,
    owner_email: str,
    viewer: Viewer,
    now: datetime,
) -> Person:
    """Make the company and its first person, who holds every head-office role until colleagues come."""
    viewer.require("organization.edit")
    _refuse_invalid(name=name, currency=currency, timezone=timezone, country=country)
    if Company.objects.exists():
        raise AlreadySetUpError(_("The company is set up already."))
    Company.objects.create(pk=1, name=name.strip(), currency=currency, timezone=timezone, country=country)
    person = create_person(email=owner_email, name=owner_name, viewer=viewer, now=now)
    give_head_office_roles(person, viewer=viewer, now=now)
    audit.record(viewer, "company.created", "company", 1, now=now, after={"name": name, "first_person": person.name})
    return person


@transaction.atomic
def give_head_office_roles(person: Person, *, viewer: Viewer, now: datetime) -> None:
    """Let the first person see and do everything at head office, until there are colleagues to share it with."""
    for role, rule in access.roles().items():
        if Place.HEAD_OFFICE in rule.over and Holder.PERSON in rule.held_by:
            give_role(person, role, viewer=viewer, now=now)


@transaction.atomic
def change_company(*, name: str, currency: str, timezone: str, country: str, viewer: Viewer, now: datetime) -> Company:
    """Change what the company is called and what new stores start with; what was sold keeps its currency and date."""
    viewer.require("organization.edit")
    _refuse_invalid(name=name, currency=currency, timezone=timezone, country=country)
    company = Company.objects.select_for_update().get()
    before = _told(company)
    company.name, company.currency, company.timezone, company.country = name.strip(), currency, timezone, country
    company.save()
    old, new = audit.changed(before, _told(company))
    if new:
        audit.record(viewer, "company.changed", "company", company.pk, now=now, before=old, after=new)
    return company


def _told(company: Company) -> dict[str, Any]:
    return {
        "name": company.name,
        "currency": company.currency,
        "timezone": company.timezone,
        "country": company.country,
    }


def _refuse_invalid(*, name: str, currency: str, timezone: str, country: str) -> None:
    if not name.strip():
        raise InvalidInputError(_("Write the company's name."), field="name")
    if not (len(currency) == 3 and currency.isascii() and currency.isupper() and currency.isalpha()):
        raise InvalidInputError(_("Write the currency as three capital letters, like USD."), field="currency")
    if timezone not in available_timezones():
        raise InvalidInputError(_("Choose a time zone of the list, like Asia/Shanghai."), field="timezone")
    if not (len(country) == 2 and country.isascii() and country.isupper() and country.isalpha()):
        raise InvalidInputError(_("Write the country as two capital letters, like US."), field="country")
