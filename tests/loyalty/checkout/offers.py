"""Offers for the tills of the tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Offer
from regulars.organization.access import system
from tests.loyalty.checkout.conftest import NOW

_VIEWER = system("tests")


def publish(
    code: str, *, kind: str = "amount", is_coupon: bool = False, terms: dict[str, Any] | None = None, **body: Any
) -> Offer:
    raw = {
        "currency": "CNY", "ends_on": "2027-12-31", "uses_max": 1_000_000, "phase": "coupon" if is_coupon else "basket",
        "body": {"kind": kind, **(body or {"off_amount": 300})}, **(terms or {}),
    }  # fmt: skip
    made = offers.create_offer(
        code=code, title=f"The offer {code}", is_coupon=is_coupon, raw_terms=raw, viewer=_VIEWER, now=NOW - timedelta(hours=1)
    )
    offers.publish(made.pk, viewer=_VIEWER, now=NOW - timedelta(hours=1))
    return made


def codes(offer: Offer, count: int = 1) -> list[str]:
    batch = offers.make_batch(offer.pk, size=count, viewer=_VIEWER, now=NOW)
    return list(offers.take_codes(batch.pk, viewer=_VIEWER, now=NOW))
