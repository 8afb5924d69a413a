"""Card types, batches brought as far as a test needs them, and what a till asks."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db import transaction

from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerStore
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, CardType, NumberRange, TopUp, TopUpRule
from regulars.loyalty.cards.services import units
from regulars.loyalty.wallet import selectors as wallet_reads
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Owner
from regulars.organization import access
from regulars.organization.models import Store

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Shanghai
SYSTEM = access.system()
_number = count(1)


def card_type(kind: str = "stored_value", **values: Any) -> CardType:
    code = values.pop("code", f"type{next(_number)}")
    value = {"currency": "CNY"} if kind in {"stored_value", "count"} else {}
    uses = {"uses": 3, "price_amount": 10000} if kind == "count" else {}
    made = CardType(
        code=code, kind=kind, **({"name": code, "rule_pack": "none", "takes_top_ups": True} | value | uses | values)
    )
    return cards.save_type(made, viewer=SYSTEM, now=NOW)


def number_range(of: CardType, **values: Any) -> NumberRange:
    shape = {"prefix": f"88{next(_number):04d}", "serial_digits": 8, "last": 99_999_999}
    return cards.save_range(NumberRange(type=of, **(shape | values)), viewer=SYSTEM, now=NOW)


def made(of: CardType, quantity: int = 3, **values: Any) -> list[cards.Secret]:
    """Cards as they come from the maker, lying in the central stock."""
    batch = cards.order_batch(number_range(of, **values), quantity=quantity, viewer=SYSTEM, now=NOW)
    secrets = cards.make_batch(batch.pk, viewer=SYSTEM, now=NOW)
    cards.receive_batch(batch.pk, viewer=SYSTEM, now=NOW)
    return secrets


def stocked(store: Store, of: CardType, quantity: int = 3) -> list[cards.Secret]:
    """Cards lying in a store."""
    secrets = made(of, quantity)
    pick = cards.Pick(first=secrets[0].number, last=secrets[-1].number)
    shipment = cards.send(pick, from_store=None, to_store=store.pk, viewer=SYSTEM, now=NOW)
    cards.receive(shipment.pk, viewer=SYSTEM, now=NOW)
    return secrets


def card(secret: cards.Secret) -> Card:
    found = selectors.find_by_number(secret.number)
    assert found is not None
    return found


def activate(secret: cards.Secret, store: Store, *, customer: Customer | None = None, **values: Any) -> Card:
    options = {"source": "till", "key": f"a{next(_number)}", "viewer": SYSTEM, "now": NOW} | values
    return cards.activate(card(secret).pk, store_id=store.pk, customer_id=customer.pk if customer else None, **options)


def active(store: Store, of: CardType, *, customer: Customer | None = None) -> Card:
    return activate(stocked(store, of, 1)[0], store, customer=customer)


def pay(amount: int, **values: Any) -> cards.Payment:
    return cards.Payment(amount=amount, **({"currency": "CNY", "tender": "card", "buyer_identified": True} | values))


def top_up(of: Card, amount: int, store: Store, *, key: str = "", **values: Any) -> TopUp:
    options = {name: values.pop(name) for name in ("now", "viewer", "source") if name in values}
    options = {"now": NOW, "viewer": SYSTEM, "source": "till"} | options
    return cards.top_up(of.pk, pay(amount, **values), store_id=store.pk, key=key or f"t{next(_number)}", **options)


def bonus(pay_amount: int, bonus_amount: int, **values: Any) -> TopUpRule:
    named = {"name": f"{pay_amount}+{bonus_amount}", "currency": "CNY", "valid_from": NOW}
    rule = TopUpRule(pay_amount=pay_amount, bonus_amount=bonus_amount, **(named | values))
    return cards.add_top_up_rule(rule, viewer=SYSTEM, now=NOW)


@transaction.atomic
def spend(of: Card, amount: int, store: Store, *, now: datetime = NOW) -> int:
    """Pay with a card as checkout does; return the transfer."""
    owner = selectors.owner_of(of)
    balances = wallet_reads.balances_of(owner, now=now)
    parts = cards.payment_parts(owner, amount, currency="CNY", balances=balances, order=selectors.spend_order(of))
    command = Command(
        source="till", key=f"s{next(_number)}", kind="spend", at=now, parts=parts, store_id=store.pk,
        business_date=now.date(),
    )  # fmt: skip
    return wallet.post([command], now=now, viewer=SYSTEM)[0].transfer_id


def balance(owner: Owner | Card) -> tuple[int, int]:
    """Return principal and bonus."""
    owner = selectors.owner_of(owner) if isinstance(owner, Card) else owner
    held = {each.unit: each.posted for each in wallet_reads.balances_of(owner, now=NOW)}
    return held.get(units.principal("CNY"), 0), held.get(units.bonus("CNY"), 0)


def member(name: str = "Ana Lopez", *, at: Store | None = None) -> Customer:
    given = [customers.Given("external", f"M{next(_number)}")]
    made_one = customers.create_customer({"name": name}, identifiers=given, viewer=SYSTEM, now=NOW)
    if at is not None:
        CustomerStore.objects.create(customer=made_one, store=at, since=NOW)
    return made_one
