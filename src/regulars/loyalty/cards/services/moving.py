"""Let cards take a step: one statement for one card and for 100,000, which writes their movements in the same breath.

Every other service of the room ends here; nobody else changes the state or place of a card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from regulars.core import bulk
from regulars.core.errors import DomainError
from regulars.loyalty.cards import steps
from regulars.organization.access import Viewer


class CardStateError(DomainError):
    """A card cannot take this step from the state it is in."""

    code: ClassVar[str] = "card.state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens to cards, and on which paper. `to_store` is their place afterwards where the step changes it."""

    act: str
    now: datetime
    by: str
    to_store: int | None = None
    moves: bool = False  # whether `to_store` counts
    shipment: int | None = None
    stock_count: int | None = None
    source: str = ""
    key: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A card that took the step."""

    id: int
    number: str


def take(step: Step, *, cards: Sequence[int]) -> list[Moved]:
    """Let the cards among `cards` that may take the step take it; return them, in order of their numbers."""
    return _moved(step, _BY_ID, {"ids": list(cards)})


def take_all(step: Step, *, where: str, parameters: dict[str, Any]) -> int:
    """Let every card that `where` (over `card`) selects, and that may, take the step; return how many did."""
    return len(_moved(step, where, parameters))


def take_one(step: Step, *, card: int) -> None:
    """Let one card take the step, or refuse."""
    if not take(step, cards=[card]):
        raise CardStateError("This card cannot do that in the state it is in.", card=card)


def step_of(act: str, *, viewer: Viewer, now: datetime, **paper: Any) -> Step:
    """Return a step that this viewer takes now."""
    return Step(act=act, now=now, by=viewer.label[:160], **paper)


def _moved(step: Step, where: str, parameters: dict[str, Any]) -> list[Moved]:
    facts = {
        "act": step.act,
        "at": step.now,
        "by": step.by,
        "states": steps.begins_in(step.act),
        "to_state": steps.ends_in(step.act, store_id=step.to_store if step.moves else 0),
        "moves": step.moves,
        "to_store": step.to_store,
        "shipment": step.shipment,
        "stock_count": step.stock_count,
        "source": step.source,
        "key": step.key,
        "reason": step.reason[:200],
    }
    return [Moved(*row) for row in bulk.fetch(_TAKE.format(where=where), parameters | facts)]


_BY_ID = "card.id = ANY(%(ids)s)"

# Locked in key order first, so that two who want the same cards wait for each other and never for ever.
_TAKE = """
WITH chosen AS MATERIALIZED (
    SELECT card.id, card.state, card.store_id, card.shipment_id FROM cards_card card
    WHERE ({where}) AND card.state = ANY(%(states)s)
    ORDER BY card.id FOR UPDATE
), moved AS (
    UPDATE cards_card card SET
        state = coalesce(%(to_state)s, chosen.state),
        store_id = CASE WHEN %(moves)s THEN %(to_store)s::bigint ELSE chosen.store_id END,
        shipment_id = CASE WHEN %(to_state)s = 'in_transit' THEN %(shipment)s::bigint END,
        activated_at = CASE WHEN %(to_state)s = 'active' THEN coalesce(card.activated_at, %(at)s) ELSE card.activated_at END
    FROM chosen WHERE card.id = chosen.id
    RETURNING card.id, card.number, chosen.state AS before, card.state AS after, chosen.store_id AS came_from,
        card.store_id AS went_to, coalesce(%(shipment)s::bigint, chosen.shipment_id) AS shipment
), written AS (
    INSERT INTO cards_movement (card_id, act, from_state, to_state, from_store_id, to_store_id, shipment_id, stock_count_id,
        at, by, source, key, reason)
    SELECT id, %(act)s, before, after, came_from, went_to, shipment, %(stock_count)s::bigint,
        %(at)s, %(by)s, %(source)s, %(key)s, %(reason)s
    FROM moved
)
SELECT id, number FROM moved ORDER BY number
"""
