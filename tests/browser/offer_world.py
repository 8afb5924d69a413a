"""Offers with a life behind them, on the shop of the browser tests: promotions, coupons, uses, one stopped, one draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from regulars.customers.models import Customer
from regulars.loyalty.basket import Member, Place
from regulars.loyalty.offers import selectors
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Coupon, Offer
from regulars.loyalty.offers.rules import solve
from regulars.organization.access import system
from regulars.organization.company import get_company
from regulars.organization.models import Store
from tests.loyalty.offers import shop

SYSTEM = system("tests")
_NEW = {"attr": "customer.joined_on", "op": "during", "value": {"last": 30, "unit": "day"}}
_VIP = {"attr": "customer.tags", "op": "has_any", "value": ["vip"]}


def furnish(now: datetime) -> None:
    """Write offers and use them."""
    _offer("AUTUMN10", "Ten percent off in autumn", now, {"kind": "percent", "off_bp": 1_000}, budget_amount=2_000_00)
    coffee = {"attr": "product.categories", "op": "has_any", "value": ["Drinks"]}
    three = {"kind": "n_for_m", "items": coffee, "take": 3, "pay": 2}
    _offer("THREE-FOR-TWO", "Three coffees for two", now, three, phase="item",
           funding=[{"party": "retailer", "share_bp": 5_000},
                    {"party": "supplier", "name": "Roasters", "share_bp": 5_000}])  # fmt: skip
    welcome = _offer("WELCOME", "Five off for new members", now, {"kind": "amount", "off_amount": 5_00}, is_coupon=True,
                     claims_max=500, uses_per_person=1, valid_days=30, gifts_max=1, group="welcome",
                     when={"any": [_NEW, {"all": [_VIP, {"attr": "time.weekday", "op": "in", "value": ["sun"]}]}]})  # fmt: skip
    offers.make_batch(welcome.pk, size=40, note="flyer at the door", viewer=SYSTEM, now=now)
    offers.make_public_code(welcome.pk, "HELLO5", viewer=SYSTEM, now=now)
    stopped = _offer("LOOPHOLE", "Half price on everything", now, {"kind": "percent", "off_bp": 5_000})
    offers.stop(stopped.pk, viewer=SYSTEM, now=now, reason="loophole")
    _draft(
        "WINTER", "Winter bundle", now, {"kind": "bundle", "parts": [{"items": coffee, "quantity": 2}], "price_amount": 9_90}
    )
    _use(now)
    past, currency = now.date() - timedelta(days=4), get_company().currency
    offers.make_claim("supplier", "Roasters", currency, until=past, viewer=SYSTEM, now=now)


def addresses() -> list[str]:
    """Return the pages to look at."""
    autumn, welcome = Offer.objects.get(code="AUTUMN10").pk, Offer.objects.get(code="WELCOME").pk
    coupon = Coupon.objects.filter(offer=welcome).order_by("-pk")[0].pk
    return [
        "/offers/", "/offers/new/", "/offers/new/coupon/percent/", "/offers/new/promotion/step/", f"/offers/{autumn}/",
        f"/offers/{welcome}/terms/", f"/offers/{autumn}/uses/", f"/offers/{welcome}/", f"/offers/{welcome}/coupons/",
        f"/offers/coupons/{coupon}/",
        "/offers/claims/",
    ]  # fmt: skip


def _offer(code: str, title: str, now: datetime, body: dict[str, Any], *, is_coupon: bool = False, **terms: Any) -> Offer:
    made = _draft(code, title, now, body, is_coupon=is_coupon, **terms)
    offers.publish(made.pk, viewer=SYSTEM, now=now)
    return made


def _draft(code: str, title: str, now: datetime, body: dict[str, Any], *, is_coupon: bool = False, **terms: Any) -> Offer:
    ends_on = (now + timedelta(days=60)).date().isoformat()
    phase = {"phase": "coupon"} if is_coupon else {"phase": "item"} if body["kind"] == "bundle" else {}
    raw = {"currency": get_company().currency, "ends_on": ends_on, "uses_max": 5_000, "body": body, **phase, **terms}
    return offers.create_offer(code=code, title=title, is_coupon=is_coupon, raw_terms=raw, viewer=SYSTEM, now=now)


def _use(now: datetime) -> None:
    """Sell a few baskets on several days."""
    store, buyers = Store.objects.order_by("pk")[0], list(Customer.objects.exclude(name="").order_by("pk")[:5])
    for number in range(20):
        buyer, at = buyers[number % len(buyers)], now - timedelta(days=number % 9)
        lines = [shop.line(30_00 + number, pieces=3, category=("Drinks",)), shop.line(12_00, no=2)]
        basket = shop.basket(
            *lines, member=Member(buyer.pk), at=at, business_date=at.date(), currency=get_company().currency,
            place=Place(store.pk, store.code),
        )  # fmt: skip
        deal = solve(basket, selectors.candidates(basket, now=now).candidates)
        occasion = offers.Occasion(
            source="till", key=f"N1/1/{number}", at=at, business_date=at.date(), store_id=store.pk, customer_id=buyer.pk
        )
        offers.redeem(deal.used, occasion=occasion, now=now)
    returned = offers.Occasion(
        source="till", key="N1/1/R", at=now, business_date=now.date(), store_id=store.pk, customer_id=None
    )
    offers.give_back(source="till", key="N1/1/0", occasion=returned)
