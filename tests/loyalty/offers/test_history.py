"""Offers and uses of older records."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Offer, Redemption
from tests.loyalty.offers.published import NOW, SYSTEM, quote

pytestmark = pytest.mark.django_db
DAY = date(2025, 12, 1)


def bring(customer: Customer, count: int = 3) -> tuple[int, int]:
    past: dict[str, Any] = {"currency": "USD", "starts_on": DAY, "ends_on": DAY, "funder": "Maker 3"}
    return offers.import_past_offers(
        [offers.PastOffer(code=f"C{number}", title="Coupon of campaign 8", articles=40, **past) for number in range(count)],
        [
            offers.PastUse(
                offer_code=f"C{number}", key=f"7/{number}", customer_id=customer.pk, store_id=None, business_date=DAY, at=NOW,
                lines={2: 55} if number else {},
            )
            for number in range(count)
        ],
        source="panel", viewer=SYSTEM, now=NOW,
    )  # fmt: skip


def test_they_are_brought_once_and_never_applied(ana: Customer) -> None:
    assert bring(ana) == (3, 3)
    assert bring(ana, 4) == (1, 1)
    assert quote(customer=ana).used == quote(customer=ana).refused == ()
    assert set(Offer.objects.values_list("state", "is_historical", "source")) == {("archived", True, "panel")}
    used = Redemption.objects.order_by("key")
    assert [each.amount for each in used] == [0, 55, 55, 55]
    assert used[1].lines == [{"line": 2, "amount": 55, "funded": [["supplier", "Maker 3", 55]]}]


def test_a_use_of_an_unknown_offer_is_refused_whole(ana: Customer) -> None:
    use = offers.PastUse(offer_code="X", key="1", customer_id=ana.pk, store_id=None, business_date=DAY, at=NOW)
    with pytest.raises(KeyError):
        offers.import_past_offers([], [use], source="panel", viewer=SYSTEM, now=NOW)
    assert not Redemption.objects.exists()
