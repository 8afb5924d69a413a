"""The units of the ledger that cards hold: principal and bonus of a currency, uses of a count card."""

from __future__ import annotations

from regulars.loyalty.cards.models import CardType
from regulars.loyalty.wallet import services as wallet


def principal(currency: str) -> str:
    """Return the unit of money that was paid in."""
    return f"stored.{currency}"


def bonus(currency: str) -> str:
    """Return the unit of bonus money."""
    return f"bonus.{currency}"


def uses(card_type: CardType) -> str:
    """Return the unit of a count card's uses."""
    return f"count.{card_type.code}"


def define(card_type: CardType) -> None:
    """Make sure that the ledger knows the units that cards of this type hold."""
    match card_type.kind:
        case CardType.Kind.STORED_VALUE:
            wallet.define_unit(principal(card_type.currency), kind="stored_principal", currency=card_type.currency)
            wallet.define_unit(bonus(card_type.currency), kind="stored_bonus", currency=card_type.currency)
        case CardType.Kind.COUNT:
            wallet.define_unit(uses(card_type), kind="count", name=card_type.name)
