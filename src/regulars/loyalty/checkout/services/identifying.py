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
from regulars.loyalty.cards import services as cards
from regulars.loyalty.checkout import database, facts, members
from regulars.loyalty.checkout.services import journal, points
from regulars.loyalty.program import selectors as program
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
    till: str = ""  # a rotating code is used up by the till that reads it


def identify(who: Who, *, now: datetime, viewer: Viewer) -> dict[str, Any]:
    """Return the member: handle, name, tier, and what there is to spend."""
    return database.in_transaction(lambda: _identify(who, now=now, viewer=viewer))


def _identify(who: Who, *, now: datetime, viewer: Viewer) -> dict[str, Any]:
    store = journal.open_store(who.store, viewer=viewer)
    customer_id, is_proved = _find(who, viewer=viewer, now=now)
    member = Customer.objects.only("name", "language").get(pk=customer_id)
    today = facts.moment(store, now, now=now).business_date
    book = points.book_for(today, store.currency)
    balances = points.balances_of(customer_id, now=now)
    standing = program.standing_of(customer_id, program=book.program, at=now) if book is not None else None
    return {
        "member": members.handle_of(customer_id, source=viewer.source, proved_at=now if is_proved else None),
        "name": member.name,
        "language": member.language,
        "may_pay_with_stored_value": is_proved,
        "tier": standing.tier if standing else "",
        "currency": store.currency,
        **points.shown(balances, book, currency=store.currency, today=today),
    }


def till_of(viewer: Viewer, store: str, till: str) -> str:
    """Return for whom a rotating code is used up: this till may ask again, another one may not (P40)."""
    return f"{viewer.source} {store}/{till}"


def _find(who: Who, *, viewer: Viewer, now: datetime) -> tuple[int, bool]:
    """Return the customer, and whether what was shown proves more than a number that anybody may know."""
    if who.kind == "code":
        shown = cards.recognize(who.value, viewer=viewer, now=now, used_for=till_of(viewer, who.store, who.till))
        if shown.customer_id is None:
            raise MemberNotFoundError("Nobody has claimed this card.", field="value")
        return shown.customer_id, shown.may_pay
    holders = customers.exact_holders(who.value)
    if len(holders) > 1:
        raise MemberAmbiguousError("Several customers hold this; scan a card or code instead.", field="value")
    if holders:
        return holders[0], False
    if who.enroll:
        key = (who.kind, "", who.value)
        found = customer_verbs.recognize([key], source=viewer.source, now=now)
        if key in found:
            return found[key], False
    raise MemberNotFoundError("Nobody is known by this.", field="value")
