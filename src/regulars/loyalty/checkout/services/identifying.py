"""Recognize the customer at the till by phone, e-mail, card or code, and say what the cashier may know.

For the till's door and the till screen. The answer carries a handle for this conversation and no contact data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.core.errors import DomainError, NotFoundError
from regulars.customers import selectors as customers
from regulars.customers import services as customer_verbs
from regulars.customers.models import Customer
from regulars.loyalty.checkout import database, members
from regulars.loyalty.checkout.services import journal
from regulars.organization.access import Viewer


class MemberNotFoundError(NotFoundError):
    """Nobody is known by this."""

    code = "member.not_found"


class MemberAmbiguousError(DomainError):
    """Several customers hold this number; a card or code says who it is."""

    code = "member.ambiguous"


@dataclass(frozen=True, slots=True)
class Who:
    """What the customer showed or said. With `enroll` an unknown phone or card becomes a member without a name."""

    store: str
    kind: str  # phone, email, card, external, code
    value: str
    enroll: bool = False


def identify(who: Who, *, now: datetime, viewer: Viewer) -> dict[str, Any]:
    """Return the member: handle, name, tier, and what there is to spend."""

    def attempt() -> dict[str, Any]:
        store = journal.open_store(who.store, viewer=viewer)
        customer_id = _find(who, viewer=viewer, now=now)
        member = Customer.objects.only("name", "language").get(pk=customer_id)
        return {
            "member": members.handle_of(customer_id, source=viewer.source),
            "name": member.name,
            "language": member.language,
            "currency": store.currency,
        }

    return database.in_transaction(attempt)


def _find(who: Who, *, viewer: Viewer, now: datetime) -> int:
    holders = customers.exact_holders(who.value)
    if len(holders) > 1:
        raise MemberAmbiguousError("Several customers hold this; scan a card or code instead.", field="value")
    if holders:
        return holders[0]
    if who.enroll:
        key = (who.kind, "", who.value)
        found = customer_verbs.recognize([key], source=viewer.source, now=now)
        if key in found:
            return found[key]
    raise MemberNotFoundError("Nobody is known by this.", field="value")
