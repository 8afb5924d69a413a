"""Moves everything of one account into another: lots with their dates, holds with their lots, and the debt (P28, T-24)."""

from __future__ import annotations

from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.rules.plan import Plan, Turn
from regulars.loyalty.wallet.rules.state import AccountState, LotState


def merge(plan: Plan, turn: Turn, source: AccountState, target: AccountState) -> list[tuple[LotState, LotState]]:
    """Decide the move; return for each lot with a hold on it the lot that carries it on."""
    followed = []
    for lot in [lot for lot in source.lots if lot.remaining]:
        heir = LotState(
            target.id, turn.transfer_id, lot.root_transfer_id, lot.origin, lot.remaining, lot.remaining,
            lot.earned_at, lot.available_from, lot.expires_at, turn.at, held=lot.held, parent_id=lot.id,
        )  # fmt: skip
        if lot.held:
            followed.append((lot, heir))
        source.held -= lot.held
        lot.held = 0
        plan.enter(turn, source, lot, -lot.remaining, house=House.MOVED)
        plan.receive(turn, target, heir, house=House.MOVED)
    if source.debt:
        owed = source.debt
        plan.enter(turn, source, None, owed, house=House.MOVED)
        plan.enter(turn, target, None, -owed, house=House.MOVED)
    return followed
