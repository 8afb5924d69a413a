"""The member's rotating code (F54, P40): a new one every 30 seconds, checkable by a till that is cut off.

A code is a pass, a half minute and the house's Ed25519 signature over both (RFC 8032). A till needs the public key and a clock;
whoever steals the till can check codes and make none. Written in base32, which every scanner reads as it stands.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

STEP_SECONDS = 30
DRIFT_STEPS = 1  # a phone and a till may be that far apart
PREFIX = "RG1"
_CONTENT = struct.Struct(">QI")  # pass, half minute
_LABEL = b"regulars rotating code 1\0"  # a signature made for something else is none here
_SIGNS = 122  # 76 bytes in base32 without padding


@dataclass(frozen=True, slots=True)
class Shown:
    """What a genuine code says."""

    pass_id: int
    step: int


def step_at(now: datetime) -> int:
    """Return the number of the half minute.

    >>> from datetime import UTC
    >>> step_at(datetime(1970, 1, 1, 0, 1, 29, tzinfo=UTC))
    2
    """
    return int(now.timestamp()) // STEP_SECONDS


def make(key: Ed25519PrivateKey, *, pass_id: int, step: int) -> str:
    """Return the code of a pass for one half minute."""
    content = _CONTENT.pack(pass_id, step)
    return PREFIX + base64.b32encode(content + key.sign(_LABEL + content)).decode().rstrip("=")


def upcoming(key: Ed25519PrivateKey, *, pass_id: int, now: datetime, steps: int) -> Iterator[str]:
    """Yield the codes of this half minute and those after it, for a phone that may lose its connection."""
    first = step_at(now)
    return (make(key, pass_id=pass_id, step=step) for step in range(first, first + steps))


def looks_like(text: str) -> bool:
    """Return whether the text claims to be a rotating code."""
    return text.startswith(PREFIX) and len(text) == len(PREFIX) + _SIGNS


def read(key: Ed25519PublicKey, text: str) -> Shown | None:
    """Return what a code says, or nothing unless the house signed it."""
    if not looks_like(text):
        return None
    try:
        raw = base64.b32decode(text[len(PREFIX) :] + "=" * (-_SIGNS % 8))
        content, signature = raw[: _CONTENT.size], raw[_CONTENT.size :]
        key.verify(signature, _LABEL + content)
    except (binascii.Error, InvalidSignature):
        return None
    return Shown(*_CONTENT.unpack(content))


def is_current(shown: Shown, *, now: datetime) -> bool:
    """Return whether the code belongs to this half minute, the one before or the one after."""
    return abs(shown.step - step_at(now)) <= DRIFT_STEPS
