"""Staff: who is here, which roles they hold where, and switching somebody off.

For the staff pages, the command line and the first start. Nobody changes their own roles, and the company always keeps
one person who can give them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, ForbiddenError, InvalidInputError, NotFoundError
from regulars.organization import access, audit
from regulars.organization.access import Holder, Place, Viewer
from regulars.organization.models import Approval, Grant, Person, Region, Role, SignInLink, Store
from regulars.organization.services.approvals import carries_out, refuse_alone


class EmailTakenError(InvalidInputError):
    """Another person has this e-mail address."""

    code = "person.email_taken"


class RolePlaceError(InvalidInputError):
    """The role cannot be held there, or not by a person."""

    code = "role.place"


class OwnRightsError(ForbiddenError):
    """Nobody may change what they themselves may do."""

    code = "role.own"


class LastAdministratorError(DomainError):
    """After this nobody could give roles any more."""

    code = "role.last_administrator"
    status_code: ClassVar[int] = 409


@transaction.atomic
def create_person(*, email: str, name: str, viewer: Viewer, now: datetime, language: str = "") -> Person:
    """Add somebody to the staff, without a password and without any right."""
    viewer.require("staff.manage")
    email = email.strip().lower()
    if not name.strip():
        raise InvalidInputError(_("Write a name."), field="name")
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInputError(_("This is no e-mail address."), field="email") from None
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, name.strip(), language=language)
    except IntegrityError:
        raise EmailTakenError(_("Somebody with this e-mail address is here already."), field="email") from None
    audit.record(
        viewer,
        "person.created",
        "person",
        person.pk,
        now=now,
        after={"name": person.name, "email": audit.masked(email)},
    )
    return person


@transaction.atomic
def change_own_profile(person: Person, *, name: str, language: str, now: datetime) -> None:
    """Change what people may change about themselves: how they are called and which language they read."""
    if not name.strip():
        raise InvalidInputError(_("Write a name."), field="name")
    before = {"name": person.name, "language": person.language}
    person.name, person.language = name.strip(), language
    person.save(update_fields=["name", "language"])
    changed = audit.changed(before, {"name": person.name, "language": person.language})
    if changed[1]:
        viewer = Viewer(label=person.name, person_id=person.pk)
        audit.record(viewer, "person.changed", "person", person.pk, now=now, before=changed[0], after=changed[1])


@transaction.atomic
def give_role(
    person: Person,
    role: str,
    *,
    viewer: Viewer,
    now: datetime,
    region: Region | None = None,
    store: Store | None = None,
    approval: Approval | None = None,
) -> Grant:
    """Let `person` hold `role` over a region, a store or (with neither) head office; a repeat returns the same."""
    _refuse_own(person, viewer=viewer)
    refuse_misplaced(role, holder=Holder.PERSON, region=region, store=store)
    wanted = asked(person, role, region=region, store=store)
    note = refuse_alone("staff.manage", viewer=viewer, approval=approval, payload=wanted)
    grant, is_new = Grant.objects.get_or_create(
        person=person,
        role=role,
        region=region,
        store=store,
        defaults={"given_by_id": viewer.person_id, "given_at": now},
    )
    if is_new:
        audit.record(viewer, "role.given", "person", person.pk, now=now, after=wanted, store_id=grant.store_id, note=note)
    return grant


@transaction.atomic
def take_role(grant: Grant, *, viewer: Viewer, now: datetime, approval: Approval | None = None) -> None:
    """Take a role back; it holds from the person's next request on. Only an administrator's needs a second person."""
    _refuse_own(grant.person, viewer=viewer)
    held = asked(grant.person, grant.role, region=grant.region, store=grant.store)
    note = ""
    if grant.role == Role.ADMIN:
        _refuse_last_administrator(grant.person_id)
        note = refuse_alone("staff.manage", viewer=viewer, approval=approval, payload=held)
    audit.record(viewer, "role.taken", "person", grant.person_id, now=now, before=held, store_id=grant.store_id, note=note)
    grant.delete()


@transaction.atomic
def deactivate_person(person: Person, *, viewer: Viewer, now: datetime, approval: Approval | None = None) -> None:
    """Switch somebody off: their sessions end with their next request, their links stop working, their grants stay."""
    _refuse_own(person, viewer=viewer)
    _refuse_last_administrator(person.pk)
    note = _refuse_alone_over_administrator(person, to="off", viewer=viewer, approval=approval)
    if Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        SignInLink.objects.filter(person=person, used_at=None).delete()
        audit.record(viewer, "person.deactivated", "person", person.pk, now=now, note=note)
    person.is_active = False


@transaction.atomic
def reactivate_person(person: Person, *, viewer: Viewer, now: datetime, approval: Approval | None = None) -> None:
    """Switch somebody on again, with the grants they had."""
    _refuse_own(person, viewer=viewer)
    note = _refuse_alone_over_administrator(person, to="on", viewer=viewer, approval=approval)
    if Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        audit.record(viewer, "person.reactivated", "person", person.pk, now=now, note=note)
    person.is_active = True


def asked(person: Person, role: str, *, region: Region | None = None, store: Store | None = None) -> dict[str, Any]:
    """Return what is given to whom, for the trail and for the second person."""
    return {
        "person": person.pk,
        "role": role,
        "region": region.code if region else None,
        "store": store.code if store else None,
    }


def switch_asked(person: Person, *, to: str) -> dict[str, Any]:
    """Return who is to be switched on or off, for the second person."""
    return {"person": person.pk, "to": to}


def refuse_misplaced(role: str, *, holder: Holder, region: Region | None, store: Store | None) -> None:
    """Refuse a role where `rights.yaml` does not let it sit, or for somebody it is not meant for."""
    rule = access.roles().get(role)
    if rule is None or holder not in rule.held_by:
        raise RolePlaceError(_("This role does not exist here."), field="role")
    if region and store:
        raise RolePlaceError(_("Choose a region or a store, not both."), field="store")
    place = Place.STORE if store else Place.REGION if region else Place.HEAD_OFFICE
    if place not in rule.over:
        raise RolePlaceError(_("This role cannot be held there. Choose another place."), field="role")


def _refuse_own(person: Person, *, viewer: Viewer) -> None:
    viewer.require("staff.manage")
    if person.pk is None:
        raise NotFoundError
    if person.pk == viewer.person_id:
        raise OwnRightsError(_("Nobody can change their own roles. Ask another administrator."))


def _refuse_alone_over_administrator(person: Person, *, to: str, viewer: Viewer, approval: Approval | None) -> str:
    """Refuse to switch an administrator on or off alone: of two, one must not be able to shut the other out."""
    if not person.grants.filter(role=Role.ADMIN).exists():
        return ""
    return refuse_alone("staff.manage", viewer=viewer, approval=approval, payload=switch_asked(person, to=to))


def _refuse_last_administrator(person_id: int) -> None:
    admins = Grant.objects.select_for_update().filter(role=Role.ADMIN, person__is_active=True).order_by("pk")
    holders = {grant.person_id for grant in admins}
    if holders == {person_id}:
        raise LastAdministratorError(_("This is the last administrator. Make somebody else one first."))


@carries_out("role.give")
def _give_approved(approval: Approval, viewer: Viewer, now: datetime) -> None:
    payload = approval.payload
    give_role(
        Person.objects.get(pk=payload["person"]),
        payload["role"],
        viewer=viewer,
        now=now,
        region=Region.objects.filter(code=payload["region"]).first(),
        store=Store.objects.filter(code=payload["store"]).first(),
        approval=approval,
    )


@carries_out("role.take")
def _take_approved(approval: Approval, viewer: Viewer, now: datetime) -> None:
    payload = approval.payload
    held = Grant.objects.filter(person=payload["person"], role=payload["role"])
    grant = held.filter(region__code=payload["region"], store__code=payload["store"]).first()
    if grant is not None:
        take_role(grant, viewer=viewer, now=now, approval=approval)


@carries_out("person.switch")
def _switch_approved(approval: Approval, viewer: Viewer, now: datetime) -> None:
    change = reactivate_person if approval.payload["to"] == "on" else deactivate_person
    change(Person.objects.get(pk=approval.payload["person"]), viewer=viewer, now=now, approval=approval)
