"""What the room keeps, apart by subject: kinds of cards, the cards, their stock, the money on them, and rotating codes."""

from __future__ import annotations

from regulars.loyalty.cards.models.cards import Card, Movement, State
from regulars.loyalty.cards.models.kinds import BankRange, CardType, NumberRange, Partner, TopUpRule
from regulars.loyalty.cards.models.money import CountUse, SettlementLine, TopUp, TopUpRefund
from regulars.loyalty.cards.models.passes import Guesses, MemberPass, PassUse
from regulars.loyalty.cards.models.stock import Batch, CardsWanted, CountedCard, Shipment, StockCount

__all__ = [
    "BankRange",
    "Batch",
    "Card",
    "CardType",
    "CardsWanted",
    "CountUse",
    "CountedCard",
    "Guesses",
    "MemberPass",
    "Movement",
    "NumberRange",
    "Partner",
    "PassUse",
    "SettlementLine",
    "Shipment",
    "State",
    "StockCount",
    "TopUp",
    "TopUpRefund",
    "TopUpRule",
]
