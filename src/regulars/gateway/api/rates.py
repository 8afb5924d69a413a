"""How often one caller may call: a token bucket per key or person, in the memory of each web process.

For `callers`. A minute's allowance (`REGULARS_API_CALLS_PER_MINUTE`) may be used in one burst and then refills
evenly. Every web process counts for itself, so that a flood costs the database nothing: with N processes a caller
reaches at most N allowances.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from regulars.core.errors import DomainError

CALLERS_MAX = 10_000  # the least recent are forgotten first; a forgotten caller starts with a full bucket


class TooManyCallsError(DomainError):
    """The caller has used up this minute's calls."""

    code = "rate.limited"
    status_code = 429


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Rates:
    """The buckets of one web process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, caller: str) -> None:
        """Take one call from the caller's allowance, or refuse and say how long to wait."""
        per_minute = settings.API_CALLS_PER_MINUTE
        with self._lock:
            bucket = self._refilled(caller, per_minute)
            if bucket.tokens < 1:
                wait = math.ceil((1 - bucket.tokens) * 60 / per_minute)
                raise TooManyCallsError(
                    f"More than {per_minute:,} calls in a minute. Wait {wait} s, or send many rows in one bulk call.",
                    retry_after_seconds=wait,
                )
            bucket.tokens -= 1

    def _refilled(self, caller: str, per_minute: int) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(caller, _Bucket(per_minute, now))
        bucket.tokens = min(per_minute, bucket.tokens + (now - bucket.filled_at) * per_minute / 60)
        bucket.filled_at = now
        self._buckets.move_to_end(caller)
        if len(self._buckets) > CALLERS_MAX:
            self._buckets.popitem(last=False)
        return bucket


process = Rates()
