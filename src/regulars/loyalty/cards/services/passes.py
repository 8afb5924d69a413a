"""The member's pass: rotating codes, links to the own page, and the end of both when a phone is lost."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import IntegrityError, transaction

from regulars.core import pii
from regulars.customers import selectors as customers
from regulars.loyalty.cards.models import MemberPass, PassUse
from regulars.loyalty.cards.rules import links, rotating
from regulars.organization import audit
from regulars.organization.access import Viewer

LINK_DAYS = 365
KEPT = timedelta(hours=1)  # a code is refused by its age long before


def pass_of(customer_id: int, *, now: datetime) -> MemberPass:
    """Return the customer's pass, made at the first time."""
    held = MemberPass.objects.filter(customer=customer_id, ended_at=None).first()
    if held is not None:
        return held
    try:
        with transaction.atomic():
            return MemberPass.objects.create(customer_id=customer_id, public_id=secrets.randbits(63), created_at=now)
    except IntegrityError:  # somebody else made it at the same moment
        return MemberPass.objects.get(customer=customer_id, ended_at=None)


@transaction.atomic
def end_pass(customer_id: int, *, viewer: Viewer, now: datetime) -> int:
    """End the customer's pass: every code and link of it is worthless from now on; the next one is new."""
    customer = customers.get_customer(viewer, customer_id, "customer.edit")
    ended = MemberPass.objects.filter(customer=customer, ended_at=None).update(ended_at=now)
    if ended:
        store = customers.store_of(viewer, customer, "customer.edit")
        audit.record(viewer, "pass.ended", "customer", customer.pk, now=now, store_id=store)
    return ended


def codes_of(member: MemberPass, *, now: datetime, steps: int = 1) -> list[str]:
    """Return the rotating code of this half minute and those that follow."""
    return list(rotating.upcoming(_signing_key(), pass_id=member.public_id, now=now, steps=steps))


def public_key() -> bytes:
    """Return the key with which a till checks rotating codes without asking; whoever has it can make none (32 bytes)."""
    return _signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def link_token(member: MemberPass, *, today: date) -> str:
    """Return the token of the member's own page, good for a year."""
    return links.make(pii.key_for("member link"), pass_id=member.public_id, until=today + timedelta(days=LINK_DAYS))


def find_by_link(token: str, *, today: date) -> MemberPass | None:
    """Return the pass that a token opens; forged, outdated and ended ones look alike."""
    pass_id = links.read(pii.key_for("member link"), token, today=today)
    return None if pass_id is None else _living(pass_id)


def read_code(text: str, *, now: datetime, used_for: str = "") -> MemberPass | None:
    """Return the pass behind a rotating code of now.

    With `used_for` (a till and its receipt) the code is used up: shown again for the same it is answered again, for anything
    else it is refused.
    """
    shown = rotating.read(_signing_key().public_key(), text)
    if shown is None or not rotating.is_current(shown, now=now):
        return None
    if used_for:
        use, _is_first = PassUse.objects.get_or_create(
            public_id=shown.pass_id, step=shown.step, defaults={"used_for": used_for[:200], "used_at": now}
        )
        if use.used_for != used_for[:200]:
            return None
    return _living(shown.pass_id)


def forget_uses(*, now: datetime) -> int:
    """Drop the uses of codes that are refused by their age."""
    deleted, _by_model = PassUse.objects.filter(used_at__lt=now - KEPT).delete()
    return deleted


def _living(pass_id: int) -> MemberPass | None:
    return MemberPass.objects.select_related("customer").filter(public_id=pass_id, ended_at=None).first()


@cache
def _signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(pii.key_for("rotating code"))
