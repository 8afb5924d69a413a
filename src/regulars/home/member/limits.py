"""How often one address may ask for members' pages, and how often it may be wrong (T-3).

Counted in the memory of each web process: a guesser has 128 bits to guess and gets nowhere; this keeps the load away.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError

CALLS_PER_MINUTE = 60
MISSES_PER_HOUR = 20


class TooManyRequestsError(DomainError):
    """This address asks too often."""

    code: ClassVar[str] = "member_page.too_often"
    status_code: ClassVar[int] = 429


def spend(request: HttpRequest) -> None:
    """Count one call of this address, or refuse."""
    misses = cache.get(_key(request, "missed"), 0)
    if misses >= MISSES_PER_HOUR or _count(_key(request, "called"), seconds=60) > CALLS_PER_MINUTE:
        raise TooManyRequestsError(_("Please wait a little, then open your page again."))


def miss(request: HttpRequest) -> None:
    """Count a link that opens nothing."""
    _count(_key(request, "missed"), seconds=3600)


def _count(key: str, *, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1


def _key(request: HttpRequest, what: str) -> str:
    return f"member-page/{what}/{_address(request)}"


def _address(request: HttpRequest) -> str:
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    behind_proxy = bool(settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    return forwarded if behind_proxy and forwarded else str(request.META.get("REMOTE_ADDR", ""))
