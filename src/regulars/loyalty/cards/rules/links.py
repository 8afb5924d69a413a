"""The token of a member's own page: a pass, a last day, and a keyed hash over both. Nothing of it is stored."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import date, timedelta

_CONTENT = struct.Struct(">QH")  # pass, last day
_TAG_BYTES = 16
_DAY_ZERO = date(2020, 1, 1)
_SIGNS = 35  # 26 bytes in base64url without padding


def make(key: bytes, *, pass_id: int, until: date) -> str:
    """Return the token that opens the page of a pass up to and with the day `until`."""
    content = _CONTENT.pack(pass_id, (until - _DAY_ZERO).days)
    return base64.urlsafe_b64encode(content + _tag(key, content)).decode().rstrip("=")


def read(key: bytes, token: str, *, today: date) -> int | None:
    """Return the pass that a token opens today; forged and outdated ones look alike.

    >>> token = make(b"k" * 32, pass_id=7, until=date(2026, 11, 30))
    >>> [read(b"k" * 32, token, today=date(2026, 11, day)) for day in (29, 30)], read(b"k" * 32, token, today=date(2026, 12, 1))
    ([7, 7], None)
    """
    if len(token) != _SIGNS or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-_SIGNS % 4))
    except binascii.Error:
        return None
    content, tag = raw[: _CONTENT.size], raw[_CONTENT.size :]
    if not hmac.compare_digest(tag, _tag(key, content)):
        return None
    pass_id, days = _CONTENT.unpack(content)
    return int(pass_id) if today <= _DAY_ZERO + timedelta(days=days) else None


def _tag(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()[:_TAG_BYTES]
