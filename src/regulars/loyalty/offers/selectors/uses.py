"""What a sale used of offers that take their discount back when a part return breaks their condition (P39)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from regulars.core import bulk
from regulars.loyalty.offers.rules import terms as offer_terms
from regulars.loyalty.offers.rules.deals import Live

_CONDITIONAL = """
SELECT o.id, v.id, v.number, o.code, v.title, o.is_coupon, v.terms::text, r.lines::text
FROM offers_redemption r
JOIN offers_offerversion v ON v.id = r.version_id
JOIN offers_offer o ON o.id = r.offer_id
WHERE r.source = %(source)s AND r.key = %(key)s AND r.kind = 'use' AND v.terms ->> 'after_return' = 'take_back'
ORDER BY o.code, r.id
"""


@dataclass(frozen=True, slots=True)
class ConditionalUse:
    """An offer as it was when the sale used it, and what it took off each line."""

    offer: Live
    lines: Mapping[int, int]


def conditional_uses(*, source: str, key: str) -> list[ConditionalUse]:
    """Return the uses of the sale `(source, key)` whose policy is to take back what no longer holds."""
    return [
        ConditionalUse(
            Live(offer, version, number, code, title, is_coupon, offer_terms.from_json(raw)),
            {line["line"]: line["amount"] for line in json.loads(lines)},
        )
        for offer, version, number, code, title, is_coupon, raw, lines in bulk.fetch(
            _CONDITIONAL, {"source": source, "key": key}
        )
    ]
