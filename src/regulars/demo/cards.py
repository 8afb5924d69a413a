"""The demo's cards and stored value: simulated, because the panel knows no tenders, and labelled so on every movement.

After the purchases, through the services that a till and head office use. Households of the busiest stores buy stored-value
cards in the panel's last weeks, pay money in, and use some of it there or in another store, so that stock, balances and the
settlement between stores have something to show.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count

from regulars.customers.models import Customer
from regulars.demo.panel import TIMEZONE
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, CardType, NumberRange, TopUpRule
from regulars.loyalty.wallet import selectors as balances
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command
from regulars.organization.access import Viewer
from regulars.organization.models import Store

SOURCE = "simulated"
_STORES = 6
_CARDS_A_STORE = 60
_BUYERS_A_STORE = 20
_WEEKS = 8
_PAID_IN = (2_500, 5_000, 5_000, 10_000)  # cents
_SEED = 84_51


@dataclass(frozen=True, slots=True)
class Purse:
    """A card that was bought: when, in which store, by which household."""

    card: Card
    store: Store
    customer_id: int
    bought_at: datetime


def build(last_day: date, *, viewer: Viewer) -> int:
    """Make card types, stock and stored value up to `last_day`; return how many cards were sold. A second run makes none."""
    if CardType.objects.exists():
        return 0
    chance = random.Random(_SEED)  # noqa: S311 - the same demo at every run
    opening = _moment(last_day - timedelta(weeks=_WEEKS + 1))
    with transaction.atomic():
        named = _types(opening, viewer=viewer)
        stores = _stock(named, opening, viewer=viewer)
        purses = list(_sold(named, stores, last_day, chance, viewer=viewer))
        for purse in purses:
            _use(purse, stores, last_day, chance, viewer=viewer)
        cards.settle(until=last_day, viewer=viewer, now=_moment(last_day + timedelta(days=1)))
    return len(purses)


def _types(now: datetime, *, viewer: Viewer) -> CardType:
    """Make a named stored-value card with a bonus rule, and a bearer gift card; return the first."""
    named = CardType(
        code="shopper", name="Shopper card (simulated)", kind=CardType.Kind.STORED_VALUE, is_named=True, currency="USD",
        takes_top_ups=True,
    )  # fmt: skip
    gift = CardType(
        code="gift", name="Gift card (simulated)", kind=CardType.Kind.STORED_VALUE, currency="USD", has_pin=True,
        takes_top_ups=True, lasts_months=60,  # the CARD Act's five years
    )  # fmt: skip
    for number, card_type in enumerate((named, gift)):
        cards.save_type(card_type, viewer=viewer, now=now)
        numbers = NumberRange(type=card_type, prefix=f"60{number}", serial_digits=8, first=1, last=99_999_999)
        cards.save_range(numbers, viewer=viewer, now=now)
    rule = TopUpRule(
        type=named, name="Pay 50, get 5", currency="USD", pay_amount=5_000, bonus_amount=500, repeats=True, valid_from=now
    )
    cards.add_top_up_rule(rule, viewer=viewer, now=now)
    return named


def _stock(named: CardType, now: datetime, *, viewer: Viewer) -> list[Store]:
    """Order cards of both types, bring them to the busiest stores, and leave one shipment on its way."""
    stores = _busiest()
    for card_type in CardType.objects.order_by("id"):
        batch = cards.order_batch(
            card_type.ranges.get(), quantity=_CARDS_A_STORE * (_STORES + 2), viewer=viewer, now=now, maker="Simulated maker"
        )
        cards.make_batch(batch.pk, viewer=viewer, now=now)
        cards.receive_batch(batch.pk, viewer=viewer, now=now)
        for store in stores:
            shipment = cards.send(
                cards.Pick(card_type.pk, _CARDS_A_STORE),
                from_store=None,
                to_store=store.pk,
                viewer=viewer,
                now=now,
                note=SOURCE,
            )
            cards.receive(shipment.pk, viewer=viewer, now=now)
    cards.send(cards.Pick(named.pk, 20), from_store=None, to_store=stores[-1].pk, viewer=viewer, now=now, note=SOURCE)
    return stores


def _busiest() -> list[Store]:
    """Return the stores that most households call theirs."""
    homes = Customer.objects.filter(home_store__isnull=False).values("home_store").annotate(households=Count("id"))
    ids = [home["home_store"] for home in homes.order_by("-households", "home_store")[:_STORES]]
    return [Store.objects.get(pk=store_id) for store_id in ids]


def _sold(named: CardType, stores: list[Store], last_day: date, chance: random.Random, *, viewer: Viewer) -> Iterator[Purse]:
    """Sell cards in the weeks before `last_day`, and pay money in."""
    for store in stores:
        buyers = Customer.objects.filter(home_store=store).order_by("id").values_list("id", flat=True)[:_BUYERS_A_STORE]
        stock = Card.objects.filter(type=named, store=store).order_by("number")
        for customer_id, card in zip(list(buyers), list(stock), strict=False):
            bought_at = _moment(last_day - timedelta(days=chance.randrange(14, _WEEKS * 7)), chance.randrange(9 * 60, 20 * 60))
            acted: dict[str, Any] = {"store_id": store.pk, "source": SOURCE, "viewer": viewer, "now": bought_at}
            active = cards.activate(card.pk, key=f"activate/{card.number}", customer_id=customer_id, **acted)
            payment = cards.Payment(amount=chance.choice(_PAID_IN), currency="USD", tender="card")
            cards.top_up(card.pk, payment, key=f"top-up/{card.number}", **acted)
            yield Purse(active, store, customer_id, bought_at)


def _use(purse: Purse, stores: list[Store], last_day: date, chance: random.Random, *, viewer: Viewer) -> None:
    """Spend a part of the value once or twice; every third time in another store."""
    owner = selectors.owner_of(purse.card)
    for number in range(chance.randrange(3)):
        store = chance.choice(stores) if chance.randrange(3) == 0 else purse.store
        day = min(last_day, purse.bought_at.date() + timedelta(days=1 + 6 * number))
        at = max(_moment(day, chance.randrange(9 * 60, 20 * 60)), purse.bought_at + timedelta(hours=1))
        known = balances.balances_of(owner, now=at)
        amount = min(cards.payable(known, currency="USD"), chance.randrange(500, 3_000))
        if not amount:
            return
        parts = cards.payment_parts(owner, amount, currency="USD", balances=known, order=selectors.spend_order(purse.card))
        command = Command(
            source=SOURCE, key=f"spend/{purse.card.number}/{number}", kind="spend", at=at, parts=parts,
            business_date=at.astimezone(ZoneInfo(TIMEZONE)).date(), store_id=store.pk, reason="Simulated",
        )  # fmt: skip
        wallet.post([command], now=at, viewer=viewer)


def _moment(day: date, minute: int = 12 * 60) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(TIMEZONE)) + timedelta(minutes=minute)
