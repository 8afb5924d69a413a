"""Each message once: whoever sends a number again gets the first answer, byte for byte (D2, P43, G9–G12).

For the services beside this one. The work and the kept answer are one transaction: either both exist or neither, whatever
is killed when. A refused message keeps nothing, so that the till can mend it and use its number again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from regulars.core import prepared
from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.checkout import context as contexts
from regulars.loyalty.checkout import database, members
from regulars.loyalty.checkout.context import Context
from regulars.loyalty.checkout.facts import StoreFacts
from regulars.loyalty.checkout.members import Trust
from regulars.loyalty.checkout.messages import Ask, Number
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.services import telling
from regulars.organization.access import Viewer

KEPT_FOR = timedelta(days=35)  # longer than any till stays offline
_CHECK_OUT = "wallet.check_out"


class InProgressError(DomainError):
    """The same message, or one about the same sale, is being worked on at this moment."""

    code = "message.in_progress"


class OtherContentError(InvalidInputError):
    """The number was used for another message."""

    code = "message.other_content"


class LongKnownError(DomainError):
    """The message was done so long ago that its answer is kept no more; it is not done again."""

    code = "message.long_known"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a till gets: the status of HTTP and the bytes of the body."""

    status: int
    body: bytes
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that is new: who says it, in which store, when it came, and the cursor of its transaction."""

    store: StoreFacts
    cursor: psycopg.Cursor[tuple[Any, ...]]
    viewer: Viewer
    now: datetime
    digest: bytes
    context: Context | None = None  # of a basket
    trust: Trust = Trust.NAMED


@dataclass(slots=True, kw_only=True)
class Entry:
    """What is written into the journal of a message."""

    kind: str
    happened_at: datetime
    answer: bytes
    state: str = Message.State.DONE
    status: int = 201
    sale_id: str = ""
    content: dict[str, Any] | None = None
    customer_id: int | None = None
    receipt_id: int | None = None
    business_date: date | None = None  # of the receipt
    points_earned: int = 0
    points_used: int = 0
    is_offline: bool = False


def once(
    id: Number,
    digest: bytes,
    *,
    now: datetime,
    viewer: Viewer,
    work: Callable[[Opened], Entry],
    about: Number | None = None,
    ask: Ask | None = None,
    then: Callable[[Opened], None] | None = None,
) -> Answer:
    """Return what `work` answers; if the message is known, what it was answered then.

    `about` names the sale that the message takes back: its messages wait for each other, so that none can miss the other.
    `ask` is the basket of the message, whose context is read along. `then` is done after the message is written, if others
    are parked that wait for it.
    """

    def attempt() -> Answer:
        is_alone, row, context, trust = _read(id, now=now, viewer=viewer, about=about, ask=ask)
        store, known = _judge(row, id, viewer, is_alone=is_alone)
        if known is not None:
            return _repeat(known, digest)
        opened = Opened(store, prepared.cursor(), viewer, now, digest, context, trust)
        entry = work(opened)
        if _write(opened, id, entry) and then is not None:
            then(opened)
        return Answer(entry.status, entry.answer)

    return database.in_transaction(attempt)


def open_basket(ask: Ask, *, now: datetime, viewer: Viewer) -> Opened:
    """Return a basket that is only asked about, with its store and context, in a transaction; nothing is locked or written."""
    buyer = members.find_identified(ask.member, source=viewer.source, now=now)
    asked = contexts.statements(ask, buyer[0] if buyer else None)
    _planned, stores, *rows = prepared.together((_PLAN_ONCE, {}), (_STORE, {"store": ask.store}), *asked)
    store = _store(stores[0] if stores else None, ask.store, viewer)
    return Opened(store, prepared.cursor(), viewer, now, b"", contexts.read(*rows), buyer[1] if buyer else Trust.NAMED)


def open_store(code: str, *, viewer: Viewer) -> StoreFacts:
    """Return the store, or refuse as if it were not there."""
    (rows,) = prepared.together((_STORE, {"store": code}))
    return _store(rows[0] if rows else None, code, viewer)


def forget_answers(*, now: datetime) -> int:
    """Empty the answers that are older than any till stays alone; return how many."""
    return Message.objects.filter(received_at__lte=now - KEPT_FOR, answer__isnull=False).update(answer=None)


def lock_key(source: str, id: Number) -> int:
    """Return the number under which a message or sale is locked."""
    return int.from_bytes(hashlib.blake2b(f"till\0{source}\0{id.text}".encode(), digest_size=8).digest(), signed=True)


def _read(
    id: Number, *, now: datetime, viewer: Viewer, about: Number | None, ask: Ask | None
) -> tuple[bool, tuple[Any, ...] | None, Context | None, Trust]:
    """Take the locks and read the message's row, its store and its context; say whether nobody else is at this message."""
    alone = (_BE_ALONE, {"lock": lock_key(viewer.source, id)})
    opening = (_OPEN, {"source": viewer.source, "store": id.store, "till": id.till, "number": id.number})
    if about is not None:  # before anything is read: whoever waits here must see what the other has done
        prepared.together((_LOCK_SALE, {"lock": lock_key(viewer.source, about)}))
    if ask is None:
        held, rows = prepared.together(alone, opening)
        return bool(held[0][0]), (rows[0] if rows else None), None, Trust.NAMED
    buyer = members.find(ask.member, source=viewer.source, now=now)
    held, rows, *context = prepared.together(alone, opening, *contexts.statements(ask, buyer[0] if buyer else None))
    trust = buyer[1] if buyer else Trust.NAMED
    return bool(held[0][0]), (rows[0] if rows else None), contexts.read(*context), trust


def _judge(
    row: tuple[Any, ...] | None, id: Number, viewer: Viewer, *, is_alone: bool
) -> tuple[StoreFacts, tuple[Any, ...] | None]:
    """Return the store, and what is kept of the message if it is known."""
    store = _store(row, id.store, viewer)
    assert row is not None
    digest, status, answer = row[7:]
    if digest is not None:
        return store, (digest, status, answer)
    if not is_alone:
        raise InProgressError("This message is being worked on; ask again in a moment.", retry_after_seconds=1)
    return store, None


def _store(row: tuple[Any, ...] | None, code: str, viewer: Viewer) -> StoreFacts:
    scope = viewer.scope(_CHECK_OUT)
    if row is None or not scope.covers(row[0]):
        raise NotFoundError("There is no such store for you.", field="store")
    id, timezone, cutoff, currency, has_list_prices, format, region_id = row[:7]
    return StoreFacts(id, code, timezone, cutoff, currency, has_list_prices, format, region_id)


def _repeat(known: tuple[Any, ...], digest: bytes) -> Answer:
    kept_digest, status, answer = known
    if not hmac.compare_digest(bytes(kept_digest), digest):
        raise OtherContentError("This number was used for another message. Use a new one.", field="number")
    if answer is None:
        raise LongKnownError("This message was done long ago; its answer is kept no more. Ask for its receipt instead.")
    return Answer(status, bytes(answer), repeated=True)


def _write(opened: Opened, id: Number, entry: Entry) -> bool:
    """Write the journal's row and return whether parked messages wait for this one.

    Asked only now: the lock of the sale is held since before, so that nobody can park one meanwhile.
    """
    try:
        opened.cursor.execute(
            _INSERT,
            {
                "source": opened.viewer.source,
                "store": opened.store.id,
                "till": id.till,
                "number": id.number,
                "id": id.text,
                "digest": opened.digest,
                "now": opened.now,
                "by": opened.viewer.label[:160],
                "key": opened.viewer.key_id,
                "kind": str(entry.kind),
                "state": str(entry.state),
                "status": entry.status,
                "sale_id": entry.sale_id,
                "content": Jsonb(entry.content) if entry.content is not None else None,
                "happened_at": entry.happened_at,
                "customer": entry.customer_id,
                "receipt": entry.receipt_id,
                "day": entry.business_date,
                "earned": entry.points_earned,
                "used": entry.points_used,
                "offline": entry.is_offline,
                "answer": entry.answer,
            },
        )
    except psycopg.errors.UniqueViolation:
        raise InProgressError("This message has just been done; ask again.", retry_after_seconds=1) from None
    row = opened.cursor.fetchone()
    return bool(row and row[0])


_STORE_COLUMNS = """s.id, s.timezone, s.day_cutoff_minutes, s.currency,
    s.currency = (SELECT currency FROM organization_company LIMIT 1), s.format, s.region_id"""

_STORE = f"SELECT {_STORE_COLUMNS} FROM organization_store s WHERE s.code = %(store)s"

_PLAN_ONCE = f"SELECT {prepared.ONE_PLAN}"

# A statement of its own before the message is read: whoever gets the lock because the other one has just finished must
# also see what that one wrote.
_BE_ALONE = f"SELECT pg_try_advisory_xact_lock(%(lock)s::bigint), set_config('lock_timeout', '4s', true), {prepared.ONE_PLAN}"

_OPEN = f"""
SELECT {_STORE_COLUMNS}, m.digest, m.status, m.answer
FROM organization_store s
LEFT JOIN checkout_message m
    ON m.source = %(source)s AND m.store_id = s.id AND m.till = %(till)s AND m.number = %(number)s
WHERE s.code = %(store)s
"""

# No message waits for a lock longer than a till can.
_LOCK_SALE = "SELECT set_config('lock_timeout', '4s', true), pg_advisory_xact_lock(%(lock)s::bigint)"

_INSERT = f"""
WITH untold AS ({telling.ADD})
INSERT INTO checkout_message (source, store_id, till, number, kind, state, digest, sale_id, content, happened_at, received_at,
    customer_id, receipt_id, points_earned, points_used, is_offline, status, answer, refusal, by, key_id)
VALUES (%(source)s, %(store)s::bigint, %(till)s, %(number)s, %(kind)s, %(state)s, %(digest)s, %(sale_id)s, %(content)s,
    %(happened_at)s, %(now)s, %(customer)s::bigint, %(receipt)s::bigint, %(earned)s::bigint, %(used)s::bigint, %(offline)s,
    %(status)s::smallint, %(answer)s, '', %(by)s, %(key)s::bigint)
RETURNING EXISTS (
    SELECT FROM checkout_message p WHERE p.source = %(source)s AND p.sale_id = %(id)s AND p.state = 'parked')
"""
