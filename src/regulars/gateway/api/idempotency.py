"""`Idempotency-Key`: a POST that is sent again answers as the first time and does nothing a second time (P43, G9–G12).

For operations that make something without a business key of its own (a receipt has one: `source` + `external_id`).
Follows the IETF draft «The Idempotency-Key HTTP Header Field»: another payload under the same key is 422, a copy
still running is 409. The work and the kept answer are one transaction: either both exist or neither, whatever is
killed when. A refused call keeps nothing, so it can be mended and sent again under the same key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from regulars.core import pii
from regulars.core.errors import DomainError, InvalidInputError
from regulars.gateway.models import IdempotencyKey
from regulars.organization.access import Viewer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=35)  # longer than any till stays offline
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


class KeyFormatError(InvalidInputError):
    """The header is not 1 to 255 visible ASCII characters."""

    code = "idempotency.key_format"
    status_code = 400


class OtherPayloadError(InvalidInputError):
    """The key was used for another request."""

    code = "idempotency.other_payload"


class InProgressError(DomainError):
    """The first call with this key is still running."""

    code = "idempotency.in_progress"


def once(request: HttpRequest, viewer: Viewer, *, now: datetime, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what `work` answers; if the caller has sent the same key before, what it answered then."""
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    if not _KEY.fullmatch(key):
        raise KeyFormatError("Use 1 to 255 visible ASCII characters, best a UUID.", field=HEADER)
    holder = f"key:{viewer.key_id}" if viewer.key_id else f"person:{viewer.person_id}"
    name = pii.digest("idempotency-key", f"{holder}\0{key}")
    with transaction.atomic():
        _claim(name)
        kept = IdempotencyKey.objects.filter(digest=name, created_at__gt=now - KEPT_FOR).first()
        if kept:
            return _repeat(kept, request, f"{holder}\0{key}")
        response = work()
        _keep(name, request, response, f"{holder}\0{key}", now=now)
        return response


def forget_old(*, now: datetime) -> int:
    """Delete the answers that no till can ask for any more; return how many."""
    return IdempotencyKey.objects.filter(created_at__lte=now - KEPT_FOR).delete()[0]


def _claim(name: bytes) -> None:
    """Hold the key until the transaction ends; a copy that runs meanwhile is told so instead of waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name[:8], signed=True)])
        (held,) = cursor.fetchone()
    if not held:
        raise InProgressError("The first call with this Idempotency-Key is still running.", retry_after_seconds=1)


def _repeat(kept: IdempotencyKey, request: HttpRequest, secret: str) -> HttpResponse:
    if bytes(kept.request_digest) != _request_digest(request):
        raise OtherPayloadError("This Idempotency-Key was used for another request. Use a new one.", field=HEADER)
    body = pii.open_sealed(_answer_key(secret), bytes(kept.sealed), purpose="answer")
    return HttpResponse(body, status=kept.status, content_type=kept.content_type)


def _keep(name: bytes, request: HttpRequest, response: HttpResponse, secret: str, *, now: datetime) -> None:
    IdempotencyKey.objects.filter(digest=name).delete()  # only one that is past its time can be here
    IdempotencyKey.objects.create(
        digest=name,
        request_digest=_request_digest(request),
        status=response.status_code,
        content_type=response["Content-Type"],
        sealed=pii.seal(_answer_key(secret), response.content.decode(), purpose="answer"),
        created_at=now,
    )


def _answer_key(secret: str) -> pii.DataKey:
    # The answer may name a person: it is sealed, and only who knows the Idempotency-Key can open it. A dump cannot.
    return pii.DataKey(pii.digest("idempotency-answer", secret))


def _request_digest(request: HttpRequest) -> bytes:
    digest: Any = hashlib.sha256(f"{request.method} {request.get_full_path()}\0".encode())
    digest.update(request.body)
    return bytes(digest.digest())
