"""What offers do about events of other rooms: give a coupon that was won or take it away; follow customers who became one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.outbox import on
from regulars.customers.models import Customer
from regulars.loyalty.offers import services
from regulars.loyalty.offers.models import Coupon, Offer, OwedCoupon
from regulars.organization import access


@on("challenge.won")
def give_coupon(payload: dict[str, Any], now: datetime) -> None:
    """Give the coupon from the offer's stock, once a round; without one left it is owed and shown on the offer's page."""
    offer = Offer.objects.get(code=payload["coupon"])
    services.give_won(offer, customer_id=payload["customer_id"], key=payload["key"], viewer=access.system("offers"), now=now)


@on("challenge.lost")
def void_coupon(payload: dict[str, Any], now: datetime) -> None:
    """Take the coupon of a round away that goods have undone; one that was used stays used."""
    OwedCoupon.objects.filter(offer__code=payload["coupon"], key=payload["key"]).delete()
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
