"""Which offers a basket may use: every live promotion, the customer's own coupons, and the codes that were presented.

For checkout, before `rules.solve`. One statement, whatever comes in: a code that is unknown, used, void or somebody else's is
looked up alike and answered alike (T-3). Whoever calls this counts `wrong_codes` with `services.count_wrong_codes`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regulars.core import prepared
from regulars.loyalty.basket import Basket
from regulars.loyalty.offers import statements
from regulars.loyalty.offers.errors import GuessingLockedError
from regulars.loyalty.offers.rules import codes
from regulars.loyalty.offers.rules.deals import Candidate, Live, Refusal
from regulars.loyalty.offers.rules.eligibility import first_objection
from regulars.loyalty.offers.selectors import live

OWN_COUPONS_MAX = 20  # of the customer's wallet, those that end first
CODES_MAX = 10
_SILENT = ("not_here", "not_this_channel", "currency", "ended", "not_started")


@dataclass(frozen=True, slots=True)
class Presented:
    """What may be used. `unusable` are the codes, as they were given, with which nothing can be done; `wrong_codes` of them
    were never given out and count as guesses.
    """

    candidates: tuple[Candidate, ...]
    unusable: tuple[str, ...] = ()
    wrong_codes: int = 0


def candidates(basket: Basket, coupons: Sequence[str] = (), *, now: datetime, actor: str = "", hold: str = "") -> Presented:
    """Return what `basket` may use. `actor` is who presents the codes; `hold` is the key of the sale's own reservation."""
    given = {codes.digest(code).hex(): text for text in coupons[:CODES_MAX] if (code := codes.normalize(text))}
    seen = _look(basket, given, now=now, actor=actor, hold=hold)
    if coupons and seen.locked_until and seen.locked_until > now:
        raise GuessingLockedError("Too many wrong codes came from here. Try again in a quarter of an hour.")
    usable = {row.digest: row for row in seen.coupons if row.may_be_used_by(basket, seen.offers)}
    found = [
        *(_candidate(offer, None, seen) for offer in seen.offers.promotions if _concerns(offer, basket)),
        *(_coupon_candidate(row, basket, seen) for row in usable.values()),
    ]
    wrong = [text for digest, text in given.items() if digest not in usable]
    mistyped = [text for text in coupons if not codes.normalize(text)]
    known = {row.digest for row in seen.coupons}
    return Presented(tuple(found), (*wrong, *mistyped, *coupons[CODES_MAX:]), len(given.keys() - known))


@dataclass(frozen=True, slots=True)
class _Coupon:
    id: int
    offer_id: int
    digest: str
    customer_id: int | None
    is_shared: bool
    valid_from: date | None
    valid_until: date | None
    is_free: bool

    def may_be_used_by(self, basket: Basket, offers: live.LiveOffers) -> bool:
        """Return whether this coupon exists for this customer; dates are told apart later, to its holder only."""
        is_own = self.customer_id is None or (basket.member is not None and basket.member.customer_id == self.customer_id)
        return self.is_free and is_own and self.offer_id in offers.by_id


@dataclass(frozen=True, slots=True)
class _Seen:
    offers: live.LiveOffers
    locked_until: datetime | None
    coupons: list[_Coupon]
    own_uses: dict[int, int]
    left: dict[int, tuple[int | None, int | None]]


def _look(basket: Basket, given: dict[str, str], *, now: datetime, actor: str, hold: str) -> _Seen:
    offers = live.kept()
    while True:
        facts = {
            "now": now, "actor": actor, "hold": hold, "own_max": OWN_COUPONS_MAX, "business_date": basket.business_date,
            "digests": [bytes.fromhex(digest) for digest in given], "limited": offers.limited, "personal": offers.personal,
            "customer": basket.member.customer_id if basket.member else None,
        }  # fmt: skip
        stamp, locked_until, *found = prepared.fetch(statements.LOOK, facts)[0]
        if (stamp or 0) == offers.stamp:
            coupons, own, left, held = (json.loads(each) if each else None for each in found)
            return _with_own_hold(
                _Seen(
                    offers,
                    locked_until,
                    [_coupon(row) for row in coupons or ()],
                    {int(offer): uses for offer, uses in (own or {}).items()},
                    {int(offer): (uses, amount) for offer, (uses, amount) in (left or {}).items()},
                ),
                held or (),
            )
        offers = live.live_offers(stamp or 0)


def _coupon(row: list[Any]) -> _Coupon:
    identity, offer, digest, customer, is_shared, valid_from, valid_until, is_free = row
    return _Coupon(identity, offer, digest, customer, is_shared, _day(valid_from), _day(valid_until), is_free)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _with_own_hold(seen: _Seen, held: Sequence[Any]) -> _Seen:
    """What this very sale has reserved is still there for it."""
    for offer, amount, is_personal, is_limited in held:
        if is_personal and offer in seen.own_uses:
            seen.own_uses[offer] -= 1
        if is_limited and offer in seen.left:
            uses, rest = seen.left[offer]
            seen.left[offer] = (None if uses is None else uses + 1, None if rest is None else rest + amount)
    return seen


def _concerns(offer: Live, basket: Basket) -> bool:
    """Return whether a promotion is worth a word here: one of another store or another month is not."""
    objection = first_objection(offer.terms, basket)
    return objection is None or objection.code not in _SILENT


def _candidate(offer: Live, coupon_id: int | None, seen: _Seen) -> Candidate:
    uses_left, amount_left = seen.left.get(offer.offer_id, (None, None))
    refusal = None
    if offer.terms.uses_per_person and seen.own_uses.get(offer.offer_id, 0) >= offer.terms.uses_per_person:
        refusal = Refusal("used_up_person", {"uses": offer.terms.uses_per_person})
    elif uses_left is not None and uses_left <= 0:
        refusal = Refusal("used_up")
    elif amount_left is not None and amount_left <= 0:
        refusal = Refusal("budget_spent")
    return Candidate(offer, coupon_id, refusal, amount_left)


def _coupon_candidate(row: _Coupon, basket: Basket, seen: _Seen) -> Candidate:
    made = _candidate(seen.offers.by_id[row.offer_id], row.id, seen)
    if made.refusal is None and row.valid_from and basket.business_date < row.valid_from:
        return Candidate(made.offer, row.id, Refusal("not_started", {"from": row.valid_from}))
    if made.refusal is None and row.valid_until and basket.business_date > row.valid_until:
        return Candidate(made.offer, row.id, Refusal("ended", {"until": row.valid_until}))
    return made
