"""Offers in the database, and sales that use them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from regulars.customers.models import Customer
from regulars.loyalty.basket import Basket, Member
from regulars.loyalty.offers import selectors as live
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Offer
from regulars.loyalty.offers.rules import Deal, solve
from regulars.organization import access
from tests.loyalty.offers import shop

SYSTEM = access.system("test")
NOW = shop.AT


def published(kind: str, *, code: str, is_coupon: bool = False, terms: dict[str, Any] | None = None, **body: Any) -> Offer:
    raw = {
        "currency": "USD", "ends_on": "2026-12-31", "uses_max": 1_000, "body": {"kind": kind, **body},
        "phase": "coupon" if is_coupon else "basket", **(terms or {}),
    }  # fmt: skip
    raw = {key: value for key, value in raw.items() if value is not None}
    made = offers.create_offer(
        code=code, title=f"The offer {code}", is_coupon=is_coupon, raw_terms=raw, viewer=SYSTEM, now=NOW - timedelta(hours=1)
    )
    offers.publish(made.pk, viewer=SYSTEM, now=NOW - timedelta(hours=1))
    return made


def five_off(code: str = "FIVE", **fields: Any) -> Offer:
    return published("amount", code=code, off_amount=5_00, **fields)


def member(customer: Customer | None) -> Member | None:
    return Member(customer.pk) if customer else None


def quote(
    *lines: Any,
    customer: Customer | None = None,
    codes: Sequence[str] = (),
    hold: str = "",
    actor: str = "",
    now: datetime = NOW,
) -> Deal:
    basket: Basket = shop.basket(*(lines or (50_00,)), member=member(customer), at=now)
    return solve(basket, live.candidates(basket, codes, now=now, hold=hold, actor=actor).candidates)


def occasion(key: str, *, customer: Customer | None = None, day: date = shop.DAY, at: datetime = NOW) -> offers.Occasion:
    return offers.Occasion(
        source="till", key=key, at=at, business_date=day, store_id=None, customer_id=customer.pk if customer else None
    )


@transaction.atomic
def sell(
    key: str,
    *lines: Any,
    customer: Customer | None = None,
    codes: Sequence[str] = (),
    hold: str = "",
    deal: Deal | None = None,
    now: datetime = NOW,
) -> Deal:
    deal = deal or quote(*lines, customer=customer, codes=codes, hold=hold, now=now)
    offers.redeem(deal.used, occasion=occasion(key, customer=customer), now=now, hold=hold)
    return deal


@transaction.atomic
def void(
    key: str, *, by: str = "", day: date = shop.DAY, customer: Customer | None = None, **fields: Any
) -> list[offers.GivenBack]:
    about = occasion(by or f"{key}/void", day=day, customer=customer)
    return offers.give_back(source="till", key=key, occasion=about, **fields)


def codes_of(offer: Offer, size: int = 1, **fields: Any) -> list[str]:
    batch = offers.make_batch(offer.pk, size=size, viewer=SYSTEM, now=NOW, **fields)
    return list(offers.take_codes(batch.pk, viewer=SYSTEM, now=NOW))
