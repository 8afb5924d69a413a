"""Find the card in somebody's hand and the accounts that it opens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from regulars.core import bulk, pii
from regulars.loyalty.cards.models import Card, CardType, State
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.wallet.commands import Owner, OwnerKind

_WITH = ("type", "customer", "sold_by")


def find_by_number(text: str) -> Card | None:
    """Return the card with this printed number. A number names a card and opens nothing."""
    return Card.objects.select_related(*_WITH).filter(number=numbers.tidy(text)[:32]).first()


def find_by_code(text: str) -> Card | None:
    """Return the card with this secret code, which lets its bearer pay."""
    code = numbers.read_code(text)
    if not code:
        return None
    return Card.objects.select_related(*_WITH).filter(code_digest=pii.digest("card_code", code)).first()


def owner_of(card: Card) -> Owner:
    """Return whose accounts the card opens: its holder's, or its own while nobody has claimed it."""
    if card.customer is not None:
        return Owner(OwnerKind.CUSTOMER, card.customer.merged_into_id or card.customer.pk)
    return Owner(OwnerKind.CARD, card.root_id or card.pk)


def is_expired(card: Card, *, now: datetime) -> bool:
    """Return whether the card's term is over; its balance is kept (P10)."""
    return card.expires_at is not None and card.expires_at <= now


def cards_of(customer_id: int) -> list[Card]:
    """Return the cards that a customer holds, usable ones first."""
    mine = Card.objects.filter(Q(customer=customer_id) | Q(customer__merged_into=customer_id))
    held = mine.select_related("type").exclude(state__in=[State.REPLACED, State.VOID])
    return sorted(held, key=lambda card: (card.state != State.ACTIVE, card.pk))


def spend_order(card: Card | None) -> str:
    """Return in which order principal and bonus are used with this card, or without any."""
    return CardType.SpendOrder.BONUS_FIRST.value if card is None else card.type.spend_order


def blocked_numbers(*, since: int = 0, limit: int = 10_000) -> list[tuple[int, str, bool]]:
    """Return (mark, number, is blocked) for cards blocked or released after the mark `since`: the list that tills keep offline.

    The mark of the last row is where the next call goes on.
    """
    rows = bulk.fetch(_BLOCKED, {"since": since, "limit": limit})
    return [(mark, number, blocked) for mark, number, blocked in rows]


_BLOCKED = """
SELECT m.id, card.number, card.state IN ('frozen', 'lost', 'replaced', 'void')
FROM cards_movement m JOIN cards_card card ON card.id = m.card_id
WHERE m.id > %(since)s AND m.act IN ('freeze', 'thaw', 'lose', 'find', 'replace', 'void', 'count_missing')
ORDER BY m.id LIMIT %(limit)s
"""
