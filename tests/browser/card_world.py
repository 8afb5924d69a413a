"""Cards for the browser tests: some sold and used, some in stock, on their way, being counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from regulars.customers.models import Customer
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, CardType, Partner, Shipment, StockCount
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import SYSTEM


def furnish(now: datetime) -> None:
    """Make the cards once."""
    if CardType.objects.filter(code="gift-card").exists():
        return
    with transaction.atomic():
        _furnish(now)


def addresses() -> list[str]:
    """Return every page of the room with something on it."""
    card = Card.objects.filter(state="active", type__code="gift-card").latest("pk")
    unsold = Card.objects.filter(state="in_stock").latest("pk")
    return [
        "/cards/", f"/cards/{card.pk}/", f"/cards/{unsold.pk}/", "/cards/movements/", "/cards/stock/",
        f"/cards/shipments/{Shipment.objects.latest('pk').pk}/", "/cards/batches/", "/cards/types/", "/cards/types/new/",
        f"/cards/types/{card.type_id}/", "/cards/top-up-rules/", "/cards/counts/",
        f"/cards/counts/{StockCount.objects.latest('pk').pk}/", "/cards/settlement/",
    ]  # fmt: skip


def member_addresses() -> list[str]:
    """Return a member's own page and the page that hands its link out."""
    holder = Customer.objects.filter(cards__type__code="saver").order_by("pk")[0]
    now = datetime.now(UTC)
    token = cards.link_token(cards.pass_of(holder.pk, now=now), today=now.date())
    return [f"/m/{token}/", f"/customers/{holder.pk}/member-page/"]


def _furnish(now: datetime) -> None:
    first, second, _third = Store.objects.order_by("code")
    make.bonus(500_00, 50_00, name="Pay 500, get 50", bonus_lasts_days=90)
    make.bonus(200_00, 15_00, name="Pay 200, get 15", repeats=True)
    law = {"rule_pack": "cn-prepaid"}
    gift = make.card_type(code="gift-card", name="Gift card", lasts_months=36, has_pin=True, **law)
    named = make.card_type(code="saver", name="Savings card", is_named=True, **law)
    wash = make.card_type("count", code="car-wash", name="Ten car washes", uses=10, price_amount=300_00)
    make.card_type("member", code="member", name="Club card")
    bank = cards.save_partner(Partner(code="east-bank", name="East Bank", share_bp=4_000), viewer=SYSTEM, now=now)
    for of in (gift, named):
        for number, secret in enumerate(make.stocked(first, of, 6)):
            if number > 3:
                continue
            holder = Customer.objects.order_by("pk")[number] if of.is_named else None
            card = make.activate(secret, first, customer=holder)
            make.top_up(card, 500_00, first)
            make.spend(card, (130_00, 40_00, 260_00, 75_00)[number], second)
    make.made(gift, 20, partner=bank)
    make.top_up(make.active(second, wash), 300_00, second)
    cards.freeze(card.pk, reason="The holder asked for it", viewer=SYSTEM, now=now)
    cards.send(cards.Pick(type_id=gift.pk, quantity=12), from_store=None, to_store=second.pk, viewer=SYSTEM, now=now)
    cards.order_batch(make.number_range(named), quantity=5_000, viewer=SYSTEM, now=now, maker="Golden Print")
    _points(now)
    count = cards.begin_count(store_id=first.pk, viewer=SYSTEM, now=now)
    lying = Card.objects.filter(store=first, state="in_stock").order_by("pk").values_list("number", flat=True)
    cards.see(count.pk, "\n".join([*lying[1:], card.number, "8699999999999"]), viewer=SYSTEM)
    cards.settle(until=now.date() + timedelta(days=1), viewer=SYSTEM, now=now)


def _points(now: datetime) -> None:
    """Give the first customers points, some of which end soon."""
    wallet.define_unit("points.club", kind="points", name="Club points")
    commands = [
        Command(
            source="test", key=f"points {customer.pk}", kind="earn", at=now,
            parts=tuple(
                Give(
                    owner=Owner(OwnerKind.CUSTOMER, customer.pk), unit="points.club", amount=amount, house=House.ISSUED,
                    expires_at=expires_at,
                )
                for amount, expires_at in ((980, None), (300, now + timedelta(days=40)))
            ),
        )
        for customer in Customer.objects.order_by("pk")[:4]
    ]  # fmt: skip
    wallet.post(commands, now=now, viewer=SYSTEM)
