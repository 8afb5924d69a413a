"""Give a customer an identifier, end one, and show one whole: the numbers and addresses that a customer is known by (F2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core import pii
from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.customers import identifiers, selectors
from regulars.customers.models import Customer, Identifier
from regulars.customers.services import data_keys, recognition
from regulars.customers.services.errors import FieldError, IdentifierTakenError
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.company import get_company


@dataclass(frozen=True, slots=True)
class Given:
    """An identifier as somebody wrote it down; `namespace` names who issued a card or id."""

    kind: str
    value: str
    namespace: str = ""
    field: str = ""  # of the form, for the refusal


@transaction.atomic
def add_identifier(customer_id: int, given: Given, *, viewer: Viewer, now: datetime) -> Identifier:
    """Let a customer be known by one more phone, e-mail, card or id; giving it again changes nothing."""
    customer = selectors.lock_customer(viewer, customer_id, "customer.edit")
    held = hold(customer, given, viewer=viewer, now=now)
    if held.valid_from == now:
        _record("customer.identifier_added", customer, held, viewer, now)
    return held


@transaction.atomic
def end_identifier(customer_id: int, identifier_id: int, *, viewer: Viewer, now: datetime) -> None:
    """End an identifier: from now on somebody else may hold it, and receipts with it are no longer this customer's."""
    customer = selectors.lock_customer(viewer, customer_id, "customer.edit")
    held = _current(customer, identifier_id)
    held.valid_to = now
    held.save(update_fields=["valid_to"])
    _record("customer.identifier_ended", customer, held, viewer, now)


@transaction.atomic
def show_identifier(customer_id: int, identifier_id: int, *, viewer: Viewer, now: datetime) -> str:
    """Return the whole value to somebody whose role sees it unmasked; the trail tells that it was looked at."""
    if viewer.scope("customer.read").masked:
        raise ForbiddenError(_("Your role sees this masked."))
    customer = selectors.get_customer(viewer, customer_id)
    held = _current(customer, identifier_id)
    value = selectors.open_identifier(held, selectors.data_keys([held.customer_id]))
    _record("customer.contact_shown", customer, held, viewer, now, action="customer.read")
    return value


@transaction.atomic
def show_contact(customer_id: int, *, viewer: Viewer, now: datetime) -> dict[str, str]:
    """Return birthday and address to somebody whose role sees them unmasked; the trail tells of it."""
    if viewer.scope("customer.read").masked:
        raise ForbiddenError(_("Your role sees this masked."))
    customer = selectors.get_customer(viewer, customer_id)
    audit.record(
        viewer, "customer.contact_shown", "customer", customer.pk, now=now, note="birthday and address",
        store_id=selectors.store_of(viewer, customer, "customer.read"),
    )  # fmt: skip
    return selectors.open_contact(customer, selectors.data_keys([customer.pk]))


def hold(customer: Customer, given: Given, *, viewer: Viewer, now: datetime) -> Identifier:
    """Write the identifier of a locked customer, or refuse because somebody else holds it."""
    if given.kind not in Identifier.Kind.values:
        raise FieldError(_("Choose what kind of identifier this is."), field=given.field or "kind")
    normal = identifiers.normalize(given.kind, given.value, country=get_company().country)
    if isinstance(normal, identifiers.Fault):
        raise FieldError(_(normal.message), field=given.field or "value")
    space = recognition.scoped(given.kind, given.namespace.strip()[:64], viewer.source or "manual")
    digest = pii.digest(given.kind, normal)
    contact = given.kind in identifiers.CONTACT_KINDS
    held = Identifier(
        customer=customer,
        kind=given.kind,
        namespace=space,
        digest=digest,
        value="" if contact else normal,
        sealed=pii.seal(data_keys.key_of(customer), normal, purpose=given.kind) if contact else None,
        hint=identifiers.hint(given.kind, normal),
        source=viewer.source or "manual",
        valid_from=now,
    )
    try:
        with transaction.atomic():
            held.save(force_insert=True)
    except IntegrityError:  # the unique index decides, also between two who do it at once
        return _held_already(customer, given, space=space, digest=digest, viewer=viewer)
    return held


def _held_already(customer: Customer, given: Given, *, space: str, digest: bytes, viewer: Viewer) -> Identifier:
    held = Identifier.objects.select_related("customer").get(kind=given.kind, namespace=space, digest=digest, valid_to=None)
    holder = held.customer.merged_into_id or held.customer_id
    if holder == customer.pk:
        return held
    seen = selectors.list_customers(viewer, "customer.read").filter(pk=holder).exists()
    raise IdentifierTakenError(
        _("A customer is known by this already."), field=given.field or "value", holder=holder if seen else None
    )


def _current(customer: Customer, identifier_id: int) -> Identifier:
    found = selectors.list_identifiers(selectors.same_person(customer.pk)).filter(pk=identifier_id).first()
    if found is None:
        raise NotFoundError
    return found


def _record(
    what: str, customer: Customer, held: Identifier, viewer: Viewer, now: datetime, *, action: str = "customer.edit"
) -> None:
    audit.record(
        viewer, what, "customer", customer.pk, now=now, after={"kind": held.kind, "hint": held.hint},
        store_id=selectors.store_of(viewer, customer, action),
    )  # fmt: skip
