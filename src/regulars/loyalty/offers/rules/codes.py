"""Coupon codes: 80 random bits in letters that cannot be confused, with two check characters (T-3, P40).

For the services that make and look up codes. Letters are Crockford's base 32; the check is the number modulo the prime 1021,
which no single wrong character and no swap of two passes. What is not such a code may be a public one («SUMMER10»).
"""

from __future__ import annotations

from regulars.core import pii

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRIME = 1021
_BYTES = 10
_LENGTH = 16 + 2
_ALIKE = str.maketrans("OIL", "011")


def of_seed(seed: bytes) -> str:
    """Return the code that belongs to `seed`; only who has the installation's master key can tell it."""
    return _checked(pii.digest("coupon.code", seed.hex())[:_BYTES])


def _checked(random: bytes) -> str:
    number = int.from_bytes(random, "big")
    return _letters(number, 16) + _letters(number % _PRIME, 2)


def _letters(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))


def normalize(text: str) -> str:
    """Return a code as it is looked up, or nothing if it cannot be one: mistyped, or no text of a code at all.

    >>> normalize("summer-1o")
    'SUMMER10'
    """
    code = "".join(each for each in text.upper() if each.isascii() and each.isalnum()).translate(_ALIKE)
    if len(code) != _LENGTH:
        return code[:40]
    if any(each not in ALPHABET for each in code):
        return ""
    return code if _number(code[16:]) == _number(code[:16]) % _PRIME else ""


def is_secret(code: str) -> bool:
    """Return whether a normalized code is one that cannot be guessed."""
    return len(code) == _LENGTH


def _number(letters: str) -> int:
    number = 0
    for each in letters:
        number = number << 5 | ALPHABET.index(each)
    return number


def digest(code: str) -> bytes:
    """Return the keyed hash under which a normalized code is kept."""
    return pii.digest("coupon", code)


def spelled(code: str) -> str:
    """Return a code as it is printed.

    >>> spelled("0123456789ABCDEFGH")
    '0123-4567-89AB-CDEF-GH'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
