"""Pay with points, stored value and gift cards, and give back what was paid so: as commands for the ledger.

For `selling` and `taking_back`, which post them together with everything else of the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.basket import Basket
from regulars.loyalty.cards import selectors as card_facts
from regulars.loyalty.cards import services as cards
from regulars.loyalty.checkout.members import Buyer, Trust
from regulars.loyalty.checkout.messages import Payment
from regulars.loyalty.checkout.rules.refunds import SoldTender, Use, units_back
from regulars.loyalty.checkout.services.sold import Sold
from regulars.loyalty.program.rules import Book, points_for, redeemable
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet.commands import Command, GiveBack, House, Owner, OwnerKind, Take
from regulars.loyalty.wallet.selectors import UnitBalance
from regulars.organization.access import Viewer

SOURCE = "till"
POINTS, STORED_VALUE, GIFT_CARD = "points", "stored_value", "gift_card"
_KINDS = (POINTS, STORED_VALUE, GIFT_CARD)
_RESTORED_FOR = timedelta(days=30)  # what comes back lives at least so long (P7); programs say their own for points


class PointsRefusedError(InvalidInputError):
    """The rules of the program do not let these points pay this part of the bill."""

    code = "points.not_redeemable"


class OfflineSpendsError(InvalidInputError):
    """A sale made without us cannot have spent what only we can check."""

    code = "offline.spends"


class CardMissingError(InvalidInputError):
    """A payment by gift card names the card."""

    code = "payment.card_missing"


class CardNotPayingError(DomainError):
    """A number alone opens no money: scan the code of the card."""

    code = "card.not_proved"


@dataclass(slots=True)
class Spent:
    """What the payments of a sale take from the ledger."""

    takes: list[Take] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    points: int = 0

    def content(self, transfer_id: int | None) -> dict[str, Any] | None:
        """Return what the journal keeps, for returns."""
        if not self.uses:
            return None
        return {"transfer": transfer_id, "uses": [list(asdict(use).values()) for use in self.uses]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """The sale that is paid, and who pays it."""

    basket: Basket
    buyer: Buyer | None
    book: Book | None
    now: datetime
    viewer: Viewer
    offline: bool = False
    hold: str = ""  # of points that a quote reserved
    spent: Spent = field(default_factory=Spent)


def spend(payments: Sequence[Payment], paying: Paying) -> Spent:
    """Return what the payments take; the ledger refuses what is not there."""
    for number, payment in enumerate(payments, start=1):
        if payment.kind not in _KINDS:
            continue
        if paying.offline:
            raise OfflineSpendsError("A sale made offline takes no points and no stored value.", field="payments")
        match payment.kind:
            case "points" if not paying.spent.points:
                _points([(at, one) for at, one in enumerate(payments, start=1) if one.kind == POINTS], paying)
            case "points":
                pass  # paid together with the first of them
            case "stored_value":
                _stored_value(number, payment, paying)
            case _:
                _gift_card(number, payment, paying)
    return paying.spent


def pay_command(spent: Spent, basket: Basket, *, receipt_id: int) -> Command | None:
    """Return the transfer that takes what was spent."""
    if not spent.takes:
        return None
    return Command(
        source=SOURCE,
        key=f"pay/{receipt_id}",
        kind="redeem" if spent.points else "spend",
        at=basket.sold_at,
        parts=tuple(spent.takes),
        business_date=basket.business_date,
        store_id=basket.place.store_id,
        receipt_id=receipt_id,
    )


def back_command(
    sold: Sold, tenders: Iterable[SoldTender], *, receipt_id: int, at: datetime, store_id: int, now: datetime
) -> Command | None:
    """Return the transfer that gives back what these tenders took, with the dates it had (P7, P12)."""
    back = units_back(sold.uses, list(tenders))
    if not back or sold.transfer_id is None:
        return None
    parts = [
        GiveBack(
            of_transfer=sold.transfer_id,
            owner=Owner(OwnerKind(use.owner_kind), use.owner_id),
            unit=use.unit,
            amount=units,
            not_before=now + _RESTORED_FOR,
        )
        for use, units in back
    ]
    return Command(
        source=SOURCE,
        key=f"give-back/{receipt_id}",
        kind="refund",
        at=at,
        parts=tuple(parts),
        store_id=store_id,
        receipt_id=receipt_id,
        why={"sale": sold.receipt_id},
    )


def _points(parts: Sequence[tuple[int, Payment]], paying: Paying) -> None:
    """Take the points of one or several payments, judged as what they are together: one redemption of one program."""
    buyer, book = paying.buyer, paying.book
    if buyer is None or book is None or book.body.redemption is None:
        raise PointsRefusedError("Only a member's points can pay, where the program lets them.", field="payments")
    buyer.require(Trust.IDENTIFIED)
    redemption, amount = book.body.redemption, sum(payment.amount for _number, payment in parts)
    points = points_for(amount, redemption)
    allowed = redeemable(paying.basket.paid_amount, points, redemption, wanted=points)
    if allowed.amount != amount or any(payment.amount <= 0 for _number, payment in parts):
        raise PointsRefusedError(
            "Points cannot pay just this amount of the bill; ask for a quote with the points to use.", field="payments"
        )
    owner = Owner(OwnerKind.CUSTOMER, buyer.customer_id)
    take = Take(owner=owner, unit=book.points_unit, amount=allowed.points, house=House.REDEEMED, hold=paying.hold)
    paying.spent.points = allowed.points
    paying.spent.takes.append(take)
    before = 0
    for number, payment in parts:  # what rounding adds goes to the part that reaches it, so that the parts are the whole
        upto = before + payment.amount
        units = points_for(upto, redemption) - points_for(before, redemption)
        paying.spent.uses.append(_use(number, replace(take, amount=units), payment.amount))
        before = upto


def _stored_value(number: int, payment: Payment, paying: Paying) -> None:
    if paying.buyer is None:
        raise CardMissingError("Identify the member whose stored value pays.", field="payments")
    paying.buyer.require(Trust.PROVED)
    owner = Owner(OwnerKind.CUSTOMER, paying.buyer.customer_id)
    _take_money(number, payment, paying, owner, card_facts.spend_order(None))


def _gift_card(number: int, payment: Payment, paying: Paying) -> None:
    if not payment.reference:
        raise CardMissingError("Send the code of the card as the payment's reference.", field="payments")
    shown = cards.recognize(payment.reference, viewer=paying.viewer, now=paying.now)
    if shown.card is None or not shown.may_pay:
        raise CardNotPayingError("Scan the code of the card; its number alone opens no money.", field="payments")
    cards.refuse_unusable(shown.card, now=paying.now)
    _take_money(number, payment, paying, shown.owner, card_facts.spend_order(shown.card))


def _take_money(number: int, payment: Payment, paying: Paying, owner: Owner, order: str) -> None:
    balances = [_less_taken(each, owner, paying.spent) for each in wallets.balances_of(owner, now=paying.now)]
    takes = cards.payment_parts(owner, payment.amount, currency=paying.basket.currency, balances=balances, order=order)
    paying.spent.takes += takes
    # Bonus first in the list: it goes back before the money that was paid in.
    for take in sorted(takes, key=lambda it: not it.unit.startswith("bonus.")):
        paying.spent.uses.append(_use(number, take, take.amount))


def _less_taken(balance: UnitBalance, owner: Owner, spent: Spent) -> UnitBalance:
    """Return the balance that an earlier payment of the same sale leaves."""
    taken = sum(take.amount for take in spent.takes if (take.owner, take.unit) == (owner, balance.unit))
    return replace(balance, spendable=balance.spendable - taken)


def _use(number: int, take: Take, amount: int) -> Use:
    return Use(number, take.owner.kind.value, take.owner.id, take.unit, take.amount, amount)
