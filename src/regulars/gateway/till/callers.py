"""Who calls: the viewer of an API key, kept for two seconds, so that a busy till costs the database nothing.

A revoked key is refused everywhere within that time (T-25: five seconds at most).
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict

from django.http import HttpRequest
from django.utils import timezone

from regulars.gateway.api import rates
from regulars.gateway.api.callers import KeyRefusedError
from regulars.organization import services as organization
from regulars.organization.access import Viewer

KEPT_SECONDS = 2.0
_KEYS_MAX = 5_000
_kept: OrderedDict[bytes, tuple[float, Viewer]] = OrderedDict()


class NoKeyError(KeyRefusedError):
    """The call names no key."""

    code = "unauthenticated"


def admit(request: HttpRequest) -> Viewer:
    """Return who calls, or refuse; counts the call."""
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if not scheme:
        raise NoKeyError("Send an API key: Authorization: Bearer rk_…")
    if scheme.lower() != "bearer":
        raise KeyRefusedError("This API key is not valid here.")
    viewer = _viewer(secret.strip())
    rates.process.spend(f"key:{viewer.key_id}")
    return viewer


def _viewer(secret: str) -> Viewer:
    name = hashlib.sha256(secret.encode()).digest()
    kept = _kept.get(name)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    viewer = organization.authenticate_key(secret, now=timezone.now())
    if viewer is None:
        _kept.pop(name, None)
        raise KeyRefusedError("This API key is not valid here.")
    _kept[name] = (time.monotonic() + KEPT_SECONDS, viewer)
    if len(_kept) > _KEYS_MAX:
        _kept.popitem(last=False)
    return viewer
