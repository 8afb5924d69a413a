"""Reserve the offers of a quote, redeem those of a sale, let go of what is not bought (P35, P36, F51).

For checkout, in its transaction. A sale with one coupon and several promotions takes three statements: count, use the coupon,
record; a reservation made before is let go first, under the same locks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regulars.core import arrays, bulk, prepared
from regulars.loyalty.offers import statements
from regulars.loyalty.offers.errors import CouponTakenError
from regulars.loyalty.offers.rules.deals import Used
from regulars.loyalty.offers.services import counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The sale in which offers are used, under the till's own key (`source`, `key`)."""

    source: str
    key: str
    at: datetime
    business_date: date
    store_id: int | None
    customer_id: int | None


def reserve(used: Sequence[Used], *, key: str, until: datetime, customer_id: int | None, now: datetime) -> None:
    """Keep the offers of a deal for the sale `key` until `until`; whatever was kept for it before is let go."""
    release(key)
    if not used:
        return
    facts = _facts(used, key=key, customer_id=customer_id) | {"hold": key, "now": now, "until": until}
    counting.take(_wanted(used, key=key, customer_id=customer_id), customer_id=customer_id)
    _take_coupons(statements.RESERVE_COUPONS, facts)
    bulk.execute(statements.RESERVE, facts)


def redeem(used: Sequence[Used], *, occasion: Occasion, now: datetime, hold: str = "") -> list[int]:
    """Use the offers of a deal in a sale and return the redemptions' ids; `hold` is the key under which they were reserved."""
    if hold:
        release(hold)
    if not used:
        return []
    key, customer_id = f"{occasion.source}/{occasion.key}", occasion.customer_id
    facts = _facts(used, key=key, customer_id=customer_id) | {"hold": hold, "now": now}
    counting.take(_wanted(used, key=key, customer_id=customer_id), customer_id=customer_id)
    _take_coupons(statements.USE_COUPONS, facts)
    return record(facts, occasion=occasion, kind="use")


def release(key: str) -> int:
    """Let go of what was reserved for the sale `key`; return how many offers that were."""
    return int(bulk.fetch(statements.RELEASE_ONE, {"hold": key})[0][0])


def release_stale(*, now: datetime) -> int:
    """Let go of up to 500 reservations whose time is over; return how many there were."""
    return int(bulk.fetch(statements.RELEASE_STALE, {"now": now})[0][0])


def record(facts: dict[str, Any], *, occasion: Occasion, kind: str) -> list[int]:
    """Write the facts of an occasion and return their ids."""
    about = {
        "source": occasion.source, "key": occasion.key, "kind": kind, "customer": occasion.customer_id,
        "store": occasion.store_id, "business_date": occasion.business_date, "at": occasion.at,
        "lines": arrays.texts(facts["lines"]),
    }  # fmt: skip
    return [row[0] for row in prepared.fetch(statements.RECORD, facts | about)]


def lines_json(used: Used) -> str:
    """Return what was taken off each line and by whose money, as it is kept."""
    return json.dumps(
        [
            {
                "line": line_no,
                "amount": amount,
                "funded": [[*party, parts[line_no]] for party, parts in used.funded.items() if parts.get(line_no)],
            }
            for line_no, amount in used.lines.items()
        ]
    )


def _wanted(used: Sequence[Used], *, key: str, customer_id: int | None) -> list[counting.Wanted]:
    return [counting.wanted(each.candidate.offer, each.amount, key=key, customer_id=customer_id) for each in used]


def _facts(used: Sequence[Used], *, key: str, customer_id: int | None) -> dict[str, Any]:
    wanted = _wanted(used, key=key, customer_id=customer_id)
    return {
        "customer": customer_id,
        "offers": [each.offer_id for each in wanted],
        "versions": [each.candidate.offer.version_id for each in used],
        "coupons_or_null": [each.candidate.coupon_id for each in used],
        "coupons": [each.candidate.coupon_id for each in used if each.candidate.coupon_id],
        "amounts": [each.amount for each in wanted],
        "persons": [each.per_person for each in wanted],
        "shards": [each.shard for each in wanted],
        "uses": [1] * len(wanted),
        "uses_of": [None] * len(wanted),
        "lines": [lines_json(each) for each in used],
    }


def _take_coupons(statement: str, facts: dict[str, Any]) -> None:
    if facts["coupons"] and len(prepared.fetch(statement, facts)) < len(facts["coupons"]):
        raise CouponTakenError("A coupon of this sale was used or taken back a moment ago. Ask for the price again.")
