"""Which step a card may take from which state: the machine of S238, as one table."""

from __future__ import annotations

from collections.abc import Mapping

from regulars.loyalty.cards.models.cards import Movement, State

Act = Movement.Act

# Act → the states it may begin in, and the state it ends in (None: it stays as it was).
STEPS: Mapping[str, tuple[frozenset[State], State | None]] = {
    Act.ORDER: (frozenset(), State.ORDERED),
    Act.MAKE: (frozenset({State.ORDERED}), State.MADE),
    Act.RECEIVE: (frozenset({State.MADE}), State.RECEIVED),
    Act.SEND: (frozenset({State.RECEIVED, State.IN_STOCK}), State.IN_TRANSIT),
    Act.ARRIVE: (frozenset({State.IN_TRANSIT}), State.IN_STOCK),  # in the central stock: `received`
    Act.SELL: (frozenset({State.RECEIVED, State.IN_STOCK}), State.SOLD),
    Act.ACTIVATE: (frozenset({State.IN_STOCK, State.RECEIVED, State.SOLD}), State.ACTIVE),
    Act.FREEZE: (frozenset({State.ACTIVE}), State.FROZEN),
    Act.THAW: (frozenset({State.FROZEN}), State.ACTIVE),
    Act.LOSE: (frozenset({State.ACTIVE, State.FROZEN}), State.LOST),
    Act.FIND: (frozenset({State.LOST}), State.ACTIVE),
    Act.REPLACE: (frozenset({State.ACTIVE, State.FROZEN, State.LOST}), State.REPLACED),
    Act.RENAME: (frozenset({State.ACTIVE, State.FROZEN}), None),
    Act.RENEW: (frozenset({State.ACTIVE}), None),
    Act.COUNT_MISSING: (frozenset({State.RECEIVED, State.IN_STOCK}), State.VOID),
    Act.COUNT_FOUND: (frozenset({State.RECEIVED, State.IN_STOCK, State.IN_TRANSIT}), State.IN_STOCK),
    Act.VOID: (
        frozenset({State.ORDERED, State.MADE, State.RECEIVED, State.IN_TRANSIT, State.IN_STOCK, State.SOLD}),
        State.VOID,
    ),
}


def begins_in(act: str) -> list[str]:
    """Return the states in which a card may take this step.

    >>> begins_in("thaw"), "replaced" in begins_in("void")
    (['frozen'], False)
    """
    return sorted(state.value for state in STEPS[act][0])


def ends_in(act: str, *, store_id: int | None) -> str | None:
    """Return the state after this step; what lies at no store lies in the central stock.

    >>> ends_in("arrive", store_id=None), ends_in("arrive", store_id=3), ends_in("rename", store_id=3)
    ('received', 'in_stock', None)
    """
    state = STEPS[act][1]
    if state is State.IN_STOCK and store_id is None:
        return State.RECEIVED.value
    return None if state is None else state.value
