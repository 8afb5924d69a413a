"""What a message needs to know of its store and of the moment in which it happens.

For the services of this room. A till belongs to a store; a store outside the caller's scope looks missing (D14).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from regulars.core import bulk
from regulars.core.business_time import CLOCK_SKEW_MAX, TradingDay
from regulars.core.errors import InvalidInputError
from regulars.loyalty.basket import Place

OFFLINE_MAX = timedelta(days=35)  # how long a till may have been alone
_REGIONS_KEPT_SECONDS = 5


class CurrencyMismatchError(InvalidInputError):
    """The store sells in another currency."""

    code = "currency.mismatch"


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A store as checkout sees it."""

    id: int
    code: str
    timezone: str
    cutoff_minutes: int
    currency: str
    has_list_prices: bool  # the catalog's prices are in the company's currency
    format: str
    region_id: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: the till's time, the time that rules believe, the store's wall clock and business date."""

    said: datetime
    believed: datetime
    local: datetime
    business_date: Any
    clock_off: bool


def moment(store: StoreFacts, at: datetime, *, now: datetime, offline: bool = False) -> Moment:
    """Return the till's time as far as it can be believed (P46)."""
    oldest = now - (OFFLINE_MAX if offline else CLOCK_SKEW_MAX)
    off = at > now + CLOCK_SKEW_MAX or at < oldest
    believed = now if off else at
    day = TradingDay(store.timezone, store.cutoff_minutes)
    return Moment(at, believed, believed.astimezone(ZoneInfo(store.timezone)), day.date_of(believed), off)


def currency_of(store: StoreFacts, said: str) -> str:
    """Return the store's currency, or refuse another one."""
    if said and said != store.currency:
        raise CurrencyMismatchError(f"The store {store.code} sells in {store.currency}.", field="currency")
    return store.currency


def place_of(store: StoreFacts, *, till: str, channel: str) -> Place:
    """Return where a sale happens, with the codes of the regions above its store."""
    spell = int(time.monotonic() // _REGIONS_KEPT_SECONDS)
    regions = _regions_of(store.region_id, spell) if store.region_id is not None else ()
    return Place(store_id=store.id, store=store.code, regions=regions, format=store.format, channel=channel, till=till)


@lru_cache(maxsize=512)
def _regions_of(region_id: int, spell: int) -> tuple[str, ...]:  # noqa: ARG001 (known for this spell only)
    return tuple(code for (code,) in bulk.fetch(_REGIONS, {"region": region_id}))


_REGIONS = """
WITH RECURSIVE above (id, code, parent_id, step) AS (
    SELECT id, code, parent_id, 1 FROM organization_region WHERE id = %(region)s::bigint
    UNION ALL
    SELECT r.id, r.code, r.parent_id, step + 1 FROM organization_region r JOIN above ON r.id = above.parent_id
)
SELECT code FROM above ORDER BY step
"""
