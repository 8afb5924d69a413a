"""What offers do about events of other rooms: give a coupon that was won or take it away; follow customers who became one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.business_time import TradingDay
from regulars.core.outbox import on
from regulars.customers.models import Customer
from regulars.loyalty.offers import services
from regulars.loyalty.offers.models import Coupon, Offer
from regulars.organization import access
from regulars.organization.company import get_company


@on("challenge.won")
def give_coupon(payload: dict[str, Any], now: datetime) -> None:
    """Give the coupon from the offer's stock, once for each round; without one left the delivery stays and is seen."""
    offer = Offer.objects.get(code=payload["coupon"])
    today = TradingDay(get_company().timezone).date_of(now)
    services.claim(
        offer.pk, customer_id=payload["customer_id"], key=payload["key"], business_date=today,
        viewer=access.system("offers"), now=now,
    )  # fmt: skip


@on("challenge.lost")
def void_coupon(payload: dict[str, Any], now: datetime) -> None:
    """Take the coupon of a round away that goods have undone; one that was used stays used."""
    won = Coupon.objects.filter(
        offer__code=payload["coupon"], customer=payload["customer_id"], origin=payload["key"], state=Coupon.State.READY
    )
    for coupon in won:
        services.void_coupon(coupon.pk, viewer=access.system("offers"), now=now, reason="challenge")


@on("customers.merged")
def move_coupons(payload: dict[str, Any], now: datetime) -> None:
    """Give coupons and counted uses to the customer who lives."""
    found = Customer.objects.in_bulk([*payload["gone"], payload["holder"]])
    for gone in payload["gone"]:
        services.move_customer(found[gone], found[payload["holder"]], viewer=access.system("offers"), now=now)
