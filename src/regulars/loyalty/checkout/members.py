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


def find_identified(said: str, *, source: str, now: datetime) -> tuple[int, Trust] | None:
    """Return the customer whose handle a message shows."""
    if not said:
        return None
    shape = _HANDLE.fullmatch(said)
    if shape:
        customer_id, minute = int(shape[1]), int(shape[2])
        if hmac.compare_digest(shape[3], _signature(customer_id, minute, source)):
            is_fresh = minute * 60 + PROVED_FOR.total_seconds() >= now.timestamp()
            return customer_id, Trust.PROVED if is_fresh else Trust.IDENTIFIED
    raise MemberUnknownError("Identify the member and send the handle you got.", field="member")


def find(said: str, *, source: str, now: datetime) -> tuple[int, Trust] | None:
    """Return the customer that a message names; one who is named by phone or card and not known yet is kept nameless."""
    named = _NAMED.fullmatch(said)
    if named is None:
        return find_identified(said, source=source, now=now)
    key = (named[1], "", named[2])
    found = customers.recognize([key], source=source, now=now)
    if key not in found:
        raise MemberUnknownError(f"This is no valid {named[1]}.", field="member")
    return found[key], Trust.NAMED


def _signature(customer_id: int, minute: int, source: str) -> str:
    return pii.digest("till-member", f"{source}\0{customer_id}\0{minute}")[:12].hex()
