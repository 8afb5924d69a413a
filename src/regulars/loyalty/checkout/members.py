"""Who stands at the till: a handle for the conversation, made by identify and shown again with quote and sale.

For the services of this room. A handle is signed for the client that got it: nobody spends a stranger's points by guessing
a customer's number (T-5). A till that was alone may name a member by phone or card instead, and then only earns.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from regulars.core import pii
from regulars.core.errors import InvalidInputError
from regulars.customers import services as customers

_HANDLE = re.compile(r"m([1-9][0-9]{0,17})\.([0-9a-f]{24})", re.ASCII)
_NAMED = re.compile(r"(phone|email|card|external):(.{1,200})", re.DOTALL)


class MemberUnknownError(InvalidInputError):
    """The handle was not given to this client, or what names the member cannot be read."""

    code = "member.unknown"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer at the till; only one who was identified here may spend."""

    customer_id: int
    may_spend: bool


def handle_of(customer_id: int, *, source: str) -> str:
    """Return the handle that names this customer to the client `source`."""
    return f"m{customer_id}.{_signature(customer_id, source)}"


def find_buyer(cursor: psycopg.Cursor[tuple[Any, ...]], said: str, *, source: str, now: datetime) -> Buyer | None:
    """Return the customer that a message names; one who is named by phone or card and not known yet is kept nameless."""
    if not said:
        return None
    if shape := _HANDLE.fullmatch(said):
        return Buyer(_living(cursor, int(shape[1]), shape[2], source), may_spend=True)
    named = _NAMED.fullmatch(said)
    key = (named[1], "", named[2]) if named else ("", "", "")
    found = customers.recognize([key], source=source, now=now) if named else {}
    if key not in found:
        raise MemberUnknownError("Identify the member first and send the handle you got.", field="member")
    return Buyer(found[key], may_spend=False)


def _living(cursor: psycopg.Cursor[tuple[Any, ...]], customer_id: int, signature: str, source: str) -> int:
    """Return the customer, or whom a merged one became."""
    if hmac.compare_digest(signature, _signature(customer_id, source)):
        cursor.execute(_LIVING, {"customer": customer_id})
        if row := cursor.fetchone():
            living: int = row[0]
            return living
    raise MemberUnknownError("This handle was not given to you; identify the member again.", field="member")


def _signature(customer_id: int, source: str) -> str:
    return pii.digest("till-member", f"{source}\0{customer_id}")[:12].hex()


_LIVING = "SELECT coalesce(merged_into_id, id) FROM customers_customer WHERE id = %(customer)s::bigint"
