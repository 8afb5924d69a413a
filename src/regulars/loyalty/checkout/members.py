"""Who stands at the till: a handle for the conversation, made by identify and shown again with quote and sale.

For the services of this room. A handle is signed for the client that got it: nobody spends a stranger's points by guessing
a customer's number (T-5). Points are spent by whoever was identified at this till; stored value only by who showed a code or a
card that proves more than a number anybody may know, and only for a while. A till that was alone names a member by phone or
card and then only earns.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import psycopg

from regulars.core import pii
from regulars.core.errors import ForbiddenError, InvalidInputError
from regulars.customers import services as customers
from regulars.loyalty.basket import Member

PROVED_FOR = timedelta(hours=2)
_HANDLE = re.compile(r"m([1-9][0-9]{0,17})\.([0-9]{1,12})\.([0-9a-f]{24})", re.ASCII)
_NAMED = re.compile(r"(phone|email|card|external):(.{1,200})", re.DOTALL)


class MemberUnknownError(InvalidInputError):
    """The handle was not given to this client, or what names the member cannot be read."""

    code = "member.unknown"


class NotProvedError(ForbiddenError):
    """The member has not shown what this needs."""

    code = "member.not_proved"


class Trust(IntEnum):
    """What a customer may do by the way in which the till knows who it is."""

    NAMED = 0  # by a till that was alone: earns
    IDENTIFIED = 1  # at this till, by number: spends points
    PROVED = 2  # by code or card: spends stored value


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer at the till, as rules see one, and how far the till may go."""

    member: Member
    trust: Trust

    @property
    def customer_id(self) -> int:
        return self.member.customer_id

    def require(self, trust: Trust) -> None:
        """Refuse what this customer has not shown enough for."""
        if self.trust < trust:
            raise NotProvedError("Identify the member with a code or card to pay with this.", field="member")


def handle_of(customer_id: int, *, source: str, proved_at: datetime | None = None) -> str:
    """Return the handle that names this customer to the client `source`."""
    minute = int(proved_at.timestamp()) // 60 if proved_at else 0
    return f"m{customer_id}.{minute}.{_signature(customer_id, minute, source)}"


def find_buyer(cursor: psycopg.Cursor[tuple[Any, ...]], said: str, *, source: str, now: datetime) -> Buyer | None:
    """Return the customer that a message names; one who is named by phone or card and not known yet is kept nameless."""
    if not said:
        return None
    if shape := _HANDLE.fullmatch(said):
        return _by_handle(cursor, int(shape[1]), int(shape[2]), shape[3], source=source, now=now)
    named = _NAMED.fullmatch(said)
    key = (named[1], "", named[2]) if named else ("", "", "")
    found = customers.recognize([key], source=source, now=now) if named else {}
    member = _read(cursor, found[key]) if key in found else None
    if member is None:
        raise MemberUnknownError("Identify the member first and send the handle you got.", field="member")
    return Buyer(member, Trust.NAMED)


def _by_handle(
    cursor: psycopg.Cursor[tuple[Any, ...]], customer_id: int, minute: int, signature: str, *, source: str, now: datetime
) -> Buyer:
    is_ours = hmac.compare_digest(signature, _signature(customer_id, minute, source))
    member = _read(cursor, customer_id) if is_ours else None
    if member is None:
        raise MemberUnknownError("This handle was not given to you; identify the member again.", field="member")
    is_fresh = minute * 60 + PROVED_FOR.total_seconds() >= now.timestamp()
    return Buyer(member, Trust.PROVED if is_fresh else Trust.IDENTIFIED)


def _read(cursor: psycopg.Cursor[tuple[Any, ...]], customer_id: int) -> Member | None:
    """Return the customer, or whom a merged one became."""
    cursor.execute(_MEMBER, {"customer": customer_id})
    row = cursor.fetchone()
    if row is None:
        return None
    id, joined_on, tags, *profile = row
    return Member(
        customer_id=id,
        joined_on=joined_on,
        tags=frozenset(tags),
        attributes={name: value for name, value in zip(_PROFILE, profile, strict=True) if value},
    )


def _signature(customer_id: int, minute: int, source: str) -> str:
    return pii.digest("till-member", f"{source}\0{customer_id}\0{minute}")[:12].hex()


_PROFILE = (
    "customer.gender",
    "customer.age_band",
    "customer.city",
    "customer.language",
    "customer.preferred_channel",
    "customer.home_store",
)

_MEMBER = """
SELECT c.id, (SELECT min(m.joined_on) FROM program_membership m WHERE m.customer_id = c.id AND m.left_at IS NULL),
    ARRAY(SELECT t.name FROM customers_customertag k JOIN customers_tag t ON t.id = k.tag_id
        WHERE k.customer_id = c.id AND k.removed_at IS NULL),
    c.gender, c.age_band, c.city, c.language, c.preferred_channel, s.code
FROM customers_customer said JOIN customers_customer c ON c.id = coalesce(said.merged_into_id, said.id)
LEFT JOIN organization_store s ON s.id = c.home_store_id
WHERE said.id = %(customer)s::bigint
"""
