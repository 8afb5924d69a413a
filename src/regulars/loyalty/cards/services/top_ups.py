"""Put money on a card and pay it back: principal and bonus apart, within the law, each asked once (P10, P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from regulars.core.business_time import TradingDay
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards.models import Card, CardType, State, TopUp, TopUpRule
from regulars.loyalty.cards.rules import law, top_ups
from regulars.loyalty.cards.rules.law import Reason
from regulars.loyalty.cards.services import issuing, units
from regulars.loyalty.cards.services.issuing import CardKeyReusedError, CardRefusedError
from regulars.loyalty.wallet import selectors as balances
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner
from regulars.organization.access import Viewer
from regulars.organization.models import Store

PERSON, COMPANY = "person", "company"
CASH = "cash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What somebody pays in, how, and who it is. `amount` counts for stored value; a count card has its price."""

    amount: int
    currency: str
    tender: str = CASH
    by_company: bool = False
    buyer_identified: bool = False  # somebody has looked at an identity document


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a top-up would do: its bonus, or why it is refused."""

    principal: int
    bonus: int
    uses: int
    rule: top_ups.Offer | None
    reasons: tuple[Reason, ...]


def quote_top_up(card: Card, payment: Payment, *, now: datetime) -> Quoted:
    """Return what this top-up would bring, without doing it."""
    reasons = _objections(card, payment, now)
    if card.type.kind == CardType.Kind.COUNT:
        return Quoted(payment.amount, 0, card.type.uses or 0, None, tuple(reasons))
    offer = top_ups.best(_offers(card, now), amount=payment.amount) if payment.amount > 0 else None
    given = offer.bonus_for(payment.amount) if offer else 0
    return Quoted(payment.amount, given, 0, offer, tuple(reasons))


@transaction.atomic
def top_up(card_id: int, payment: Payment, *, store_id: int, source: str, key: str, viewer: Viewer, now: datetime) -> TopUp:
    """Put a payment and its bonus onto a card, or refuse with the reasons; asked again, it returns the first top-up."""
    viewer.require(issuing.ISSUE, store_id=store_id)
    card = issuing.lock(card_id)
    earlier = TopUp.objects.filter(source=source, key=key).first()  # looked for behind the lock: repeats come at once, too
    if earlier is not None:
        return _same(earlier, card_id, payment)
    quoted = quote_top_up(card, payment, now=now)
    if quoted.reasons:
        raise CardRefusedError(*quoted.reasons)
    store = Store.objects.get(pk=store_id)
    day = TradingDay(store.timezone, store.day_cutoff_minutes).date_of(now)
    owner = selectors.owner_of(card)
    units.define(card.type)
    command = Command(
        source=f"cards/{source}"[:64], key=key, kind="top_up", at=now, business_date=day, store_id=store_id,
        rule_version=quoted.rule.id if quoted.rule else None, parts=_parts(card, owner, quoted, now),
        why={"card": card.number[-4:], "paid": quoted.principal, "bonus": quoted.bonus, "uses": quoted.uses},
    )  # fmt: skip
    (posted,) = wallet.post([command], now=now, viewer=viewer)
    _refuse_overtaken(card, payment, held=sum(b.posted for b in posted.balances if b.unit == units.principal(payment.currency)))
    return TopUp.objects.create(
        source=source, key=key, card=card, owner_kind=owner.kind.value, owner_id=owner.id, currency=payment.currency,
        principal_amount=quoted.principal, bonus_amount=quoted.bonus, uses=quoted.uses, store=store, business_date=day,
        at=now, by=viewer.label[:160], tender=payment.tender, buyer=COMPANY if payment.by_company else PERSON,
        buyer_identified=payment.buyer_identified, rule_id=quoted.rule.id if quoted.rule else None,
        law=card.law, transfer_id=posted.transfer_id,
    )  # fmt: skip


def _objections(card: Card, payment: Payment, now: datetime) -> list[Reason]:
    own = [_of_card(card, now), _of_type(card.type, payment), _of_first(card)]
    found = [reason for reason in own if reason is not None]
    if found or card.type.kind == CardType.Kind.COUNT:
        return found
    return law.objections(law.of_version(card.law), _before_the_law(card, payment, held=_principal(card, payment, now)))


def _of_card(card: Card, now: datetime) -> Reason | None:
    if card.state != State.ACTIVE:
        return Reason("not_active", {"state": card.state})
    return Reason("expired") if selectors.is_expired(card, now=now) else None


def _of_type(card_type: CardType, payment: Payment) -> Reason | None:
    if not card_type.holds_value:
        return Reason("no_top_ups")
    if payment.currency != card_type.currency:
        return Reason("other_currency", {"currency": card_type.currency})
    if payment.amount <= 0:
        return Reason("not_positive")
    fixed = card_type.price_amount if card_type.kind == CardType.Kind.COUNT else card_type.face_amount
    if fixed is not None and payment.amount != fixed:
        return Reason("fixed_amount", {"amount": fixed, "currency": card_type.currency})
    return None


def _of_first(card: Card) -> Reason | None:
    """Refuse a second load of a card that is sold filled once."""
    if card.type.takes_top_ups or not TopUp.objects.filter(card=card).exists():
        return None
    return Reason("no_top_ups")


def _before_the_law(card: Card, payment: Payment, *, held: int) -> law.Payment:
    return law.Payment(
        amount=payment.amount,
        currency=payment.currency,
        balance_before=held,
        is_named=card.customer_id is not None,
        in_cash=payment.tender == CASH,
        by_company=payment.by_company,
        buyer_identified=payment.buyer_identified,
    )


def _principal(card: Card, payment: Payment, now: datetime) -> int:
    unit = units.principal(payment.currency)
    return sum(each.posted for each in balances.balances_of(selectors.owner_of(card), now=now) if each.unit == unit)


def _refuse_overtaken(card: Card, payment: Payment, *, held: int) -> None:
    """Judge once more by the balance that was posted: another card of the same holder may have been topped up meanwhile."""
    if card.type.kind != CardType.Kind.STORED_VALUE:
        return
    again = law.objections(law.of_version(card.law), _before_the_law(card, payment, held=held - payment.amount))
    if again:
        raise CardRefusedError(*again)


def _offers(card: Card, now: datetime) -> list[top_ups.Offer]:
    running = TopUpRule.objects.filter(
        Q(type=card.type) | Q(type=None),
        Q(valid_to=None) | Q(valid_to__gt=now),
        currency=card.type.currency,
        valid_from__lte=now,
    )
    return [top_ups.Offer(rule.pk, rule.pay_amount, rule.bonus_amount, rule.repeats, rule.bonus_lasts_days) for rule in running]


def _parts(card: Card, owner: Owner, quoted: Quoted, now: datetime) -> tuple[Give, ...]:
    if card.type.kind == CardType.Kind.COUNT:
        return (Give(owner=owner, unit=units.uses(card.type), amount=quoted.uses, house=House.CASH),)
    currency = card.type.currency
    paid = Give(owner=owner, unit=units.principal(currency), amount=quoted.principal, house=House.CASH)
    if not quoted.bonus or quoted.rule is None:
        return (paid,)
    days = quoted.rule.lasts_days
    given = Give(
        owner=owner,
        unit=units.bonus(currency),
        amount=quoted.bonus,
        house=House.BONUS,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    return paid, given


def _same(earlier: TopUp, card_id: int, payment: Payment) -> TopUp:
    if (earlier.card_id, earlier.principal_amount, earlier.currency) != (card_id, payment.amount, payment.currency):
        raise CardKeyReusedError("This key was used before for another top-up.", key=earlier.key)
    return earlier
