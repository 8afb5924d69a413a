"""Which lots a taking uses: what expires first goes first, then what was earned first; what never expires goes last (P4).

For `plan`, which decides whole commands, and for the pages that show the order of use.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from regulars.loyalty.wallet.rules.state import LotState

NEVER = datetime.max.replace(tzinfo=UTC)
# Two tills' clocks differ: what one of them gave a moment ago, the other may take although it believes to be earlier.
CLOCKS_DIFFER = timedelta(minutes=15)


def order_of_use(lot: LotState) -> tuple[datetime, datetime, int]:
    """Return the sort key of a lot: by expiry, then by earn time, then by age in the ledger."""
    return (lot.expires_at or NEVER, lot.earned_at, lot.id or 2**63)


def is_expired(lot: LotState, at: datetime) -> bool:
    """Return whether the lot could no longer be spent at `at`."""
    return lot.expires_at is not None and lot.expires_at <= at


def is_pending(lot: LotState, at: datetime, now: datetime) -> bool:
    """Return whether the lot could not be spent yet at `at`."""
    return lot.available_from > max(at, min(now, at + CLOCKS_DIFFER))


def usable(lots: Iterable[LotState], at: datetime, now: datetime, *, also_pending: bool = False) -> list[LotState]:
    """Return the lots that can be taken from, in the order of use; pending ones, if wanted, behind all others."""
    open_lots = sorted((lot for lot in lots if lot.free > 0 and not is_expired(lot, at)), key=order_of_use)
    ready = [lot for lot in open_lots if not is_pending(lot, at, now)]
    return ready + [lot for lot in open_lots if is_pending(lot, at, now)] if also_pending else ready


def of_transfer(lots: Iterable[LotState], transfer_id: int, origins: tuple[str, ...] = ()) -> list[LotState]:
    """Return what is free of the lots that one transfer gave, of some of its origins or of all."""
    own = (lot for lot in lots if lot.root_transfer_id == transfer_id and (not origins or lot.origin in origins))
    return sorted((lot for lot in own if lot.free > 0), key=order_of_use)
