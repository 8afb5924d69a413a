"""Personal data at rest: sealed with a key per customer, found by a keyed hash (D9).

For the customers room, the demo and the exports. A customer's data key is wrapped by the master key (environment or KMS);
destroying the wrapped key makes everything sealed with it unreadable. AES-256-GCM (NIST SP 800-38D), HMAC-SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import cache
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from regulars.core.errors import DomainError

DataKey = NewType("DataKey", bytes)
WrappedKey = NewType("WrappedKey", bytes)
_NONCE_BYTES = 12


class UnreadableError(DomainError):
    """The sealed value cannot be opened: the key was destroyed, or it is not the key of this installation."""

    code = "pii.unreadable"


def digest(kind: str, value: str) -> bytes:
    """Return the keyed hash under which the normalized `value` of an identifier kind is looked up (32 bytes)."""
    return hmac.new(_derived("lookup"), f"{kind}\0{value}".encode(), hashlib.sha256).digest()


def key_for(use: str) -> bytes:
    """Return this installation's key for one use (32 bytes), such as signing; another use has another key."""
    return _derived(f"use {use}")


def new_data_key() -> tuple[DataKey, WrappedKey]:
    """Make a customer's data key: the key for use now, and its wrapped form to be stored."""
    key = os.urandom(32)
    return DataKey(key), WrappedKey(_encrypt(_derived("wrap"), key, b"data-key"))


def unwrap(wrapped: bytes) -> DataKey:
    """Return the data key in `wrapped`."""
    return DataKey(_decrypt(_derived("wrap"), bytes(wrapped), b"data-key"))


def seal(key: DataKey, text: str, *, purpose: str) -> bytes:
    """Encrypt `text`; `purpose` (such as `phone`) must be said again to open it, so that values cannot be swapped."""
    return _encrypt(key, text.encode(), purpose.encode())


def open_sealed(key: DataKey, sealed: bytes, *, purpose: str) -> str:
    """Decrypt what `seal` made."""
    return _decrypt(key, bytes(sealed), purpose.encode()).decode()


def seal_bytes(key: DataKey, content: bytes, *, purpose: str) -> bytes:
    """Encrypt a file's content."""
    return _encrypt(key, content, purpose.encode())


def open_bytes(key: DataKey, sealed: bytes, *, purpose: str) -> bytes:
    """Decrypt what `seal_bytes` made."""
    return _decrypt(key, sealed, purpose.encode())


@cache
def _derived(use: str) -> bytes:
    master = bytes.fromhex(settings.REGULARS_MASTER_KEY)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"regulars {use}".encode()).derive(master)


def _encrypt(key: bytes, plain: bytes, purpose: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose)


def _decrypt(key: bytes, sealed: bytes, purpose: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose)
    except InvalidTag:
        raise UnreadableError("This value cannot be read with the keys of this installation.") from None
