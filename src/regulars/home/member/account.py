"""What a member's own page tells: balances, tier progress, coupons, cards and the last entries, all of this member alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from regulars.core import bulk
from regulars.customers.models import Customer
from regulars.loyalty.cards import selectors as cards
from regulars.loyalty.cards.models import Card
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Coupon
from regulars.loyalty.program import progress as challenges
from regulars.loyalty.program import selectors as program
from regulars.loyalty.program.rules import tiers
from regulars.loyalty.wallet import naming, statement, wording
from regulars.loyalty.wallet import selectors as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.selectors import UnitBalance
from regulars.ui import formatting

HISTORY = 20
_KINDS_SHOWN = (Unit.Kind.POINTS, Unit.Kind.STORED_PRINCIPAL, Unit.Kind.STORED_BONUS, Unit.Kind.COUNT)


@dataclass(frozen=True, slots=True)
class Held:
    """A balance with its unit."""

    unit: Unit
    name: str
    balance: UnitBalance

    @property
    def figure(self) -> str:
        return wording.quantity(self.balance.spendable, self.unit.currency)

    @property
    def pending(self) -> str:
        return wording.quantity(self.balance.pending, self.unit.currency) if self.balance.pending else ""

    @property
    def next_expiry(self) -> tuple[str, date] | None:
        day, amount = next(iter(self.balance.expiring), (None, 0))
        return (wording.quantity(amount, self.unit.currency), day) if day else None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the member stands in the program, and what is missing to the next tier."""

    tier: str
    next_tier: str
    missing: str
    percent: int
    measure: str
    until: date
    falls_on: date | None


@dataclass(frozen=True, slots=True)
class CouponShown:
    """A coupon at hand with its code."""

    title: str
    description: str
    code: str
    until: date | None


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card without its whole number."""

    card: Card
    number: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the ledger as the member reads it."""

    what: str
    amount: str
    is_gain: bool
    at: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class Account:
    """Everything on the page."""

    greeting: str
    held: Sequence[Held]
    progress: Progress | None
    challenges: Sequence[challenges.Progress]
    coupons: Sequence[CouponShown]
    cards: Sequence[CardShown]
    history: Sequence[Happening]


def read(customer: Customer, *, now: datetime) -> Account:
    """Return the account of this member."""
    owner = Owner(OwnerKind.CUSTOMER, customer.pk)
    units = {unit.code: unit for unit in Unit.objects.filter(kind__in=_KINDS_SHOWN)}
    named = naming.names()
    owned = [each for each in wallet.balances_of(owner, now=now) if each.unit in units]
    held = [Held(units[each.unit], named[each.unit], each) for each in owned if _is_worth_a_tile(each, units[each.unit])]
    return Account(
        greeting=masked(customer.name),
        held=sorted(held, key=lambda each: _KINDS_SHOWN.index(Unit.Kind(each.unit.kind))),
        progress=_progress(customer.pk, now),
        challenges=challenges.progress_of(customer.pk, today=program.program_zone().date_of(now)),
        coupons=_coupons(customer.pk, now),
        cards=[CardShown(card, numbers.masked(card.number)) for card in cards.cards_of(customer.pk)],
        history=_history(owner, {code: named[code] for code in units}),
    )


def _is_worth_a_tile(balance: UnitBalance, unit: Unit) -> bool:
    """Return whether to show a balance: points always, of money and uses what there is."""
    return unit.kind == Unit.Kind.POINTS or bool(balance.posted or balance.pending)


def masked(name: str) -> str:
    """Return a name by which its owner knows that the page is theirs, and others know nothing.

    >>> masked("Ana Lopez"), masked("张敏"), masked("")
    ('A**', '张*', '')
    """
    first = name.strip()[:1]
    return first and first + ("*" if "\u3400" <= first <= "\u9fff" else "**")


def _progress(customer_id: int, now: datetime) -> Progress | None:
    membership = program.find_membership(customer_id)
    book = program.book_at(now, program=membership.program.code) if membership else None
    if membership is None or book is None or not book.body.ladder.tiers:
        return None
    ladder = book.body.ladder
    standing = tiers.Standing(membership.tier, membership.secured, membership.period_from, membership.period_until)
    value = program.measure_of(
        customer_id, program=membership.program, measure=ladder.measure,
        since=membership.period_from, until=membership.period_until,
    )  # fmt: skip
    above = tiers.next_tier(standing, value, ladder)
    here = ladder.tiers[ladder.rank(membership.tier)]
    missing = above[1] if above else 0
    is_money = ladder.measure == "spend"
    return Progress(
        tier=here.name or here.code,
        next_tier=(above[0].name or above[0].code) if above else "",
        missing=formatting.money(missing, book.currency) if is_money else formatting.number(missing),
        percent=min(100, 100 * value // above[0].from_value) if above and above[0].from_value else 100,
        measure=ladder.measure,
        until=membership.period_until,
        falls_on=membership.fall_on,
    )


def _coupons(customer_id: int, now: datetime) -> list[CouponShown]:
    today = now.date()
    ready = Coupon.objects.select_related("offer").filter(customer=customer_id, state=Coupon.State.READY, offer__state="live")
    alive = [each for each in ready.order_by("valid_until", "pk")[:50] if each.valid_until is None or each.valid_until >= today]
    return [
        CouponShown(
            each.offer.title, each.offer.description,
            offers.code_for_holder(each.pk, customer_id=customer_id) if each.seed else "", each.valid_until,
        )
        for each in alive
    ]  # fmt: skip


def _history(owner: Owner, units: dict[str, str]) -> list[Happening]:
    values = {"kind": str(owner.kind), "id": owner.id, "units": list(units), "limit": HISTORY}
    lines = [statement.to_line(row) for row in bulk.fetch(_HISTORY, values)]
    return [Happening(wording.kind(line), _signed(line), line.amount > 0, line.at, units[line.unit]) for line in lines]


def _signed(line: statement.Line) -> str:
    figure = wording.quantity(line.amount, line.currency)
    return f"+{figure}" if line.amount > 0 else figure


_HISTORY = f"""
SELECT {statement.COLUMNS} FROM {statement.TABLES} JOIN wallet_account a ON a.id = e.account_id
WHERE a.owner_kind = %(kind)s AND a.owner_id = %(id)s AND u.code = ANY(%(units)s)
ORDER BY e.id DESC LIMIT %(limit)s
"""
