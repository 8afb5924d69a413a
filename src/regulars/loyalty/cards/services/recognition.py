"""Find out whose card or code somebody holds out, for tills and the service desk; guessing gets nobody anywhere (T-3)."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import DomainError
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import Card, Guesses, State
from regulars.loyalty.cards.rules import numbers, rotating
from regulars.loyalty.cards.rules.law import Reason
from regulars.loyalty.cards.services import passes
from regulars.loyalty.cards.services.batches import pin_digest
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization.access import Viewer

FAILURES_MAX = 20
WINDOW = timedelta(hours=1)
_log = logging.getLogger("regulars.cards")


class CodeUnknownError(DomainError):
    """No card and no member answers to this; wrong, used, foreign and blocked ones all get this answer."""

    code: ClassVar[str] = "card.unknown"
    status_code: ClassVar[int] = 404
    guessed_by: Sequence[str] = ()  # whose failures were counted, and when
    guessed_at: datetime


class TooManyGuessesError(DomainError):
    """This till, person or address has named too many codes that open nothing."""

    code: ClassVar[str] = "card.too_many_guesses"
    status_code: ClassVar[int] = 429


@dataclass(frozen=True, slots=True)
class Recognized:
    """Whom the till has before it. `may_pay`: what was shown proves more than a number that anybody can read off a card."""

    owner: Owner
    customer_id: int | None
    card: Card | None
    may_pay: bool
    reasons: tuple[Reason, ...] = ()  # why the card cannot be used now, if it cannot


def recognize(text: str, *, viewer: Viewer, now: datetime, pin: str = "", used_for: str = "") -> Recognized:
    """Return whose code, number (with its PIN) or rotating code this is.

    A number alone names the holder and opens no money. Failures count against whoever asks; after 20 within an hour nothing is
    answered. `used_for` uses a rotating code up.
    """
    viewer.scope("gift_card.read", "customer.lookup")
    asking = [_actor(viewer), f"number {numbers.tidy(text)[:32]}"]
    if bulk.fetch(_LOCKED, {"actors": asking, "since": now - WINDOW, "most": FAILURES_MAX}):
        raise TooManyGuessesError(_("Too many codes were wrong. Wait an hour, or ask the service desk."))
    found = _by_pass(text, now, used_for) or _by_card(text, pin, now)
    if found is None:
        # The number's own counter, too: many tills together must not try one card's PINs.
        unknown = CodeUnknownError(_("This code is not known."))
        unknown.guessed_by, unknown.guessed_at = asking if pin else asking[:1], now
        remember_failure(unknown)
        raise unknown
    return found


def remember_failure(unknown: CodeUnknownError) -> None:
    """Count a failure; a caller whose refusal takes its transaction back counts it once more behind that."""
    facts = {"actors": list(unknown.guessed_by), "now": unknown.guessed_at, "since": unknown.guessed_at - WINDOW}
    for actor, failures in bulk.fetch(_COUNT_FAILURE, facts):
        if failures == FAILURES_MAX:
            _log.warning("card codes guessed", extra={"actor": actor.partition(" ")[0], "failures_max": FAILURES_MAX})


def forget_guesses(*, now: datetime) -> int:
    """Drop the counters whose window is over."""
    deleted, _by_model = Guesses.objects.filter(window_began_at__lt=now - WINDOW).delete()
    return deleted


def _by_pass(text: str, now: datetime, used_for: str) -> Recognized | None:
    code = numbers.tidy(text)
    member = passes.read_code(code, now=now, used_for=used_for) if rotating.looks_like(code) else None
    if member is None:
        return None
    customer = member.customer.merged_into_id or member.customer_id
    return Recognized(Owner(OwnerKind.CUSTOMER, customer), customer, None, may_pay=True)


def _by_card(text: str, pin: str, now: datetime) -> Recognized | None:
    by_code = selectors.find_by_code(text)
    card = by_code or selectors.find_by_number(text)
    if card is None or card.activated_at is None:
        return None
    if pin and not by_code and not _fits(card, pin):
        return None
    owner = selectors.owner_of(card)
    reasons = []
    if card.state != State.ACTIVE:
        reasons.append(Reason("not_active", {"state": card.state}))
    elif selectors.is_expired(card, now=now):
        reasons.append(Reason("expired"))
    holder = owner.id if owner.kind is OwnerKind.CUSTOMER else None
    return Recognized(owner, holder, card, may_pay=not reasons and bool(by_code or pin), reasons=tuple(reasons))


def _fits(card: Card, pin: str) -> bool:
    return card.pin_digest is not None and hmac.compare_digest(bytes(card.pin_digest), pin_digest(card.number, pin))


def _actor(viewer: Viewer) -> str:
    if viewer.key_id is not None:
        return f"key {viewer.key_id}"
    return f"person {viewer.person_id}" if viewer.person_id is not None else viewer.label[:120]


_LOCKED = """
SELECT TRUE FROM cards_guesses WHERE actor = ANY(%(actors)s) AND failures >= %(most)s AND window_began_at > %(since)s
"""

_COUNT_FAILURE = """
INSERT INTO cards_guesses (actor, failures, window_began_at)
SELECT actor, 1, %(now)s FROM unnest(%(actors)s::text[]) AS a (actor) ORDER BY actor
ON CONFLICT (actor) DO UPDATE SET
    failures = CASE WHEN cards_guesses.window_began_at <= %(since)s THEN 1 ELSE cards_guesses.failures + 1 END,
    window_began_at = CASE WHEN cards_guesses.window_began_at <= %(since)s THEN %(now)s
        ELSE cards_guesses.window_began_at END
RETURNING actor, failures
"""
