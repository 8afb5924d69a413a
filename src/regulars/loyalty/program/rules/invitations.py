"""What a referral code looks like: eight letters and figures that nobody confuses; a letter comes first, so it is no phone."""

from __future__ import annotations

from collections.abc import Callable

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_LETTERS = _ALPHABET[10:]
_LENGTH = 8
_ALIKE = str.maketrans("OIL", "011")


def new(chance: Callable[[int], int]) -> str:
    """Return a code drawn with `chance`, which answers with a number below the one it is given.

    >>> new(lambda below: below - 1)
    'ZZZZZZZZ'
    """
    return _LETTERS[chance(len(_LETTERS))] + "".join(_ALPHABET[chance(len(_ALPHABET))] for _ in range(_LENGTH - 1))


def normalize(text: str) -> str:
    """Return a code as it is kept, or nothing if it cannot be one.

    >>> normalize(" k7q2-9o3m "), normalize("2025-5501"), normalize("hello")
    ('K7Q2903M', '', '')
    """
    code = text.strip().upper().replace("-", "").replace(" ", "").translate(_ALIKE)
    fits = len(code) == _LENGTH and all(each in _ALPHABET for each in code)
    return code if fits and code[0] in _LETTERS else ""


def spelled(code: str) -> str:
    """Return a code as it is shown and said aloud.

    >>> spelled("K7Q2903M")
    'K7Q2-903M'
    """
    return f"{code[:4]}-{code[4:]}"
