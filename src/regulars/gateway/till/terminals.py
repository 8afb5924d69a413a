"""Which till a call comes from: noted at most once a minute for each key, till and address, so that it costs a till nothing.

For `door`, behind each call that was answered; what it means is decided by `loyalty.checkout` (T-25).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from regulars.loyalty.checkout.services import terminals
from regulars.organization.access import Viewer

NOTED_SECONDS = 60.0
_TERMINALS_MAX = 10_000
_noted: OrderedDict[tuple[int | None, str, str], float] = OrderedDict()


def note(body: Any, request: HttpRequest, viewer: Viewer) -> None:
    """Note the till of a message that was read and done, if it names one."""
    till, store = body.get("till"), body.get("store")
    if not till:
        return
    terminal = (viewer.key_id, till, _address(request))
    if _noted.get(terminal, 0.0) > time.monotonic():
        return
    _noted[terminal] = time.monotonic() + NOTED_SECONDS
    _noted.move_to_end(terminal)
    if len(_noted) > _TERMINALS_MAX:
        _noted.popitem(last=False)
    with transaction.atomic():
        terminals.note(store=store, till=till, address=terminal[2], now=timezone.now(), viewer=viewer)


def _address(request: HttpRequest) -> str:
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return forwarded if settings.ALLAUTH_TRUSTED_PROXY_COUNT and forwarded else str(request.META.get("REMOTE_ADDR", ""))
