"""Order cards from the maker, make their codes, and take them into the central stock: 100,000 at a time (S238).

The codes and PINs exist in the clear once: in the file that goes to the maker. Making them needs a second person; the database
keeps keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import bulk, pii
from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.cards.models import Batch, Movement, NumberRange
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.cards.services import moving
from regulars.organization import audit
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.models import Approval

QUANTITY_MAX = 1_000_000
PRINT = "gift_card.print"


class RangeExhaustedError(DomainError):
    """The number range has not so many numbers left."""

    code: ClassVar[str] = "number_range.exhausted"


class BatchMadeError(DomainError):
    """The codes of this batch were made already, and cannot be shown again."""

    code: ClassVar[str] = "batch.made"


@dataclass(frozen=True, slots=True)
class Secret:
    """What the maker puts on one card."""

    number: str
    code: str
    pin: str


@transaction.atomic
def order_batch(number_range: NumberRange, *, quantity: int, viewer: Viewer, now: datetime, maker: str = "") -> Batch:
    """Order `quantity` cards with the next free numbers of a range."""
    viewer.require(PRINT)
    if not 0 < quantity <= QUANTITY_MAX:
        raise InvalidInputError(_("Order between 1 and 1,000,000 cards at once."), field="quantity")
    if not number_range.type.is_active:
        raise InvalidInputError(_("This card type is no longer offered."), field="range")
    taken = bulk.fetch(_TAKE_NUMBERS, {"range": number_range.pk, "quantity": quantity})
    if not taken:
        raise RangeExhaustedError(_("This range has not so many numbers left."), field="quantity")
    batch = Batch.objects.create(
        type_id=number_range.type_id, range=number_range, first=taken[0][0], quantity=quantity, maker=maker.strip()[:120],
        ordered_at=now, ordered_by=viewer.label[:160],
    )  # fmt: skip
    bulk.stage("incoming_card", pa.table({"number": pa.array(_numbers(batch), pa.string())}))
    bulk.execute(_INSERT, {"batch": batch.pk, "type": batch.type_id, "at": now, "by": batch.ordered_by})
    audit.record(viewer, "batch.ordered", "batch", batch.pk, now=now, after={"quantity": quantity, "first": batch.first})
    return batch


@transaction.atomic
def make_batch(batch_id: int, *, viewer: Viewer, now: datetime, approval: Approval | None = None) -> list[Secret]:
    """Make the codes and PINs of a batch and return them, this once; a second person has approved it."""
    note = organization.refuse_alone(PRINT, viewer=viewer, approval=approval, payload=asked(batch_id))
    batch = _lock(batch_id)
    if batch.made_at is not None:
        raise BatchMadeError(_("The codes of this batch were made already. Void the cards and order new ones instead."))
    secrets = [_secret(number, batch) for number in _numbers(batch)]
    if batch.type.holds_value or batch.type.has_pin:
        bulk.stage("incoming_secret", _digests(secrets))
        bulk.execute(_SET_DIGESTS)
    step = moving.step_of(Movement.Act.MAKE, viewer=viewer, now=now)
    moving.take_all(step, where="card.batch_id = %(batch)s", parameters={"batch": batch.pk})
    Batch.objects.filter(pk=batch.pk).update(made_at=now)
    audit.record(viewer, "batch.made", "batch", batch.pk, now=now, after={"quantity": batch.quantity}, note=note)
    return secrets


@transaction.atomic
def receive_batch(batch_id: int, *, viewer: Viewer, now: datetime) -> int:
    """Take the made cards of a batch into the central stock; return how many came."""
    viewer.require("card.stock")
    if not viewer.scope("card.stock").covers(None):
        raise NotFoundError
    batch = _lock(batch_id)
    step = moving.step_of(Movement.Act.RECEIVE, viewer=viewer, now=now, moves=True)
    received = moving.take_all(step, where="card.batch_id = %(batch)s", parameters={"batch": batch.pk})
    if received:
        Batch.objects.filter(pk=batch.pk).update(received_at=now)
        audit.record(viewer, "batch.received", "batch", batch.pk, now=now, after={"quantity": received})
    return received


def asked(batch_id: int) -> dict[str, int]:
    """Return what the second person approves."""
    return {"batch": batch_id}


def code_digest(code: str) -> bytes:
    """Return the keyed hash under which a code is kept."""
    return pii.digest("card_code", code)


def pin_digest(number: str, pin: str) -> bytes:
    """Return the keyed hash of a PIN, different for each card.

    A million PINs are tried in no time, so it is the key outside the database that protects them, not a slow hash.
    """
    return pii.digest("card_pin", f"{number}\0{pin}")


def _lock(batch_id: int) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("type", "range").filter(pk=batch_id).first()
    if batch is None:
        raise NotFoundError
    return batch


def _numbers(batch: Batch) -> Iterator[str]:
    shape = batch.range
    serials = range(batch.first, batch.first + batch.quantity)
    return (numbers.number_of(shape.prefix, serial, serial_digits=shape.serial_digits) for serial in serials)


def _secret(number: str, batch: Batch) -> Secret:
    return Secret(
        number,
        code=numbers.new_code() if batch.type.holds_value else "",
        pin=numbers.new_pin() if batch.type.has_pin else "",
    )


def _digests(secrets: list[Secret]) -> pa.Table:
    return pa.table(
        {
            "number": pa.array([each.number for each in secrets], pa.string()),
            "code": pa.array([code_digest(each.code).hex() if each.code else None for each in secrets], pa.string()),
            "pin": pa.array([pin_digest(each.number, each.pin).hex() if each.pin else None for each in secrets], pa.string()),
        }
    )


_TAKE_NUMBERS = """
UPDATE cards_numberrange SET next = next + %(quantity)s
WHERE id = %(range)s AND next + %(quantity)s - 1 <= last
RETURNING next - %(quantity)s
"""

_INSERT = """
WITH made AS (
    INSERT INTO cards_card (type_id, batch_id, number, state, law)
    SELECT %(type)s, %(batch)s, number, 'ordered', '' FROM incoming_card
    RETURNING id
)
INSERT INTO cards_movement (card_id, act, from_state, to_state, at, by, source, key, reason)
SELECT id, 'order', '', 'ordered', %(at)s, %(by)s, '', '', '' FROM made
"""

_SET_DIGESTS = """
UPDATE cards_card card SET code_digest = decode(s.code, 'hex'), pin_digest = decode(s.pin, 'hex')
FROM incoming_secret s WHERE card.number = s.number
"""
