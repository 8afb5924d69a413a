"""The panel's coupons and their redemptions as offers and uses: real, older than Regulars, shown and counted, never applied.

After the purchases. The panel tells the coupons of each campaign and who redeemed which on which day; on which receipt, only
its discounts can say (`panel.Panel.coupon_uses`).
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from regulars.demo.panel import TIMEZONE, Panel
from regulars.loyalty.offers.services.history import PastOffer, PastUse, import_past_offers
from regulars.organization.access import Viewer
from regulars.sales.models import Receipt


def build(tables: Panel, *, source: str, viewer: Viewer, now: datetime) -> int:
    """Bring the coupons and their uses over; return how many of both are new."""
    offers = [
        PastOffer(
            code=_code(campaign, coupon), title=f"{kind} · coupon {coupon}", currency="USD", starts_on=first, ends_on=last,
            articles=articles, description=f"Campaign {campaign} of the published panel",
        )
        for campaign, coupon, first, last, articles, kind in tables.coupons()
    ]  # fmt: skip
    redeemed = tables.coupon_uses()
    receipts = {
        number: (customer, store, sold_at)
        for number, customer, store, sold_at in Receipt.objects.filter(
            source=source, external_id__in={basket for *_, basket, _ in redeemed if basket}
        ).values_list("external_id", "customer_id", "store_id", "sold_at")
    }
    uses = []
    for household, campaign, coupon, day, basket, lines in redeemed:
        noon = datetime.combine(day, time(12), ZoneInfo(TIMEZONE))
        customer, store, at = receipts.get(basket, (None, None, noon))
        key = f"{household}/{campaign}/{coupon}/{day}"
        uses.append(
            PastUse(
                offer_code=_code(campaign, coupon), key=key, customer_id=customer, store_id=store, business_date=day, at=at,
                lines=lines or {},
            )
        )  # fmt: skip
    return sum(import_past_offers(offers, uses, source=source, viewer=viewer, now=now))


def _code(campaign: str, coupon: str) -> str:
    return f"panel-{campaign}-{coupon}"
