"""The live offers as the solver uses them, kept by each process until the stamp in the database says that they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.core import bulk
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.deals import Live

_LIVE = """
SELECT o.id, v.id, v.number, o.code, v.title, o.is_coupon, v.terms::text,
    (SELECT count(*) FROM offers_allowance a WHERE a.offer_id = o.id AND a.purpose = 'use')
FROM offers_offer o
JOIN LATERAL (SELECT * FROM offers_offerversion WHERE offer_id = o.id ORDER BY number DESC LIMIT 1) v ON true
WHERE o.state = 'live' AND NOT o.is_historical
ORDER BY o.code
"""


@dataclass(frozen=True, slots=True)
class LiveOffers:
    """All live offers at one stamp; `promotions` need no coupon. Ids of those that are limited, in all or per person."""

    stamp: int
    by_id: Mapping[int, Live]
    promotions: tuple[Live, ...]
    limited: list[int]
    personal: list[int]


_NONE = LiveOffers(0, {}, (), [], [])
_kept = _NONE  # replaced whole, so that threads see one stamp or the other


def live_offers(stamp: int) -> LiveOffers:
    """Return the live offers at `stamp`, from memory if they are known."""
    global _kept  # noqa: PLW0603 - one value a process, replaced whole
    if _kept.stamp != stamp:
        _kept = _read(stamp)
    return _kept


def kept() -> LiveOffers:
    """Return what this process knows, which may be old: compare the stamp."""
    return _kept


def _read(stamp: int) -> LiveOffers:
    found = [_live(row) for row in bulk.fetch(_LIVE)]
    return LiveOffers(
        stamp=stamp,
        by_id={offer.offer_id: offer for offer in found},
        promotions=tuple(offer for offer in found if not offer.is_coupon),
        limited=[offer.offer_id for offer in found if offer.shards],
        personal=[offer.offer_id for offer in found if offer.terms.uses_per_person],
    )


def _live(row: tuple[object, ...]) -> Live:
    offer, version, number, code, title, is_coupon, raw, shards = row
    return Live(offer, version, number, code, title, is_coupon, offer_terms.from_json(raw), shards)  # type: ignore[arg-type]  # as the statement selects
