"""Give back what a void or a return undoes: budget and uses to the offer, the coupon to the customer (F52, P39).

For checkout, in its transaction, which holds the lock of the sale. A part returned gives back its share of each line's
discount, so that all parts together are the whole to the cent; a coupon lives again when all it reduced has come back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from regulars.core import bulk
from regulars.core.money import split_by_largest_remainder
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.services import using
from regulars.loyalty.offers.services.using import Occasion

_USES = """
SELECT r.id, r.offer_id, r.version_id, r.coupon_id, r.customer_id, r.is_personal, r.shard, r.lines, v.terms,
    (SELECT jsonb_agg(b.lines) FROM offers_redemption b WHERE b.use_of_id = r.id),
    EXISTS (SELECT FROM offers_redemption b WHERE b.use_of_id = r.id AND b.uses = -1)
FROM offers_redemption r JOIN offers_offerversion v ON v.id = r.version_id
WHERE r.source = %(source)s AND r.key = %(key)s AND r.kind = 'use' ORDER BY r.offer_id, r.id
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(source)s || '/' || %(key)s, 20))"
_COUNT_BACK = """
WITH back AS (
    SELECT * FROM unnest(%(offers)s::bigint[], %(amounts)s::bigint[], %(uses)s::smallint[], %(persons)s::integer[],
        %(shards)s::integer[], %(customers)s::bigint[]) AS b (offer_id, amount, uses, per_person, shard, customer_id)
), personal AS (
    UPDATE offers_personaluse p SET uses = p.uses + b.uses FROM back b
    WHERE b.per_person IS NOT NULL AND p.offer_id = b.offer_id AND p.customer_id = b.customer_id
)
UPDATE offers_allowance a SET uses = a.uses + b.uses, amount = a.amount + b.amount
FROM back b WHERE a.offer_id = b.offer_id AND a.shard = b.shard AND a.purpose = 'use'
"""
_COUPONS_BACK = """
WITH back AS (SELECT * FROM unnest(%(coupons)s::bigint[], %(grace)s::integer[]) AS b (coupon_id, grace_days))
UPDATE offers_coupon c SET uses = c.uses - 1, state = CASE WHEN c.state = 'used' THEN 'ready' ELSE c.state END,
    valid_until = CASE WHEN c.valid_until IS NULL THEN NULL
        ELSE greatest(c.valid_until, %(business_date)s::date + CASE WHEN b.grace_days > 0 THEN b.grace_days END) END
FROM back b WHERE c.id = b.coupon_id AND NOT c.is_shared AND c.state <> 'void' AND c.uses > 0
RETURNING c.id
"""


@dataclass(frozen=True, slots=True)
class Returned:
    """How much of a sold line has come back: with earlier returns before this one, and with this one."""

    sold_milli: int
    before_milli: int
    now_milli: int

    def share(self, amount: int) -> int:
        """Return what of `amount` this return takes back; all returns of a line together take exactly the whole.

        >>> Returned(3000, 0, 1000).share(100), Returned(3000, 1000, 1000).share(100), Returned(3000, 2000, 1000).share(100)
        (33, 33, 34)
        """
        return amount * (self.before_milli + self.now_milli) // self.sold_milli - amount * self.before_milli // self.sold_milli


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What one use gave back: discount by line, and whether the coupon lives again."""

    offer_id: int
    coupon_id: int | None
    lines: Mapping[int, int]
    is_whole: bool
    coupon_lives: bool


def give_back(
    *,
    source: str,
    key: str,
    occasion: Occasion,
    returned: Mapping[int, Returned] | None = None,
    broken: Mapping[int, Mapping[int, int]] | None = None,
) -> list[GivenBack]:
    """Give back the sale `(source, key)`: all that is left of it (a void), or the lines of `returned`.

    `occasion` is the void or return itself; asked again under its key, nothing more is given back. `broken` (offer → line →
    amount) is what lines that are kept lose because the offer no longer holds for them (`rules.broken_by_return`); below zero
    where pieces now come back that an earlier return has lost already.
    """
    about = {"source": source, "key": key}
    bulk.execute(_LOCK, about)
    uses = [_use(row) for row in bulk.fetch(_USES, about)]
    parts = [part for use in uses if (part := _part(use, returned, (broken or {}).get(use.offer_id, {}))) is not None]
    if not parts or _is_repeated(parts, occasion):
        return []
    facts = _facts(parts)
    bulk.execute(_COUNT_BACK, facts)
    alive = _revive(parts, occasion)
    using.record(facts, occasion=replace(occasion, customer_id=parts[0].use.customer_id), kind="give_back")
    return [
        GivenBack(part.use.offer_id, part.use.coupon_id, part.lines, part.is_whole, part.use.coupon_id in alive)
        for part in parts
    ]


@dataclass(frozen=True, slots=True)
class _Use:
    id: int
    offer_id: int
    version_id: int
    coupon_id: int | None
    customer_id: int | None
    is_personal: bool
    shard: int | None
    lines: list[dict[str, Any]]
    raw_terms: dict[str, Any]
    earlier: list[list[dict[str, Any]]] | None
    is_given_back: bool

    @property
    def left(self) -> dict[int, int]:
        """Return what earlier returns have left of each line's discount."""
        left = {line["line"]: line["amount"] for line in self.lines}
        for line in (line for part in self.earlier or () for line in part):
            left[line["line"]] += line["amount"]  # given back: negative
        return left

    def funds_left(self, line_no: int) -> dict[tuple[str, str], int]:
        """Return what earlier returns have left of each party's money in one line."""
        left: dict[tuple[str, str], int] = {}
        for line in (*self.lines, *(line for part in self.earlier or () for line in part)):
            for party, name, amount in line["funded"] if line["line"] == line_no else ():
                left[party, name] = left.get((party, name), 0) + amount
        return left


def _use(row: Sequence[Any]) -> _Use:
    identity, offer, version, coupon, customer, is_personal, shard, lines, terms, earlier, is_given_back = row
    lines, terms, earlier = json.loads(lines), json.loads(terms), json.loads(earlier) if earlier else None
    return _Use(identity, offer, version, coupon, customer, is_personal, shard, lines, terms, earlier, is_given_back)


@dataclass(frozen=True, slots=True)
class _Part:
    use: _Use
    lines: dict[int, int]  # positive
    is_whole: bool

    @property
    def terms(self) -> offer_terms.Terms:
        return offer_terms.read(self.use.raw_terms)

    @property
    def amount(self) -> int:
        return sum(self.lines.values())


def _part(use: _Use, returned: Mapping[int, Returned] | None, broken: Mapping[int, int]) -> _Part | None:
    """Return what of one use comes back now, or None if nothing does."""
    left = use.left
    if returned is None:
        lines = {line: amount for line, amount in left.items() if amount}
        return None if use.is_given_back else _Part(use, lines, is_whole=True)
    shares = {
        line["line"]: (each.share(line["amount"]) if (each := returned.get(line["line"])) else 0) + broken.get(line["line"], 0)
        for line in use.lines
    }
    lines = {line: amount for line, share in shares.items() if (amount := min(share, left[line])) > 0}
    if not lines:
        return None
    is_whole = all(amount == lines.get(line, 0) for line, amount in left.items()) and not use.is_given_back
    return _Part(use, lines, is_whole and offer_terms.read(use.raw_terms).coupon_back == "when_whole")


def _is_repeated(parts: Sequence[_Part], occasion: Occasion) -> bool:
    """Return whether this very void or return has given back before."""
    found = bulk.fetch(
        "SELECT 1 FROM offers_redemption WHERE source = %(source)s AND key = %(key)s AND use_of_id = ANY(%(uses)s) LIMIT 1",
        {"source": occasion.source, "key": occasion.key, "uses": [part.use.id for part in parts]},
    )
    return bool(found)


def _facts(parts: Sequence[_Part]) -> dict[str, Any]:
    return {
        "offers": [part.use.offer_id for part in parts],
        "versions": [part.use.version_id for part in parts],
        "coupons_or_null": [part.use.coupon_id for part in parts],
        "customers": [part.use.customer_id for part in parts],
        "amounts": [-part.amount for part in parts],
        "uses": [-1 if part.is_whole else 0 for part in parts],
        "uses_of": [part.use.id for part in parts],
        "persons": [1 if part.use.is_personal else None for part in parts],
        "shards": [part.use.shard for part in parts],
        "lines": [json.dumps(_lines(part)) for part in parts],
    }


def _lines(part: _Part) -> list[dict[str, Any]]:
    """Return the lines with whose money they give back: in the proportion of what each party has left in them."""
    return [
        {"line": line, "amount": -amount, "funded": _funded(part.use.funds_left(line), amount)}
        for line, amount in part.lines.items()
    ]


def _funded(left: Mapping[tuple[str, str], int], amount: int) -> list[list[Any]]:
    shares = split_by_largest_remainder(amount, list(left.values()))
    return [[party, name, -share] for (party, name), share in zip(left, shares, strict=True) if share]


def _revive(parts: Sequence[_Part], occasion: Occasion) -> set[int]:
    coupons = [part for part in parts if part.is_whole and part.use.coupon_id is not None]
    if not coupons:
        return set()
    facts = {
        "coupons": [part.use.coupon_id for part in coupons],
        "grace": [part.terms.grace_days for part in coupons],
        "business_date": occasion.business_date,
    }
    return {row[0] for row in bulk.fetch(_COUPONS_BACK, facts)}
